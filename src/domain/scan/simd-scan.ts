/** With SIMD: what a scan finds is looked at where WebAssembly left it, and copied out before the next scan. */
import { isMarkedAt, mayHoldMarks } from "../secret-marks.ts";
import { type KeptValue, keptOf } from "./kept-values.ts";
import { type Ends, mostBytes, type Scanned } from "./scanned.ts";
import { beginsList } from "./script-scan.ts";
import { slotCount } from "./shape.ts";
import { type DeepSlots, SimdMemory } from "./simd-memory.ts";
import type { SimdPlan } from "./simd-plan.ts";

const noRoom = -2;

/** More events than this in one payload are left to others: their places take 300 bytes each. */
const mostEvents = 1 << 18;

/** A value's row changes its meaning when another takes its place, so it is told with the scan it was found in. */
interface Row {
  readonly born: number;
  readonly value: KeptValue;
}

export class SimdScanned implements Scanned, Ends {
  readonly events: number;
  readonly placeWidth: number;
  readonly deep: ReadonlyMap<number, DeepSlots>;
  readonly tables: number;
  /** The number of this scan. */
  readonly scan: number;
  items: Int32Array;
  places: Int32Array;
  /** For each event and table the row of its value: 0 for none, -1 for one that is not kept. */
  rows: Int32Array;
  isFree = false;
  readonly #memory: SimdMemory;

  constructor(memory: SimdMemory, events: number) {
    this.#memory = memory;
    this.events = events;
    this.placeWidth = memory.slots * 2;
    this.deep = memory.deep;
    this.tables = memory.tables;
    this.scan = memory.wasm.lastScan();
    this.items = memory.items(events);
    this.places = memory.places(events);
    this.rows = memory.rows(events);
  }

  /** Whether an event may hold what `sought` of the plan says. A no is certain; once another payload is scanned all may. */
  mayHold(event: number, sought: number): boolean {
    return this.isFree || this.#memory.mayHold(event, sought);
  }

  get ends(): Ends {
    return this;
  }

  endOf(from: number): number {
    return this.isFree ? 0 : this.#memory.wasm.bracketsEnd(from);
  }

  isMarked(bytes: Uint8Array, from: number, to: number): boolean | undefined {
    if (this.isFree) return mayHoldMarks(bytes, from, to) ? undefined : false;
    return isMarkedAt(bytes, from, to, this.#memory);
  }

  copyOut(): void {
    this.items = this.items.slice();
    this.places = this.places.slice();
    this.rows = this.rows.slice();
    this.isFree = true;
  }
}

export class SimdScan {
  readonly memory: SimdMemory;
  /** The table of each slot that is kept. */
  readonly #tables: readonly (number | undefined)[];
  readonly #values: (Row | undefined)[][];
  #last: SimdScanned | undefined;

  /** Undefined where WebAssembly with SIMD is not to be had. */
  static open(plan: SimdPlan): SimdScan | undefined {
    const memory = SimdMemory.open(plan);
    return memory && new SimdScan(memory, plan);
  }

  private constructor(memory: SimdMemory, { kept }: SimdPlan) {
    this.memory = memory;
    const table = (slot: number) => (kept.includes(slot) ? kept.indexOf(slot) : undefined);
    this.#tables = Array.from({ length: slotCount }, (_, slot) => table(slot));
    this.#values = kept.map(() => []);
  }

  /** The events of a payload; undefined for one that is for others, unsound ones among them. */
  scan(body: Uint8Array): SimdScanned | undefined {
    const { memory } = this;
    this.#last?.isFree || this.#last?.copyOut();
    this.#last = undefined;
    if (body.length > mostBytes || body.length === 0) return undefined;
    memory.put(body);
    const listed = beginsList(body) ? 1 : 0;
    let events = memory.wasm.read(body.length, listed, 0);
    for (let room = 512; events === noRoom; room *= 2) {
      if (room >= mostEvents) return undefined;
      memory.moreRoom();
      events = memory.wasm.read(body.length, listed, 1);
    }
    if (events < 0) return undefined;
    this.#last = new SimdScanned(memory, events);
    return this.#last;
  }

  /** Whether the values of a slot are numbered. */
  keeps(slot: number): boolean {
    return this.#tables[slot] !== undefined;
  }

  /** The value of a slot of an event, from bytes that are its. */
  kept(scanned: SimdScanned, index: number, slot: number, bytes: Uint8Array): KeptValue | undefined {
    const table = this.#tables[slot]!;
    const row = scanned.rows[index * scanned.tables + table]!;
    if (row <= 0) return undefined;
    const born = this.memory.born(table, row);
    if (born > scanned.scan) return undefined;
    const values = this.#values[table]!;
    const known = values[row - 1];
    if (known?.born === born) return known.value;
    const place = index * scanned.placeWidth + slot * 2;
    const value = keptOf(bytes, scanned.places[place]!, scanned.places[place + 1]!);
    values[row - 1] = { born, value };
    return value;
  }
}
