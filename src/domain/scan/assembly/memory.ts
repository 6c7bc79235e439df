/** Where things stand in memory. JavaScript lays it out (`simd-memory.ts`) and says so before the first scan. */

/** The payload, followed by `margin` bytes that may be read and changed; it begins at a multiple of 64. */
export let body: usize = 0;
/** For each 64 bytes from `origin` on three words of bits: quotes, opening and closing brackets outside of strings. */
export let bits: usize = 0;
/** Where what was proven last begins: the payload, or an event of it. */
export let origin: usize = 0;
/** For each event where it begins and ends, and whether it is odd. */
export let items: usize = 0;
/** For each event and slot where the value begins and ends. */
export let places: usize = 0;
/** For each event and kept slot the row of its value. */
export let rows: usize = 0;
/** So many events have room. */
export let room: i32 = 0;
export let slots: i32 = 0;

export function layOut(newBody: usize, newBits: usize, newItems: usize, newPlaces: usize, newRows: usize, newRoom: i32, newSlots: i32): void {
  body = newBody;
  bits = newBits;
  items = newItems;
  places = newPlaces;
  rows = newRows;
  room = newRoom;
  slots = newSlots;
}

export function setOrigin(from: usize): void {
  origin = from;
}
