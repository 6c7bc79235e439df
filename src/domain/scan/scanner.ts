/** A scanner with its memory: what it saw of values in earlier payloads makes the next one cheap. */
import type { Decoded } from "../audit-event.ts";
import { type DecodeOptions, decode, itemDecoder, maxRejected } from "../decode.ts";
import { type KeptValue, KeptValues } from "./kept-values.ts";
import { ScannedEvent } from "./scanned-event.ts";
import { itemWidth, type Scanned, scan } from "./script-scan.ts";

/** Who decoded what, for those who want to know how often the plain decoder is needed. */
export interface ScanCounts {
  scanned: number;
  /** Events of a scanned list that the plain decoder read. */
  odd: number;
  /** Payloads that it read whole. */
  plainPayloads: number;
}

export class Scanner {
  readonly counts: ScanCounts = { scanned: 0, odd: 0, plainPayloads: 0 };
  readonly #kept = new Map<number, KeptValues>();

  /** The parts of a payload, in order, as `decode` has them; what is scanned refers to the bytes, which must not change. */
  *decode(body: Uint8Array, options: DecodeOptions = {}): Generator<Decoded, void, undefined> {
    const scanned = options.falcoCompat ? undefined : scan(body);
    const odd = scanned && oddParts(body, scanned, options);
    if (scanned === undefined || odd === undefined) {
      this.counts.plainPayloads++;
      yield* decode(body, options);
      return;
    }
    this.counts.scanned += scanned.events - odd.size;
    this.counts.odd += odd.size;
    const { events, items } = scanned;
    for (let index = 0; index < events; index++) {
      const parts = odd.size === 0 ? undefined : odd.get(index);
      if (parts !== undefined) yield* parts;
      else {
        const [from, to] = [items[index * itemWidth]!, items[index * itemWidth + 1]!];
        yield { kind: "event", event: new ScannedEvent(this, body, scanned, index, from, to) };
      }
    }
  }

  /** The value of a slot, known again from event to event; undefined where there is none, or one too long to be kept. */
  kept(event: ScannedEvent, slot: number): KeptValue | undefined {
    const from = event.placeFrom(slot);
    if (from === 0) return undefined;
    const values = this.#values(slot);
    const row = values.row(event.bytes, from, event.placeTo(slot));
    return row < 0 ? undefined : values.at(row);
  }

  #values(slot: number): KeptValues {
    let values = this.#kept.get(slot);
    if (values === undefined) {
      values = new KeptValues();
      this.#kept.set(slot, values);
    }
    return values;
  }
}

/** Odd ones beyond so many, and the whole payload is the plain decoder's. */
const mostOdd = 1000;

const none: ReadonlyMap<number, readonly Decoded[]> = new Map();

/**
 * What the plain decoder makes of the events that are not for us; undefined where it has to see the payload as a whole,
 * for it does not keep one by one what it rejects beyond a number.
 */
function oddParts(
  body: Uint8Array,
  { events, items }: Scanned,
  options: DecodeOptions,
): ReadonlyMap<number, readonly Decoded[]> | undefined {
  let found: Map<number, readonly Decoded[]> | undefined;
  let decodeItem: ReturnType<typeof itemDecoder> | undefined;
  let rejected = 0;
  for (let index = 0; index < events; index++) {
    if (items[index * itemWidth + 2] === 0) continue;
    found ??= new Map();
    decodeItem ??= itemDecoder(options);
    const parts: Decoded[] = [];
    for (const part of decodeItem(body.subarray(items[index * itemWidth], items[index * itemWidth + 1]))) {
      parts.push(part);
      if (part.kind === "rejected" && ++rejected > maxRejected) return undefined;
    }
    found.set(index, parts);
    if (found.size > mostOdd) return undefined;
  }
  return found ?? none;
}
