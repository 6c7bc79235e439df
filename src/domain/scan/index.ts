/** The decoder from bytes: what `decode` answers, event by event, without reading more of an event than is asked for. */
import type { Decoded } from "../audit-event.ts";
import { type DecodeOptions, decode, itemDecoder, maxRejected } from "../decode.ts";
import { ScannedEvent } from "./scanned-event.ts";
import { itemWidth, type Scanned, scan } from "./scanner.ts";

export { ScannedEvent } from "./scanned-event.ts";
export { type SlotPath, slotCount, slotOf } from "./shape.ts";

/** Who decoded what, for those who want to know how often the plain decoder is needed. */
export interface ScanCounts {
  scanned: number;
  /** Events of a scanned list that the plain decoder read. */
  odd: number;
  /** Payloads that it read whole. */
  plainPayloads: number;
}

/** The parts of a payload, in order, as `decode` has them; what is scanned refers to the bytes, which must not change. */
export function* decodeScanned(
  body: Uint8Array,
  options: DecodeOptions = {},
  counts?: ScanCounts,
): Generator<Decoded, void, undefined> {
  const scanned = options.falcoCompat ? undefined : scan(body);
  const odd = scanned && oddParts(body, scanned, options);
  if (scanned === undefined || odd === undefined) {
    if (counts !== undefined) counts.plainPayloads++;
    yield* decode(body, options);
    return;
  }
  if (counts !== undefined) {
    counts.scanned += scanned.events - odd.size;
    counts.odd += odd.size;
  }
  const { events, items } = scanned;
  for (let index = 0; index < events; index++) {
    const parts = odd.size === 0 ? undefined : odd.get(index);
    if (parts !== undefined) yield* parts;
    else {
      const [from, to] = [items[index * itemWidth]!, items[index * itemWidth + 1]!];
      yield { kind: "event", event: new ScannedEvent(body, scanned, index, from, to) };
    }
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
