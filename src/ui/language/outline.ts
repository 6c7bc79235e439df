/**
 * The shape of a rules file while it is being written: its items and their keys, found line by line. Half-written YAML
 * has a shape too, which the engine's own reader, being exact, does not tell.
 */

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const itemKinds = ["rule", "macro", "list", "required_engine_version", "required_plugin_versions"] as const;
export type ItemKind = (typeof itemKinds)[number];

/** `key: value`. */
export interface Entry {
  readonly key: string;
  readonly at: Stretch;
  /** Characters before the key in its line. */
  readonly column: number;
  /** From behind the colon to the end of the last line that belongs to it. */
  readonly value: Stretch;
  readonly style: "plain" | "block" | "quoted" | "flow" | "nested" | "empty";
  /** What the value says: without a block's header, quotes or a comment behind it. */
  readonly text: Stretch;
  /** The keys below it: those of `override`, of each exception. */
  readonly inner: readonly Entry[];
}

export interface Item {
  /** Undefined: none of its keys says. */
  readonly kind: ItemKind | undefined;
  readonly name: string;
  readonly nameAt: Stretch;
  readonly from: number;
  readonly to: number;
  /** Of its keys. */
  readonly column: number;
  readonly entries: readonly Entry[];
  /** The comment right above it. */
  readonly comment: string;
}

export interface Outline {
  readonly items: readonly Item[];
  readonly comments: readonly Stretch[];
}

interface Line extends Stretch {
  readonly indent: number;
  readonly text: string;
  readonly isBlank: boolean;
  readonly isComment: boolean;
}

const keyForm = /^(?:"([^"\n]*)"|'([^'\n]*)'|([A-Za-z_][\w.-]*))[ \t]*:(?=[ \t\r]|$)/;
const dashForm = /^-(?:[ \t]+|\r?$)/;

export function outlineOf(text: string): Outline {
  const lines = linesOf(text);
  const comments: Stretch[] = [];
  const first = lines.find((line) => !line.isBlank && !line.isComment && dashForm.test(line.text));
  const items: Item[] = [];
  if (first === undefined) {
    for (const line of lines) if (line.isComment) comments.push({ from: line.from + line.indent, to: line.to });
    return { items, comments };
  }
  const starts = lines.flatMap((line, index) =>
    line.indent === first.indent && !line.isComment && dashForm.test(line.text) ? [index] : [],
  );
  for (const [order, start] of starts.entries()) {
    const next = starts[order + 1] ?? lines.length;
    const item = itemIn(text, lines, start, next);
    items.push({ ...item, comment: commentAbove(lines, start) });
  }
  const scalars = items.flatMap(({ entries }) => allEntries(entries)).filter(({ style }) => style === "block");
  for (const line of lines) {
    const from = line.from + line.indent;
    if (line.isComment && !scalars.some(({ text: { from: begin, to } }) => begin <= from && from < to))
      comments.push({ from, to: line.to });
  }
  return { items, comments };
}

const allEntries = (entries: readonly Entry[]): Entry[] =>
  entries.flatMap((entry) => [entry, ...allEntries(entry.inner)]);

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from <= text.length; ) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const whole = text.slice(from, to);
    const indent = /^ */.exec(whole)![0].length;
    const rest = whole.slice(indent);
    const isBlank = rest.trim() === "";
    lines.push({ from, to, indent, text: rest, isBlank, isComment: rest.startsWith("#") });
    if (end < 0) break;
    from = end + 1;
  }
  return lines;
}

function commentAbove(lines: readonly Line[], start: number): string {
  const words: string[] = [];
  for (let at = start - 1; at >= 0 && lines[at]!.isComment; at--)
    words.unshift(lines[at]!.text.replace(/^#+[ \t]?/, "").trim());
  return words.filter((line) => /[A-Za-z]/.test(line)).join(" ");
}

function itemIn(text: string, lines: readonly Line[], start: number, end: number): Item {
  const line = lines[start]!;
  const dash = dashForm.exec(line.text)?.[0].length ?? 1;
  const column = line.indent + Math.max(dash, 2);
  // The dash makes room like blanks do.
  const without: Line = { ...line, indent: column, text: line.text.slice(dash), isBlank: line.text.trim() === "-" };
  const entries = entriesIn(text, [without, ...lines.slice(start + 1, end)], column);
  const kind = itemKinds.find((one) => entries.some(({ key }) => key === one));
  const entry = entries.find(({ key }) => key === kind);
  let last = start;
  for (let at = start; at < end; at++) if (!lines[at]!.isBlank && !lines[at]!.isComment) last = at;
  const nameAt = entry?.text ?? { from: line.from, to: line.from };
  return {
    kind,
    name: entry === undefined ? "" : text.slice(nameAt.from, nameAt.to).replace(/\s+/g, " ").trim(),
    nameAt,
    from: line.from + line.indent,
    to: lines[last]!.to,
    column,
    entries,
    comment: "",
  };
}

/** The keys at a column, each with the lines that belong to it. */
function entriesIn(text: string, lines: readonly Line[], column: number): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at]!;
    const key = line.isBlank || line.isComment || line.indent !== column ? null : keyForm.exec(line.text);
    if (key === null) {
      at++;
      continue;
    }
    const behind = line.text.slice(key[0].length);
    let next = at + 1;
    let last = at;
    const isSequence = behind.trim() === "" || behind.trim().startsWith("#");
    const isBlock = /^[ \t]+[|>]/.test(behind);
    for (; next < lines.length; next++) {
      const below = lines[next]!;
      if (below.isBlank) {
        // Somebody may be about to write there.
        if (below.indent > column) last = next;
        continue;
      }
      const belongs = below.indent > column || (isSequence && below.indent === column && dashForm.test(below.text));
      if (!belongs && !(below.isComment && !isBlock)) break;
      if (belongs && (isBlock || !below.isComment)) last = next;
    }
    const lineStart = line.to - line.text.length;
    const from = lineStart + key[0].length;
    entries.push(entryOf(text, key[1] ?? key[2] ?? key[3] ?? "", lineStart, column, from, lines.slice(at, last + 1)));
    at = last + 1;
  }
  return entries;
}

