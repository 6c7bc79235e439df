/**
 * The decoder from bytes: what `decode` answers, event by event, without reading more of an event than is asked for.
 *
 * `scanner.decode(body)` answers the parts of a payload. Those it scanned are `ScannedEvent`s, which hold of the payload only
 * where their parts stand: `event.placeFrom(slot)` and `placeTo(slot)` are offsets into `event.bytes` of the JSON of a part
 * (`slotOf("objectRef/name")`), 0 where the event has none. `event.kept(slot)` is the value that stands there as an object
 * that is the same for every event with that value, so that whatever is made of it, such as a row of a dictionary, is made
 * once. Keep such things by the object (a WeakMap) or its `serial`, and expect none where a value is too long or the part one
 * that differs in every event. What the plain decoder had to read is an AuditEvent like any other; `instanceof` tells.
 *
 * An event stays readable for as long as somebody holds it, so long as nobody changes the payload's bytes. To judge, see
 * `engine/fast`, which does not make an event of what no rule could match.
 */
import type { Decoded } from "../audit-event.ts";
import type { DecodeOptions } from "../decode.ts";
import { Scanner } from "./scanner.ts";

export { ByteValue } from "./byte-value.ts";
export type { KeptValue } from "./kept-values.ts";
export { ScannedEvent } from "./scanned-event.ts";
export { type Reading, type ScanCounts, Scanner } from "./scanner.ts";
export { pathOf, type SlotPath, slotAt, slotCount, slotOf } from "./shape.ts";
export { mostRows } from "./simd-memory.ts";
export {
  type Ask,
  beginningsOf as wordBeginnings,
  mostAsks,
  mostBeginnings,
  type SimdPlan,
  type Sought,
} from "./simd-plan.ts";
export { SimdScanned } from "./simd-scan.ts";

/** For those who have no rules to read for. */
const scanner = new Scanner();

/** The parts of a payload, in order, as `decode` has them; what is scanned refers to the bytes, which must not change. */
export const decodeScanned = (body: Uint8Array, options: DecodeOptions = {}): Generator<Decoded, void, undefined> =>
  scanner.decode(body, options);
