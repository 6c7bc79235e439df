/** Saved events by path: files, folders in the order they were written, standard input, gzip or not, as streams of bytes. */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pipeline, Readable, type TransformOptions } from "node:stream";
import { createGunzip, type ZlibOptions } from "node:zlib";
import { type Io, UsageError } from "./io.ts";

export interface EventFile {
  /** As the user named it; `-` is standard input. */
  readonly name: string;
  /** Bytes as stored; undefined where nobody knows. */
  readonly size: number | undefined;
}

/** The files in the order they are read. A folder stands for its files, the one written first before the others. */
export function eventFiles(paths: readonly string[]): readonly EventFile[] {
  return paths.flatMap((path) => {
    if (path === "-") return [{ name: path, size: undefined }];
    const stat = statOf(path);
    if (!stat.isDirectory()) return [{ name: path, size: stat.isFile() ? Number(stat.size) : undefined }];
    const files = readdirSync(path)
      .map((name) => ({ name: join(path, name), stat: statOf(join(path, name)) }))
      .filter((file) => file.stat.isFile())
      .sort((a, b) => compare(a.stat.mtimeNs, b.stat.mtimeNs) || compare(a.name, b.name));
    if (files.length === 0) throw new UsageError(`there is no file in ${path}`);
    return files.map((file) => ({ name: file.name, size: Number(file.stat.size) }));
  });
}

const compare = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

function statOf(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(missing ? `there is no file ${path}` : `${path} cannot be read: ${(error as Error).message}`);
  }
}

/** The file's bytes, unpacked where it is gzip. `onRead` hears of bytes as stored. Throws what reading or unpacking throws. */
export async function* bytesOf(
  { name }: EventFile,
  { stdin }: Pick<Io, "stdin">,
  onRead: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  const stored = counted(name === "-" ? stdin : createReadStream(name, { highWaterMark: 1024 * 1024 }), onRead);
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const next = await stored.next();
    if (next.done) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  const whole = (async function* () {
    yield head;
    yield* stored;
  })();
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* whole;
    return;
  }
  let given = 0;
  try {
    for await (const piece of unpacked(whole, name === "-" ? 1 << 16 : largePiece)) {
      given += piece.length;
      yield piece;
    }
  } catch (error) {
    if (name === "-" || !isDamage(error)) throw error;
    // The piece with the damage is lost as a whole, so once more up to there in small ones, to lose little.
    for await (const piece of unpacked(createReadStream(name), smallPiece)) {
      if (given < piece.length) yield piece.subarray(given);
      given = Math.max(0, given - piece.length);
    }
  }
}

/** Each piece is a turn of the thread pool, where it is unpacked while the one before is judged. */
const largePiece = 1 << 20;
const smallPiece = 1 << 14;

function unpacked(packed: AsyncIterable<Uint8Array>, chunkSize: number): AsyncIterable<Uint8Array> {
  // Some pieces ahead of the reader, so that neither waits for the other.
  const options: ZlibOptions & TransformOptions = { chunkSize, readableHighWaterMark: 4 * chunkSize };
  const gunzip = createGunzip(options);
  // An error ends `gunzip` too, and is thrown to its reader there.
  pipeline(Readable.from(packed), gunzip, () => undefined);
  return gunzip;
}

async function* counted(bytes: AsyncIterable<Uint8Array>, onRead: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) {
    onRead(piece.length);
    yield piece;
  }
}

/** Whether what was thrown says that packed data is damaged. */
export const isDamage = (error: unknown): error is Error =>
  error instanceof Error && String((error as NodeJS.ErrnoException).code ?? "").startsWith("Z_");
