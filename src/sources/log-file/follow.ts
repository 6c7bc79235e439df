/** Follows one log through renames, compressions, copies and cuts; nothing is passed over and nothing is let go early. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { familyOf, type Member } from "./family.ts";
import { type Gathering, Lines } from "./lines.ts";
import { Pieces } from "./pieces.ts";
import {
  digestOf,
  headLength,
  isNoGzip,
  type Place,
  type Stretch,
  stretchesFrom,
  unzipped,
  unzippedHead,
} from "./place.ts";

export interface FollowWorld {
  /** Resolves once the lines are kept; it is tried until then. False when all shall stop. */
  readonly keep: (body: Buffer, cut: boolean) => Promise<boolean>;
  readonly load: () => Promise<Place | undefined>;
  readonly save: (place: Place) => Promise<void>;
  /** False when all shall stop. */
  readonly pause: () => Promise<boolean>;
  readonly told: (state: "reading" | "missing") => void;
  /** What may never be read. */
  readonly missed: (why: string) => void;
  /** Compressed files that are broken off, by device and inode: what they give was read, and they are passed by. */
  readonly broken: Set<string>;
  readonly now: () => Date;
}

export interface FollowOptions {
  readonly begin: "start" | "end" | "backups";
  readonly batchBytes: number;
  readonly maxLineBytes: number;
}

/** Resolves when it is told to stop; rejects where files cannot be read, and can be called again. */
export async function follow(path: string, options: FollowOptions, world: FollowWorld): Promise<void> {
  let place = await world.load();
  for (;;) {
    const family = await familyOf(path);
    const { stretches, lost } = place ? await stretchesFrom(family, place) : await beginning(family, options, world);
    if (lost) world.missed(`${path}: the file read last is gone; what was written to it since may be lost`);
    if (!family.some(({ isLive }) => isLive)) world.told("missing");
    for (const stretch of stretches) {
      if (world.broken.has(idOf(stretch.member))) continue;
      const file = await opened(stretch);
      // Renamed or compressed since the folder was read: look anew.
      if (file === undefined) break;
      try {
        const reader = new Reader(path, file, stretch, options, world);
        const reached = await reader.read();
        place = reader.place ?? place;
        if (reached === "stopped") return;
        if (reached === "elsewhere") break;
      } finally {
        await file.close();
      }
    }
    if (!(await world.pause())) return;
  }
}

const idOf = ({ dev, ino }: Member): string => `${dev}:${ino}`;

async function beginning(
  family: readonly Member[],
  { begin }: FollowOptions,
  world: FollowWorld,
): Promise<{ readonly stretches: readonly Stretch[]; readonly lost: boolean }> {
  const wanted = begin === "backups" ? family : family.filter(({ isLive }) => isLive);
  const stretches = wanted.map((member) => ({ member, from: 0 }));
  const [live] = stretches;
  if (begin !== "end" || live === undefined) return { stretches, lost: false };
  const file = await opened(live);
  if (file === undefined) return { stretches: [], lost: false };
  try {
    const from = await lastLineEnd(file, live.member.size);
    await world.save(await placeAt(file, live.member, from, world.now()));
    return { stretches: [{ member: live.member, from }], lost: false };
  } finally {
    await file.close();
  }
}

async function opened({ member }: Stretch): Promise<FileHandle | undefined> {
  try {
    const file = await open(member.path);
    const { dev, ino } = await file.stat();
    if (dev === member.dev && ino === member.ino) return file;
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
  return undefined;
}

async function lastLineEnd(file: FileHandle, size: number): Promise<number> {
  const window = 64 * 1024;
  for (let end = size; end > 0; end -= window) {
    const from = Math.max(0, end - window);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from);
    const at = buffer.subarray(0, bytesRead).lastIndexOf(0x0a);
    if (at >= 0) return from + at + 1;
  }
  return 0;
}

async function placeAt(file: FileHandle, { dev, ino }: Member, offset: number, now: Date): Promise<Place> {
  const length = Math.min(headLength, offset);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  const head = buffer.subarray(0, bytesRead);
  return { dev, ino, offset, head: digestOf(head), headBytes: head.length, at: now.toISOString() };
}

type Reached = "end" | "elsewhere" | "stopped";

class Reader {
  place: Place | undefined;
  #offset: number;
  readonly #lines: Lines;
  readonly #pieces: Pieces;
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #member: Member;
  readonly #options: FollowOptions;
  readonly #world: FollowWorld;

  constructor(path: string, file: FileHandle, stretch: Stretch, options: FollowOptions, world: FollowWorld) {
    this.#path = path;
    this.#file = file;
    this.#member = stretch.member;
    this.#offset = stretch.from;
    this.#options = options;
    this.#world = world;
    this.#lines = new Lines(options.maxLineBytes);
    this.#pieces = new Pieces(options.maxLineBytes);
  }

