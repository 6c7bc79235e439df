/** Every audit event of saved files, in order, and what is none: the reading side of replay, explain and rule tests. */
import type { Decoded } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { bytesOf, type EventFile, isDamage } from "./event-files.ts";
import { type Io, UsageError } from "./io.ts";
import { type Item, LineSplitter, maxItemBytes, ObjectSplitter } from "./item-splitter.ts";
import { LineBlocks, linesIn } from "./line-blocks.ts";

/** A part of a file, with its line. */
export interface SavedPart {
  readonly part: Decoded;
  readonly file: string;
  readonly line: number;
}

export interface ReadingOptions {
  readonly falcoCompat: boolean;
  /** From bytes to events, where it is not the plain decoder. */
  readonly decoder?: typeof decode;
  /** Hears of bytes as stored. */
  readonly onRead?: (bytes: number) => void;
  /**
   * Is offered blocks of whole lines, each where it stands in the order. One that it takes is not cut into parts: those
   * that it answers come instead. Never asked with `falcoCompat`.
   */
  readonly takeWhole?: (block: Uint8Array) => readonly Decoded[] | undefined;
}

/** After so many blocks in a row that nobody took, one in as many is offered. */
const patience = 8;

/** The parts in batches, one for each piece that was read, so that a caller waits once a piece and not once an event. */
export async function* savedEvents(
  files: readonly EventFile[],
  io: Pick<Io, "stdin">,
  { falcoCompat, decoder = decode, onRead = () => undefined, takeWhole }: ReadingOptions,
): AsyncGenerator<Iterable<SavedPart>> {
  for (const file of files) {
    const splitter = falcoCompat ? new LineSplitter() : new ObjectSplitter();
    const blocks = splitter instanceof ObjectSplitter && takeWhole !== undefined ? new LineBlocks() : undefined;
    let line = 1;
    let refused = 0;
    const taken = (bytes: Uint8Array): readonly SavedPart[] | undefined => {
      if (!(splitter instanceof ObjectSplitter) || takeWhole === undefined || !splitter.isResting) return undefined;
      if (refused >= patience && refused++ % patience > 0) return undefined;
      const told = takeWhole(bytes);
      refused = told === undefined ? refused + 1 : 0;
      if (told === undefined) return undefined;
      ({ line } = splitter);
      splitter.pass(linesIn(bytes));
      return told.map((part) => ({ part, file: file.name, line }));
    };
    const partsOf = (bytes: Uint8Array) => {
      const items = splitter.push(bytes);
      line = items.at(-1)?.line ?? line;
      return parts(items, file.name, falcoCompat, decoder);
    };
    try {
      const read = bytesOf(file, io, onRead);
      for await (const bytes of falcoCompat ? read : withoutMark(read)) {
        if (blocks === undefined) yield partsOf(bytes);
        else for (const { bytes: block, whole } of blocks.push(bytes)) yield (whole && taken(block)) || partsOf(block);
      }
      for (const { bytes, whole } of blocks?.end() ?? []) yield (whole && taken(bytes)) || partsOf(bytes);
    } catch (error) {
      if (!isDamage(error)) {
        if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
        throw new UsageError(`${file.name} cannot be read: ${(error as Error).message}`);
      }
      for (const { bytes } of blocks?.end() ?? []) yield partsOf(bytes);
      yield parts(splitter.end(), file.name, falcoCompat, decoder);
      const reason = `the compressed data is damaged here, the rest of the file is lost: ${error.message}`;
      yield [{ part: { kind: "rejected", rejected: { reason, raw: "" } }, file: file.name, line }];
      continue;
    }
    yield parts(splitter.end(), file.name, falcoCompat, decoder);
  }
}

/** Azure's exports begin with a byte order mark, which is no part of the JSON behind it. */
async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (first === undefined) {
      yield chunk;
      continue;
    }
    first = Buffer.concat([first, chunk]);
    if (first.length < 3) continue;
    yield first[0] === 0xef && first[1] === 0xbb && first[2] === 0xbf ? first.subarray(3) : first;
    first = undefined;
  }
  if (first !== undefined && first.length > 0) yield first;
}

function* parts(
  items: readonly Item[],
  file: string,
  falcoCompat: boolean,
  decoder: typeof decode,
): Generator<SavedPart> {
  for (const { bytes, line, tooLong } of items) {
    if (tooLong) {
      const reason = `longer than ${maxItemBytes / 1024 / 1024} MiB`;
      yield { part: { kind: "rejected", rejected: { reason, raw: "" } }, file, line };
      continue;
    }
    for (const part of decoder(bytes, { falcoCompat })) yield { part, file, line };
  }
}
