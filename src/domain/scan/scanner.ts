/** A scanner with its memory: what it saw of values in earlier payloads makes the next one cheap. */
import type { Decoded } from "../audit-event.ts";
import { type DecodeOptions, decode, itemDecoder, maxRejected } from "../decode.ts";
import { type KeptValue, KeptValues } from "./kept-values.ts";
import { itemWidth, type Scanned } from "./scanned.ts";
import { ScannedEvent } from "./scanned-event.ts";
import { scan } from "./script-scan.ts";
import { noPlan, type SimdPlan } from "./simd-plan.ts";
import { SimdScan, SimdScanned } from "./simd-scan.ts";

/** Who read what, for those who want to know how often the plain decoder is needed. */
export interface ScanCounts {
  /** Events that were scanned, however. */
  scanned: number;
  /** Payloads that were scanned without SIMD: with blanks in them, or nested deeply. */
  scriptPayloads: number;
  /** Events of a scanned list that the plain decoder read. */
  odd: number;
  /** Payloads that it read whole. */
  plainPayloads: number;
}

/** What a payload came to: what was scanned, and what the plain decoder made of the events that are odd. */
export interface Reading {
  readonly scanned: Scanned;
  readonly odd: ReadonlyMap<number, readonly Decoded[]>;
}

export class Scanner {
  readonly counts: ScanCounts = { scanned: 0, scriptPayloads: 0, odd: 0, plainPayloads: 0 };
  /** Undefined where there is no SIMD. */
  readonly simd: SimdScan | undefined;
  /** Hears of each scan with SIMD before anybody else, to make something of the values that are new (`SimdMemory.news`). */
  onScan: (body: Uint8Array, scanned: SimdScanned) => void = () => undefined;
  readonly #kept = new Map<number, KeptValues>();

  /** `script`: do without SIMD, as where there is none. */
  constructor(plan: SimdPlan = noPlan, by: "simd" | "script" = "simd") {
    this.simd = by === "simd" ? SimdScan.open(plan) : undefined;
  }

  /** Undefined for a payload that is the plain decoder's. */
  read(body: Uint8Array, options: DecodeOptions = {}): Reading | undefined {
    const scanned = options.falcoCompat ? undefined : this.#scan(body);
    const odd = scanned && oddParts(body, scanned, options);
    if (scanned === undefined || odd === undefined) {
      this.counts.plainPayloads++;
      return undefined;
    }
    this.counts.scanned += scanned.events - odd.size;
    this.counts.odd += odd.size;
    return { scanned, odd };
  }

  #scan(body: Uint8Array): Scanned | undefined {
    const scanned = this.simd?.scan(body);
    if (scanned !== undefined) {
      this.onScan(body, scanned);
      return scanned;
    }
    const found = scan(body);
    if (found !== undefined) this.counts.scriptPayloads++;
    return found;
  }

  /** The parts of a payload, in order, as `decode` has them; what is scanned refers to the bytes, which must not change. */
  *decode(body: Uint8Array, options: DecodeOptions = {}): Generator<Decoded, void, undefined> {
    const reading = this.read(body, options);
    if (reading === undefined) {
      yield* decode(body, options);
      return;
    }
    const { scanned, odd } = reading;
    for (let index = 0; index < scanned.events; index++) {
      const parts = odd.size === 0 ? undefined : odd.get(index);
      if (parts !== undefined) yield* parts;
      else yield { kind: "event", event: new ScannedEvent(this, body, scanned, index) };
    }
  }

  /** The same where the scan has numbered it, which costs nothing to find out. */
  numbered(bytes: Uint8Array, scanned: Scanned, index: number, slot: number): KeptValue | undefined {
    if (!(scanned instanceof SimdScanned) || !this.simd?.keeps(slot)) return undefined;
    return this.simd.kept(scanned, index, slot, bytes);
  }

  /** The value of a slot of an event of ours; undefined where it has none, or one that is not kept. */
  kept(bytes: Uint8Array, scanned: Scanned, index: number, slot: number): KeptValue | undefined {
    if (scanned instanceof SimdScanned && this.simd?.keeps(slot)) return this.simd.kept(scanned, index, slot, bytes);
    const place = index * scanned.placeWidth + slot * 2;
    const from = scanned.places[place]!;
    if (from === 0) return undefined;
    let values = this.#kept.get(slot);
    if (values === undefined) {
      values = new KeptValues();
      this.#kept.set(slot, values);
    }
    return values.of(bytes, from, scanned.places[place + 1]!);
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
