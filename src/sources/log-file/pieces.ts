/**
 * Lines that a container runtime has split at 16 KiB, joined again: the CRI marks each piece but the last with `P`
 * (kubernetes.io, "CRI log format"), Docker's json-file driver ends the last one alone in a line feed.
 */
import type { Gathering } from "./lines.ts";

/** Joins pieces stream by stream; holds what came since a piece that is not ended yet, and no more than the bound. */
export class Pieces {
  /** Whole lines of the file, from the first open piece on. */
  #held: Buffer[] = [];
  #pending = 0;
  /** The streams whose last line was a piece. */
  readonly #open = new Set<string>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** What is whole with these lines, in order. */
  push(gathering: Gathering): readonly Gathering[] {
    if (gathering.cut) return [...this.rest(), gathering];
    const { body } = gathering;
    const lines = [...linesOf(body)];
    let closed = 0;
    let isAsItCame = this.#held.length === 0;
    for (const [nth, line] of lines.entries()) {
      const piece = pieceOf(line);
      if (piece?.isLast) this.#open.delete(piece.stream);
      else if (piece !== undefined) this.#open.add(piece.stream);
      isAsItCame &&= this.#open.size === 0;
      if (this.#open.size === 0) closed = nth + 1;
    }
    if (isAsItCame) return [gathering];
    const ready = closed === 0 ? [] : [...this.#held, ...lines.slice(0, closed)];
    this.#held = closed === 0 ? [...this.#held, ...lines] : lines.slice(closed);
    const bytes = lengthOf(ready);
    this.#pending += gathering.bytes - bytes;
    const out = ready.length === 0 ? [] : [{ body: Buffer.concat(joined(ready)), bytes, cut: false }];
    return this.#pending > this.#most ? [...out, ...this.rest()] : out;
  }

  /** What is held, as it stands: no more of it will come, or it is too much. */
  rest(): readonly Gathering[] {
    if (this.#held.length === 0) return [];
    const body = Buffer.concat(this.#held);
    this.#held = [];
    this.#pending = 0;
    this.#open.clear();
    return [{ body, bytes: body.length, cut: false }];
  }

  /** Bytes of the file that are held. */
  get pending(): number {
    return this.#pending;
  }
}

const lineFeed = 0x0a;

function* linesOf(body: Buffer): Generator<Buffer> {
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(lineFeed, from) + 1 || body.length;
    yield body.subarray(from, end);
    from = end;
  }
}

const lengthOf = (lines: readonly Buffer[]): number => lines.reduce((sum, { length }) => sum + length, 0);

/** Each line that was split where its last piece stands, with that one's mark; the others as they are. */
function joined(lines: readonly Buffer[]): Buffer[] {
  const before = new Map<string, Buffer[]>();
  return lines.flatMap((line) => {
    const piece = pieceOf(line);
    if (piece === undefined) return [line];
    const { stream, isLast, from, to } = piece;
    const parts = before.get(stream) ?? [];
    if (!isLast) {
      parts.push(line.subarray(from, to));
      before.set(stream, parts);
      return [];
    }
    before.delete(stream);
    return [line.subarray(0, from), ...parts, line.subarray(from)];
  });
}

interface Piece {
  readonly stream: string;
  readonly isLast: boolean;
  /** Where its part of the line begins and ends. */
  readonly from: number;
  readonly to: number;
}

/** Undefined for a line that no container runtime wrote. */
function pieceOf(line: Buffer): Piece | undefined {
  return line[0] === dockerStart[0] ? dockerPiece(line) : criPiece(line);
}

/** `2026-11-23T20:14:41.000000000Z stdout P …`; after the letter there may be further tags, each behind a colon. */
const criMark = /^\d{4}-\d{2}-\d{2}T\S+ (stdout|stderr) ([FP])(?::\S+)? /;
const longestMark = 128;

function criPiece(line: Buffer): Piece | undefined {
  const [mark, stream = "", tag] = criMark.exec(line.toString("latin1", 0, longestMark)) ?? [];
  if (mark === undefined) return undefined;
  const to = line.at(-1) === lineFeed ? line.length - 1 : line.length;
  return { stream, isLast: tag === "F", from: mark.length, to };
}

/** `{"log":"…\n","stream":"stdout","time":"…"}`. Within a string of JSON no quote stands without a backslash. */
const dockerStart = Buffer.from('{"log":"');
const memberEnd = Buffer.from('","');
const dockerStream = /^","stream":"(stdout|stderr)"/;
const longestStream = 32;

function dockerPiece(line: Buffer): Piece | undefined {
  const from = dockerStart.length;
  if (!line.subarray(0, from).equals(dockerStart)) return undefined;
  const to = line.indexOf(memberEnd, from);
  const stream = to < 0 ? undefined : dockerStream.exec(line.toString("latin1", to, to + longestStream))?.[1];
  return stream === undefined ? undefined : { stream, isLast: endsInLineFeed(line, from, to), from, to };
}

/** Whether the text ends in an escaped line feed, and not in a backslash and an `n`. */
function endsInLineFeed(line: Buffer, from: number, to: number): boolean {
  if (line[to - 1] !== 0x6e) return false;
  let at = to - 1;
  while (at > from && line[at - 1] === 0x5c) at--;
  return (to - 1 - at) % 2 === 1;
}