  /** Reads a backup to its end, the live file until it is no longer the live one. */
  async read(): Promise<Reached> {
    if (this.#member.isZipped) return this.#readZipped();
    for (;;) {
      if (!(await this.#drain())) return "stopped";
      if (this.#member.isLive) this.#world.told("reading");
      if (!this.#member.isLive) return (await this.#finish()) ? "end" : "stopped";
      if (this.place === undefined) await this.#note();
      if (!(await this.#world.pause())) return "stopped";
      const { size } = await this.#file.stat();
      const cut = size < this.#offset || (this.place !== undefined && !(await this.#isSame()));
      if (cut) return "elsewhere";
      if (await this.#isStillLive()) continue;
      // What was written between the last look and the rename; the rename comes between lines.
      if (!(await this.#drainUntilStill())) return "stopped";
      return (await this.#finish()) ? "elsewhere" : "stopped";
    }
  }

  async #readZipped(): Promise<Reached> {
    let skip = this.#offset;
    let gathered: Buffer[] = [];
    let held = 0;
    const hand = async () => {
      const chunk = Buffer.concat(gathered);
      gathered = [];
      held = 0;
      return this.#take(chunk);
    };
    try {
      for await (const chunk of unzipped(this.#member.path)) {
        const wanted = chunk.subarray(Math.min(skip, chunk.length));
        skip -= chunk.length - wanted.length;
        gathered.push(wanted);
        held += wanted.length;
        if (held >= this.#options.batchBytes && !(await hand())) return "stopped";
      }
    } catch (error) {
      if (!isNoGzip(error)) throw error;
      const { path } = this.#member;
      this.#world.broken.add(idOf(this.#member));
      this.#world.missed(`${path} is no whole gzip file (${error.message}); what stands behind its break is lost`);
    }
    return (await hand()) && (await this.#finish()) ? "end" : "stopped";
  }

  /** How far the file was read: what is held back is not handed over yet, and comes again after a kill. */
  get #readTo(): number {
    return this.#offset + this.#pieces.pending + this.#lines.pending;
  }

  /** All whole lines there are now; false when all shall stop. */
  async #drain(): Promise<boolean> {
    for (;;) {
      const from = this.#readTo;
      const { buffer, bytesRead } = await this.#file.read(
        Buffer.allocUnsafe(this.#options.batchBytes),
        0,
        this.#options.batchBytes,
        from,
      );
      if (bytesRead === 0) return true;
      if (!(await this.#take(buffer.subarray(0, bytesRead)))) return false;
    }
  }

  /** Who rotates by renaming may have the file open, and write to it, for a while. */
  async #drainUntilStill(): Promise<boolean> {
    for (;;) {
      const before = this.#readTo;
      if (!(await this.#drain())) return false;
      if (this.#readTo === before) return true;
      if (!(await this.#world.pause())) return false;
    }
  }

  async #take(chunk: Buffer): Promise<boolean> {
    for (const lines of this.#lines.push(chunk)) if (!(await this.#handAll(this.#pieces.push(lines)))) return false;
    return true;
  }

  /** A file that is done with may end without a line feed. */
  async #finish(): Promise<boolean> {
    const last = this.#lines.rest();
    const rest = [...(last === undefined ? [] : this.#pieces.push(last)), ...this.#pieces.rest()];
    return rest.length === 0 ? this.#note() : this.#handAll(rest);
  }

  async #handAll(gatherings: readonly Gathering[]): Promise<boolean> {
    for (const gathering of gatherings) if (!(await this.#hand(gathering))) return false;
    return true;
  }

  async #hand({ body, bytes, cut }: Gathering): Promise<boolean> {
    if (!(await this.#world.keep(body, cut))) return false;
    this.#offset += bytes;
    return this.#note();
  }

  async #note(): Promise<true> {
    const { dev, ino } = this.#member;
    const at = this.#world.now().toISOString();
    if (this.place !== undefined && this.place.headBytes === headLength)
      this.place = { ...this.place, offset: this.#offset, at };
    else if (this.#member.isZipped) {
      const head = await unzippedHead(this.#member.path, Math.min(headLength, this.#offset));
      this.place = { dev, ino, offset: this.#offset, head: digestOf(head), headBytes: head.length, at };
    } else this.place = await placeAt(this.#file, this.#member, this.#offset, this.#world.now());
    await this.#world.save(this.place);
    return true;
  }

  /** A file that was cut and has grown past our place again begins otherwise. */
  async #isSame(): Promise<boolean> {
    const { headBytes = 0, head } = this.place ?? {};
    const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return digestOf(buffer.subarray(0, bytesRead)) === head;
  }

  async #isStillLive(): Promise<boolean> {
    try {
      const { dev, ino } = await stat(this.#path);
      return dev === this.#member.dev && ino === this.#member.ino;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
      throw error;
    }
  }
}
