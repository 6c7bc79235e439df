/** The memory of a scanner with SIMD: what stands where, as `assembly/` is told. */
import { markBeginnings } from "../secret-marks.ts";
import { mostBytes } from "./scanned.ts";
import { slotAt, slotCount, slotOf, slotPaths } from "./shape.ts";
import { instantiate, type SimdExports } from "./simd-instance.ts";
import { type Ask, beginningsOf, type SimdPlan } from "./simd-plan.ts";
import { trieBytes, trieOf, type WantedPath, writeTrie } from "./trie.ts";

/** Rows are numbered from 1 to this; 0 is that of no value, and the next one that of a value which is not kept. */
export const mostRows = 1024;
const longest = 512;
const tableRows = mostRows + 2;

/** Names that events often have and nobody asks for. */
const passed = ["objectRef/uid", "objectRef/resourceVersion", "responseStatus/metadata", "responseStatus/message"];
const passedBelow = ["kind", "apiVersion", "metadata", "spec", "status", "data", "type"];

/** What is learned of the shape of events may take so much, some ten thousand gaps between values. */
const learnedBytes = 2 << 20;

const aligned = (at: number, to = 16) => Math.ceil(at / to) * to;

export class SimdMemory {
  readonly wasm: SimdExports;
  /** Bytes of a row of bits. */
  readonly stride: number;
  readonly tables: number;
  readonly slots: number;
  /** Slots below those that every scan notes. */
  readonly deep: ReadonlyMap<number, DeepSlots>;
  readonly #sought: readonly { readonly place: number; readonly words: number }[];
  readonly #tablesAt: number;
  readonly #tableBytes: number;
  readonly #newsAt: number;
  readonly #bitsAt: number;
  readonly #candidatesAt: number;
  readonly #marksAt: number;
  readonly #bodyAt: number;
  #candidates = new Int32Array(0);
  #words: Uint32Array | undefined;
  #capacity = 0;
  #room = 0;
  #places = { items: 0, places: 0, rows: 0 };

  /** Undefined where WebAssembly with SIMD is not to be had. */
  static open(plan: SimdPlan): SimdMemory | undefined {
    const wasm = instantiate();
    return wasm && new SimdMemory(wasm, plan);
  }

