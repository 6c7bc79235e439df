/**
 * Batches sent again as others: each event with an Audit-ID and a time of its own. The same events again would be merged into
 * requests that the index holds already, which is neither what a cluster sends nor what writing costs.
 */

const idDigits = 12;
/** Of a batch. */
const mostEvents = 4096;
/** As in `2026-03-02T08:00:00`. */
const secondDigits = 19;
const perSecond = 1000;
const hex = "0123456789abcdef";
/** Half of the digits say a number below this. */
const half = 1 << 24;

interface Places {
  /** Where the last twelve digits of each event's Audit-ID begin. */
  readonly ids: readonly number[];
  /** Where each event's two times begin, with the seconds they say. */
  readonly times: readonly (readonly [at: number, seconds: number])[];
  /** The first of those seconds. */
  readonly first: number;
}

const known = new WeakMap<Uint8Array, Places>();

/** A copy that is the `nth` use of any body, in `memory` or in its own: its events begin now, to the second. */
export function fresh(
  body: Uint8Array,
  nth: number,
  memory: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(body.length),
): Buffer<ArrayBuffer> {
  let places = known.get(body);
  if (places === undefined) {
    places = placesIn(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
    known.set(body, places);
  }
  const now = Math.floor(Date.now() / perSecond);
  const copy = memory.subarray(0, body.length);
  copy.set(body);
  for (const [item, at] of places.ids.entries()) {
    const number = nth * mostEvents + item;
    // Odd factors: another number makes another pair, and digits that look like chance compress no better than those they replace.
    const low = Math.imul(number % half, 0x9e3779b1) & (half - 1);
    const high = (Math.imul(Math.floor(number / half), 0x85ebca6b) + Math.imul(low, 0xc2b2ae35)) & (half - 1);
    for (let digit = 0; digit < idDigits / 2; digit++) {
      copy[at + digit] = hex.charCodeAt((high >> (digit * 4)) & 15);
      copy[at + idDigits / 2 + digit] = hex.charCodeAt((low >> (digit * 4)) & 15);
    }
  }
  for (const [at, of] of places.times) {
    const text = textOf(of - places.first + now);
    for (let past = 0; past < secondDigits; past++) copy[at + past] = text.charCodeAt(past);
  }
  return copy;
}

function placesIn(body: Buffer): Places {
  const ids = following(body, '"auditID":"').map((at) => at + "00000000-0000-0000-0000-".length);
  const times = ["requestReceivedTimestamp", "stageTimestamp"].flatMap((name) =>
    following(body, `"${name}":"`).map((at): readonly [number, number] => [
      at,
      Date.parse(`${body.toString("latin1", at, at + secondDigits)}Z`) / perSecond,
    ]),
  );
  return { ids, times, first: Math.min(...times.map(([, seconds]) => seconds)) };
}

/** Where what follows each of the texts begins. */
function following(body: Buffer, text: string): number[] {
  const found: number[] = [];
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) found.push(at + text.length);
  return found;
}

/** Thousands of events share a second. */
const texts = new Map<number, string>();

function textOf(seconds: number): string {
  let text = texts.get(seconds);
  if (text === undefined) {
    if (texts.size > perSecond) texts.clear();
    text = new Date(seconds * perSecond).toISOString().slice(0, secondDigits);
    texts.set(seconds, text);
  }
  return text;
}
