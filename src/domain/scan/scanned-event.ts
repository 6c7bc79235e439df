/** An audit event as a scan found it: bytes of its payload and the places of its parts. Nothing is read before it is asked for. */
import type { AuditEvent } from "../audit-event.ts";
import type { JsonValue } from "../json-value.ts";
import { textOf } from "../utf8.ts";
import { ByteValue, readSound } from "./byte-value.ts";
import type { KeptValue } from "./kept-values.ts";
import type { Scanner } from "./scanner.ts";
import { placeWidth, type Scanned } from "./script-scan.ts";
import { slotAt, slotOf } from "./shape.ts";
import { plainNanos } from "./stamp.ts";

const stageTimestamp = slotOf("stageTimestamp") * 2;

export class ScannedEvent implements AuditEvent {
  /** The payload. */
  readonly bytes: Uint8Array;
  readonly #scanner: Scanner;
  readonly #from: number;
  readonly #to: number;
  readonly #places: Int32Array;
  readonly #base: number;
  #root: ScannedRoot | undefined;
  #time: bigint | undefined;

  constructor(scanner: Scanner, bytes: Uint8Array, { places }: Scanned, index: number, from: number, to: number) {
    this.bytes = bytes;
    this.#scanner = scanner;
    this.#from = from;
    this.#to = to;
    this.#places = places;
    this.#base = index * placeWidth;
  }

  get root(): JsonValue {
    this.#root ??= new ScannedRoot(this);
    return this.#root;
  }

  get time(): bigint {
    const place = this.#base + stageTimestamp;
    this.#time ??= plainNanos(this.bytes, this.#places[place]!, this.#places[place + 1]!);
    return this.#time;
  }

  get raw(): string {
    return textOf(this.bytes.subarray(this.#from, this.#to));
  }

  at(...path: readonly string[]): JsonValue | undefined {
    let value: JsonValue | undefined = this.root;
    for (const name of path) {
      value = value.member(name);
      if (value === undefined) return undefined;
    }
    return value;
  }

  /** Where the value of a slot begins in the payload; 0 where there is none. */
  placeFrom(slot: number): number {
    return this.#places[this.#base + slot * 2]!;
  }

  /** Where it ends. */
  placeTo(slot: number): number {
    return this.#places[this.#base + slot * 2 + 1]!;
  }

  /** The value of a slot as an object that is the same for all events with it; undefined where there is none, or one too long. */
  kept(slot: number): KeptValue | undefined {
    return this.#scanner.kept(this, slot);
  }

  /** The whole event by the plain reader. */
  readWhole(): JsonValue {
    return readSound(this.bytes, this.#from, this.#to);
  }

  /** A member without a slot. */
  find(name: string): JsonValue | undefined {
    return new ByteValue(this.bytes, this.#from, this.#to).member(name);
  }
}

/** The event itself as a value: its noted members at once, everything else by the plain reader. */
class ScannedRoot implements JsonValue {
  readonly kind = "object";
  readonly #event: ScannedEvent;
  readonly #known = new Map<string, JsonValue | undefined>();
  #whole: JsonValue | undefined;

  constructor(event: ScannedEvent) {
    this.#event = event;
  }

  member(name: string): JsonValue | undefined {
    const known = this.#known.get(name);
    if (known !== undefined || this.#known.has(name)) return known;
    const slot = slotAt(undefined, name);
    let found: JsonValue | undefined;
    if (slot === undefined) found = this.#event.find(name);
    else {
      const from = this.#event.placeFrom(slot);
      found = from === 0 ? undefined : new ByteValue(this.#event.bytes, from, this.#event.placeTo(slot));
    }
    this.#known.set(name, found);
    return found;
  }

  members(): Iterable<readonly [string, JsonValue]> {
    return this.#read().members();
  }

  element(): undefined {
    return undefined;
  }

  elements(): readonly JsonValue[] {
    return [];
  }

  text(): string {
    return this.compact();
  }

  compact(): string {
    return this.#read().compact();
  }

  plain(): unknown {
    return this.#read().plain();
  }

  #read(): JsonValue {
    this.#whole ??= this.#event.readWhole();
    return this.#whole;
  }
}
