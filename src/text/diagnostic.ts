/** What is wrong in a text somebody wrote, where, and what to do about it; drawn for a terminal. */
import { cells, tame } from "./cells.ts";
import { lineSpan, position, type Source } from "./source.ts";

export type { Source } from "./source.ts";

export interface Diagnostic {
  /** Kebab-case: `unknown-option`. */
  readonly code: string;
  /** Small first letter, no full stop. */
  readonly message: string;
  /** Where it is, UTF-16 offsets, `to` not included; absent where no text holds it: an option, a variable. */
  readonly place?: { readonly source: Source; readonly from: number; readonly to: number };
  /** What holds it instead: `--listen`, `TIERCEL_LOG__LEVEL`. */
  readonly origin?: string;
  /** Absent: an error. */
  readonly severity?: "error" | "warning";
  /** What else there is to know: "used by rule `x` at …". */
  readonly notes?: readonly string[];
  readonly help?: string;
}

export interface Drawing {
  /** With ANSI colours. */
  readonly colour?: boolean;
  /** Cells of the terminal; longer lines are cut around what is wrong. */
  readonly width?: number;
}

/** Draws for a terminal of some width and colour. */
export function drawer({ colour = false, width = 160 }: Drawing = {}): (diagnostic: Diagnostic) => string {
  const paint = colour ? ansi : plain;
  return (diagnostic) => draw(diagnostic, paint, width);
}

function draw(diagnostic: Diagnostic, paint: Paint, width: number): string {
  const { code, message, place, origin, notes = [], help } = diagnostic;
  const mark = diagnostic.severity === "warning" ? paint.yellow : paint.red;
  const after = [...notes.map((note) => `note: ${note}`), ...(help === undefined ? [] : [`help: ${help}`])];
  const remedies = after.map((line) => paint.cyan(tame(line)));
  const words = `${paint.bold(tame(message))} ${mark(`[${code}]`)}`;
  if (place === undefined) return [(origin === undefined ? "" : `${tame(origin)}: `) + words, ...remedies].join("\n");
  const { source, from, to } = place;
  const { line, column } = position(source, from);
  const margin = `${line} | `;
  const excerpt = excerptOf(source, line, from, to, Math.max(width - margin.length, 20));
  return [
    `${tame(source.name)}:${line}:${column}: ${words}`,
    paint.dim(margin) + excerpt.text,
    " ".repeat(margin.length) + excerpt.indent + mark("^".repeat(excerpt.marks)),
    ...remedies,
  ].join("\n");
}

/** The line as far as it fits, what stands before the marks, and how many marks there are: up to the line's end, one at least. */
function excerptOf(source: Source, line: number, from: number, to: number, width: number) {
  const span = lineSpan(source, line);
  const start = Math.min(Math.max(from, span.from), span.to);
  // Of an endless line only what may be shown is looked at.
  const before = [...tame(source.text.slice(Math.max(span.from, start - width), start))];
  const within = [...tame(source.text.slice(start, Math.min(to, span.to, start + width)))];
  const behind = [...tame(source.text.slice(start, Math.min(span.to, start + 2 * width)))];
  const room = width - 2;
  const fits = sum(before) + sum(behind) <= width && start - span.from <= width && span.to - start <= 2 * width;
  let lead = before;
  let rest = behind;
  if (!fits) {
    // A third of the room is for what leads up to it, more where little follows.
    const leading = Math.max(Math.floor(room / 3), room - sum(behind));
    lead = lastOf(before, leading, start - span.from > width);
    rest = firstOf(behind, width - sum(lead), span.to - start > 2 * width);
  }
  const marks = Math.max(1, Math.min(sum(within), sum(rest)));
  // A tab stays a tab under a tab, so that the marks stand where the terminal puts the words.
  const indent = lead.map((char) => (char === "\t" ? char : " ".repeat(cells(char)))).join("");
  return { text: lead.join("") + rest.join(""), indent, marks };
}

const sum = (chars: readonly string[]): number => chars.reduce((total, char) => total + cells(char), 0);

function lastOf(chars: readonly string[], room: number, more: boolean): string[] {
  if (!more && sum(chars) <= room) return [...chars];
  let used = 1;
  let at = chars.length;
  while (at > 0 && used + cells(chars[at - 1]!) <= room) used += cells(chars[--at]!);
  return ["…", ...chars.slice(at)];
}

function firstOf(chars: readonly string[], room: number, more: boolean): string[] {
  if (!more && sum(chars) <= room) return [...chars];
  let used = 1;
  let at = 0;
  while (at < chars.length && used + cells(chars[at]!) <= room) used += cells(chars[at++]!);
  return [...chars.slice(0, at), "…"];
}

type Paint = Readonly<Record<"bold" | "dim" | "red" | "yellow" | "cyan", (text: string) => string>>;
const same = (text: string): string => text;
const plain: Paint = { bold: same, dim: same, red: same, yellow: same, cyan: same };
const painted = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
const ansi: Paint = {
  bold: painted(1, 22),
  dim: painted(2, 22),
  red: painted(31, 39),
  yellow: painted(33, 39),
  cyan: painted(36, 39),
};

/** As people read it: the place and the words, the line with what is wrong underlined, the remedy. */
export const drawn = drawer();