function entryOf(
  text: string,
  key: string,
  keyFrom: number,
  column: number,
  from: number,
  lines: readonly Line[],
): Entry {
  const to = lines.at(-1)!.to;
  const colon = text.lastIndexOf(":", from - 1);
  const common = { key, at: { from: keyFrom, to: colon }, column, value: { from, to } };
  const begin = from + /^[ \t]*/.exec(text.slice(from, lines[0]!.to))![0].length;
  const sign = text[begin];
  const below = lines.slice(1);
  const isBare = begin >= lines[0]!.to || sign === "#" || sign === "\r";
  if (isBare) {
    const inner = innerEntries(text, below);
    const nested = below.find((line) => !line.isBlank && !line.isComment);
    if (nested === undefined) return { ...common, style: "empty", text: { from: begin, to: begin }, inner };
    const isPlain = !dashForm.test(nested.text) && inner.length === 0;
    return { ...common, style: isPlain ? "plain" : "nested", text: { from: nested.from + nested.indent, to }, inner };
  }
  if ((sign === "|" || sign === ">") && /^[|>][-+0-9]*[ \t\r]*(?:#.*)?$/.test(text.slice(begin, lines[0]!.to))) {
    const start = Math.min(lines[0]!.to + 1, to);
    return { ...common, style: "block", text: { from: start, to: Math.max(start, to) }, inner: [] };
  }
  if (sign === '"' || sign === "'") {
    const close = quoteEnd(text, begin, to, sign);
    return { ...common, style: "quoted", text: { from: begin + 1, to: close }, inner: [] };
  }
  if (sign === "[" || sign === "{") return { ...common, style: "flow", text: { from: begin, to }, inner: [] };
  const comment = /[ \t]#/.exec(text.slice(begin, to));
  const end = begin + text.slice(begin, comment ? begin + comment.index : to).trimEnd().length;
  return { ...common, style: "plain", text: { from: begin, to: end }, inner: [] };
}

/** Keys of what is nested, those of each element of a sequence one after the other. */
function innerEntries(text: string, lines: readonly Line[]): Entry[] {
  const first = lines.find((line) => !line.isBlank && !line.isComment);
  if (first === undefined) return [];
  if (!dashForm.test(first.text)) return entriesIn(text, lines, first.indent);
  const starts = lines.flatMap((line, index) =>
    line.indent === first.indent && !line.isComment && dashForm.test(line.text) ? [index] : [],
  );
  return starts.flatMap((start, order) => {
    const line = lines[start]!;
    const dash = dashForm.exec(line.text)![0].length;
    const column = line.indent + Math.max(dash, 2);
    const without: Line = { ...line, indent: column, text: line.text.slice(dash) };
    return entriesIn(text, [without, ...lines.slice(start + 1, starts[order + 1] ?? lines.length)], column);
  });
}

function quoteEnd(text: string, from: number, to: number, quote: string): number {
  for (let at = from + 1; at < to; at++) {
    if (quote === '"' && text[at] === "\\") at++;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'") at++;
      else return at;
    }
  }
  return to;
}

/** The item an offset is in: up to where the next begins. */
export function itemAt({ items }: Outline, at: number): Item | undefined {
  return items.findLast(({ from }) => from <= at);
}

/** The key whose value an offset is in, the innermost first; its own outermost key last. */
export function entriesAt(entries: readonly Entry[], at: number): readonly Entry[] {
  const entry = entries.find(({ at: key, value }) => key.from <= at && at <= value.to);
  return entry === undefined ? [] : [...entriesAt(entry.inner, at), entry];
}