  private constructor(wasm: SimdExports, { kept, asks, sought, rules }: SimdPlan) {
    this.wasm = wasm;
    this.stride = Math.max(aligned(Math.ceil(rules / 8)), 16);
    this.tables = kept.length + 1;
    const present = new Map<string, number>();
    const slotOfAsk = (ask: Ask): number => {
      if (ask.kind === "array" || ask.kind === "words") return ask.slot;
      const slot = slotAt(undefined, ask.path) ?? present.get(ask.path) ?? slotCount + present.size;
      if (slot >= slotCount) present.set(ask.path, slot);
      return slot;
    };
    const askSlots = asks.map(slotOfAsk);
    const soughtSlots = sought.map(({ path }) => slotOfAsk({ kind: "present", path }));
    // What stands on the way is noted too, so that whoever reads further down need not look for it.
    for (const path of [...present.keys()]) {
      const steps = path.split("/");
      for (let at = 2; at < steps.length; at++) slotOfAsk({ kind: "present", path: steps.slice(0, at).join("/") });
    }
    this.slots = slotCount + present.size;
    this.deep = deepSlots(present);
    const trie = trieOf(wantedPaths(present));

    // Below stand the module's own constants.
    let at = 2048;
    const take = (bytes: number, to = 16) => {
      const from = aligned(at, to);
      at = from + bytes;
      return from;
    };
    this.#tableBytes = wasm.bytesOfTable();
    this.#newsAt = take(4 + this.tables * tableRows * 12);
    this.#tablesAt = take(this.tables * this.#tableBytes);
    const absentAt = take(this.tables);
    const keptAt = take(kept.length * 4);
    const oddAt = take(16);
    const signatureAt = take(64);
    const asksAt = take(asks.length * 12);
    const wordsAt = asks.map((ask) => ("words" in ask ? take(16 + beginningsOf(ask.words).length * 64) : 0));
    const soughtAt = sought.map(({ words }) => take(16 + beginningsOf(words).length * 64));
    this.#sought = sought.map((_, at) => ({ place: soughtSlots[at]! * 8, words: soughtAt[at]! }));
    this.#marksAt = take(markBeginnings.length);
    const trieAt = take(trieBytes(trie));
    const learnedAt = take(learnedBytes);
    this.#bitsAt = take(this.tables * tableRows * this.stride);
    this.#candidatesAt = take(this.stride);
    const scratchAt = take(this.tables * 4);
    this.#bodyAt = aligned(at, 64);
    this.#grow(this.#bodyAt);

    const view = new DataView(wasm.memory.buffer);
    const word = (place: number, value: number) => view.setUint32(place, value, true);
    for (const [index, slot] of kept.entries()) word(keptAt + index * 4, slot * 8);
    for (const [index, slot] of oddSlots.entries()) word(oddAt + index * 4, slot * 8);
    for (const [index, ask] of asks.entries()) {
      word(asksAt + index * 12, { present: 0, array: 1, words: 2 }[ask.kind]);
      word(asksAt + index * 12 + 4, askSlots[index]! * 8);
      word(asksAt + index * 12 + 8, wordsAt[index]!);
      if ("words" in ask) writeBeginnings(view, wordsAt[index]!, beginningsOf(ask.words));
    }
    for (const [index, { words }] of sought.entries()) writeBeginnings(view, soughtAt[index]!, beginningsOf(words));
    new Uint8Array(wasm.memory.buffer).set(markBeginnings, this.#marksAt);
    writeTrie(trie, view, trieAt);
    for (let table = 0; table < this.tables; table++)
      new Uint8Array(wasm.memory.buffer, this.#rowAt(table, mostRows + 1), this.stride).fill(255);

    const [high, low] = crypto.getRandomValues(new Uint32Array(2));
    wasm.setSeed(high!, low!);
    wasm.setShape(
      trieAt,
      ...([slotOf("kind"), slotOf("apiVersion"), slotOf("auditID")].map((slot) => slot * 8) as [
        number,
        number,
        number,
      ]),
      slotOf("stageTimestamp") * 8,
      slotOf("objectRef/apiVersion") * 8,
      oddAt,
      learnedAt,
      learnedAt + learnedBytes,
    );
    wasm.setKept(kept.length, keptAt, this.#tablesAt, this.#newsAt, absentAt, signatureAt);
    const firstOfBody = asks.findIndex((ask) => "path" in ask && ask.path.startsWith("requestObject/"));
    wasm.setNarrow(
      asks.length,
      firstOfBody < 0 ? asks.length : firstOfBody,
      asksAt,
      slotOf("requestObject") * 8,
      this.tables,
      this.#bitsAt,
      this.stride,
      this.#candidatesAt,
      scratchAt,
    );
    this.#layOut(1 << 16, 512);
  }

  /** Puts a payload where it is scanned. Views of what was found before are of no use any more. */
  put(body: Uint8Array): void {
    if (body.length > mostBytes) throw new RangeError("a payload larger than is scanned");
    if (body.length > this.#capacity) this.#layOut(2 ** Math.ceil(Math.log2(body.length)), this.#room);
    new Uint8Array(this.wasm.memory.buffer).set(body, this.#bodyAt);
  }

  moreRoom(): void {
    this.#layOut(this.#capacity, this.#room * 2);
  }

  items(events: number): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, this.#places.items, events * 3);
  }

  places(events: number): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, this.#places.places, events * this.slots * 2);
  }

  rows(events: number): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, this.#places.rows, events * this.tables);
  }

  /** The values that are new since the last scan: for each its table, its row and the first event that has it. */
  news(): Uint32Array {
    const [count] = new Uint32Array(this.wasm.memory.buffer, this.#newsAt, 1);
    return new Uint32Array(this.wasm.memory.buffer, this.#newsAt + 4, count! * 3);
  }

  /** In which scan the value of a row came. */
  born(table: number, row: number): number {
    if (this.#words?.buffer !== this.wasm.memory.buffer) this.#words = new Uint32Array(this.wasm.memory.buffer);
    return this.#words[(this.#tablesAt + table * this.#tableBytes + mostRows * 8) / 4 + row - 1]!;
  }

  /** A signature by its row: the bits of the first 32 asks, and of the others. */
  signature(row: number): readonly [low: number, high: number] {
    const at = this.#tablesAt + (this.tables - 1) * this.#tableBytes + mostRows * 16 + 32 + (row - 1) * longest;
    const [low, high] = new Uint32Array(this.wasm.memory.buffer, at, 2);
    return [low!, high!];
  }

  /** The bits of rules that a row lets pass. */
  bits(table: number, row: number): Int32Array {
    return new Int32Array(this.wasm.memory.buffer, this.#rowAt(table, row), this.stride / 4);
  }

  /** Whether an event of the last scan may hold what `sought` of the plan says. A no is certain. */
  mayHold(event: number, sought: number): boolean {
    const { place, words } = this.#sought[sought]!;
    return this.wasm.mayHoldIn(event, place, words) !== 0;
  }

  /** Where in the last payload, from one place on and before another, a word of secrets may begin; -1 for nowhere. */
  markFrom(from: number, to: number): number {
    return this.wasm.beginningFrom(from, to, this.#marksAt);
  }

  /** The rules that `candidatesOf` found; the same view until there is more memory. */
  candidates(): Int32Array {
    // A view of memory that has grown is empty.
    if (this.#candidates.length === 0)
      this.#candidates = new Int32Array(this.wasm.memory.buffer, this.#candidatesAt, this.stride / 4);
    return this.#candidates;
  }

  #rowAt(table: number, row: number): number {
    return this.#bitsAt + (table * tableRows + row) * this.stride;
  }

  #layOut(capacity: number, room: number): void {
    // Behind a payload 192 bytes may be touched, and behind its words of bits those of two blocks.
    const bits = aligned(this.#bodyAt + capacity + 192);
    const items = aligned(bits + (capacity / 64 + 3) * 24);
    const places = aligned(items + room * 12);
    const rows = aligned(places + room * this.slots * 8 + 16);
    this.#grow(rows + room * this.tables * 4 + 64);
    this.#capacity = capacity;
    this.#room = room;
    this.#places = { items, places, rows };
    this.wasm.layOut(this.#bodyAt, bits, items, places, rows, room, this.slots);
  }

  #grow(to: number): void {
    const missing = to - this.wasm.memory.buffer.byteLength;
    if (missing > 0) this.wasm.memory.grow(Math.ceil(missing / 65536));
  }
}

/** The slots of an object's members, and of theirs. */
export interface DeepSlots {
  readonly members: ReadonlyMap<string, { readonly slot: number; readonly below: DeepSlots | undefined }>;
}

function deepSlots(present: ReadonlyMap<string, number>): ReadonlyMap<number, DeepSlots> {
  const below = (parent: string): DeepSlots | undefined => {
    const members = new Map<string, { slot: number; below: DeepSlots | undefined }>();
    for (const [path, slot] of present) {
      const slash = path.lastIndexOf("/");
      if (path.slice(0, slash) === parent) members.set(path.slice(slash + 1), { slot, below: below(path) });
    }
    return members.size === 0 ? undefined : { members };
  };
  const found = slotPaths.map((path, slot) => [slot, below(path)] as const);
  return new Map(found.filter((one): one is [number, DeepSlots] => one[1] !== undefined));
}

const oddSlots = (["metadata", "log_type", "k8s_audit_level", "openshift_audit_level"] as const).map(slotOf);

function wantedPaths(present: ReadonlyMap<string, number>): WantedPath[] {
  const deep = [...present].map(([path, slot]): WantedPath => ({ path, slot, throughArrays: true }));
  return [
    ...slotPaths.map((path, slot): WantedPath => ({ path, slot })),
    ...passed.map((path): WantedPath => ({ path })),
    ...deep,
    ...[...new Set(deep.map(({ path }) => path.split("/", 1)[0]!))].flatMap((top) =>
      passedBelow.map((name): WantedPath => ({ path: `${top}/${name}` })),
    ),
  ];
}

/** For each beginning four vectors, one a letter; what stands for any letter is all ones. */
function writeBeginnings(view: DataView, at: number, beginnings: readonly string[]): void {
  view.setUint32(at, beginnings.length, true);
  for (const [index, text] of beginnings.entries())
    for (let letter = 0; letter < 4; letter++)
      for (let lane = 0; lane < 16; lane++)
        view.setUint8(at + 16 + index * 64 + letter * 16 + lane, letter < text.length ? text.charCodeAt(letter) : 255);
}
