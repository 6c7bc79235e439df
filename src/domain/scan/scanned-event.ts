/** An audit event as a scan found it: bytes of its payload and the places of its parts. Nothing is read before it is asked for. */
import type { AuditEvent } from "../audit-event.ts";
import { isCompact } from "../compact.ts";
import type { JsonValue } from "../json-value.ts";
import { textOf } from "../utf8.ts";
import { ByteValue, readSound } from "./byte-value.ts";
import type { KeptValue } from "./kept-values.ts";
import { type Ends, itemWidth, type Scanned } from "./scanned.ts";
import type { Scanner } from "./scanner.ts";
import { slotOf, topSlot } from "./shape.ts";
import type { DeepSlots } from "./simd-memory.ts";
import { SimdScanned } from "./simd-scan.ts";
import { plainNanos } from "./stamp.ts";

const stageTimestamp = slotOf("stageTimestamp");
const auditID = slotOf("auditID");

export class ScannedEvent implements AuditEvent {
  /** The payload. */
  readonly bytes: Uint8Array;
  readonly #scanner: Scanner;
  readonly #scanned: Scanned;
  readonly #index: number;
  #root: ScannedRoot | undefined;
  #time: bigint | undefined;
  /** Members that were asked for. */
  #members: Map<string, JsonValue | undefined> | undefined;
  /** Texts that were asked for, by their slots. */
  #texts: (string | null | undefined)[] | undefined;

  /** The event of a number in a scanned payload. */
  constructor(scanner: Scanner, bytes: Uint8Array, scanned: Scanned, index: number) {
    this.bytes = bytes;
    this.#scanner = scanner;
    this.#scanned = scanned;
    this.#index = index;
  }

  get root(): JsonValue {
    this.#root ??= new ScannedRoot(this);
    return this.#root;
  }

  get time(): bigint {
    this.#time ??= plainNanos(this.bytes, this.placeFrom(stageTimestamp), this.placeTo(stageTimestamp));
    return this.#time;
  }

  get raw(): string {
    return textOf(this.bytes.subarray(this.#from, this.#to));
  }

  get #from(): number {
    return this.#scanned.items[this.#index * itemWidth]!;
  }

  get #to(): number {
    return this.#scanned.items[this.#index * itemWidth + 1]!;
  }

  at(...path: readonly string[]): JsonValue | undefined {
    const [first, second] = path;
    let at = 1;
    let value = first === undefined ? this.root : this.member(first);
    const slot = second === undefined ? undefined : topSlot(first!)?.members.get(second);
    if (slot !== undefined) {
      value = this.valueOf(slot);
      at = 2;
    }
    for (; value !== undefined && at < path.length; at++) value = value.member(path[at]!);
    return value;
  }

  /** A member of the event. */
  member(name: string): JsonValue | undefined {
    if (name === "auditID") return this.valueOf(auditID);
    if (this.#members?.has(name)) return this.#members.get(name);
    const slot = topSlot(name)?.slot;
    const found = slot === undefined ? this.inBytes().member(name) : this.valueOf(slot);
    this.#members ??= new Map();
    this.#members.set(name, found);
    return found;
  }

  /** What stands in a slot. */
  valueOf(slot: number): JsonValue | undefined {
    const from = this.placeFrom(slot);
    if (from === 0) return undefined;
    const kept = this.#scanner.numbered(this.bytes, this.#scanned, this.#index, slot);
    if (kept !== undefined) return kept.value;
    const deep = this.#scanned.deep?.get(slot);
    return deep === undefined || this.bytes[from] !== 0x7b
      ? new ByteValue(this.bytes, from, this.placeTo(slot), this.ends)
      : new PlacedValue(this, from, this.placeTo(slot), deep);
  }

  /** The text in a slot; null where nothing stands there, or `null`. */
  textOf(slot: number): string | null {
    const known = this.#texts?.[slot];
    if (known !== undefined) return known;
    const from = this.placeFrom(slot);
    if (from === 0) return null;
    const kept = this.#scanner.numbered(this.bytes, this.#scanned, this.#index, slot);
    if (kept !== undefined) return kept.value.kind === "null" ? null : kept.text;
    const value = new ByteValue(this.bytes, from, this.placeTo(slot), this.ends);
    const text = value.kind === "null" ? null : value.text();
    this.#texts ??= [];
    this.#texts[slot] = text;
    return text;
  }

  /** Texts of the elements of the array in a slot: undefined where nothing stands there, none where no array does. */
  textsOf(slot: number): readonly string[] | undefined {
    const from = this.placeFrom(slot);
    if (from === 0) return undefined;
    const kept = this.#scanner.numbered(this.bytes, this.#scanned, this.#index, slot);
    if (kept !== undefined) return kept.texts;
    const value = new ByteValue(this.bytes, from, this.placeTo(slot), this.ends);
    return value.elements().map((element) => element.text());
  }

  /** Where a scanner's last scan with SIMD has it; undefined where it was found otherwise, or the scanner has read on. */
  lastScanOf(scanner: Scanner): { readonly scanned: SimdScanned; readonly index: number } | undefined {
    const scanned = this.#scanned;
    if (scanner !== this.#scanner || !(scanned instanceof SimdScanned) || scanned.isFree) return undefined;
    return { scanned, index: this.#index };
  }

  /** What somebody says of its bytes as they came. */
  holds(test: (bytes: Uint8Array, from: number, to: number) => boolean): boolean {
    return test(this.bytes, this.#from, this.#to);
  }

  /** Whether marks of secrets stand in it; undefined where only its text tells. */
  isMarked(): boolean | undefined {
    return this.inBytes().isMarked();
  }

  /** Whether it is written without blanks. What is scanned with SIMD was proven to be. */
  get isCompact(): boolean {
    return this.ends !== undefined || this.holds(isCompact);
  }

  /** Bytes of the event as it came. */
  get length(): number {
    return this.#to - this.#from;
  }

  get ends(): Ends | undefined {
    return this.#scanned.ends;
  }

  /** Where the value of a slot begins in the payload; 0 where there is none. */
  placeFrom(slot: number): number {
    return this.#scanned.places[this.#index * this.#scanned.placeWidth + slot * 2]!;
  }

  /** Where it ends. */
  placeTo(slot: number): number {
    return this.#scanned.places[this.#index * this.#scanned.placeWidth + slot * 2 + 1]!;
  }

  /** The value of a slot as an object that is the same for all events with it; undefined where there is none, or one too long. */
  kept(slot: number): KeptValue | undefined {
    return this.#scanner.kept(this.bytes, this.#scanned, this.#index, slot);
  }

  /** The whole event where it stands. */
  inBytes(): ByteValue {
    return new ByteValue(this.bytes, this.#from, this.#to, this.ends);
  }

  /** The whole event by the plain reader. */
  readWhole(): JsonValue {
    return readSound(this.bytes, this.#from, this.#to);
  }
}

/** An object of whose members some have slots. */
class PlacedValue extends ByteValue {
  readonly #event: ScannedEvent;
  readonly #deep: DeepSlots;

  constructor(event: ScannedEvent, from: number, to: number, deep: DeepSlots) {
    super(event.bytes, from, to, event.ends);
    this.#event = event;
    this.#deep = deep;
  }

  override member(name: string): JsonValue | undefined {
    const known = this.#deep.members.get(name);
    if (known === undefined) return super.member(name);
    const from = this.#event.placeFrom(known.slot);
    if (from === 0) return undefined;
    const to = this.#event.placeTo(known.slot);
    const isObject = known.below !== undefined && this.#event.bytes[from] === 0x7b;
    return isObject
      ? new PlacedValue(this.#event, from, to, known.below)
      : new ByteValue(this.#event.bytes, from, to, this.#event.ends);
  }
}

/** The event itself as a value: its noted members at once, everything else by the plain reader. */
class ScannedRoot implements JsonValue {
  readonly kind = "object";
  readonly #event: ScannedEvent;
  #whole: JsonValue | undefined;

  constructor(event: ScannedEvent) {
    this.#event = event;
  }

  member(name: string): JsonValue | undefined {
    return this.#event.member(name);
  }

  members(): Iterable<readonly [string, JsonValue]> {
    return this.#event.inBytes().members();
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
