/** What differs between two texts, line by line. */

export interface DiffLine {
  readonly kind: "same" | "added" | "removed" | "gap";
  readonly text: string;
  /** Its number in the new text, in the old one where it is removed; 0 of a gap. */
  readonly number: number;
}

/** All lines, in order: the longest common run of lines stays. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before);
  const now = linesOf(after);
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < now.length - head &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  const same = (at: number): DiffLine => ({ kind: "same", text: now[at] ?? "", number: at + 1 });
  return [
    ...Array.from({ length: head }, (_, at) => same(at)),
    ...changes(old.slice(head, old.length - tail), now.slice(head, now.length - tail), head),
    ...Array.from({ length: tail }, (_, at) => same(now.length - tail + at)),
  ];
}

/** Only the lines that differ, with some around them. */
export function diffWithContext(before: string, after: string, context = 3): readonly DiffLine[] {
  const all = lineDiff(before, after);
  const near = (at: number) =>
    all.slice(Math.max(0, at - context), at + context + 1).some(({ kind }) => kind !== "same");
  const lines: DiffLine[] = [];
  all.forEach((line, at) => {
    if (near(at)) lines.push(line);
    else if (lines.at(-1)?.kind !== "gap") lines.push({ kind: "gap", text: "…", number: 0 });
  });
  return lines;
}

const linesOf = (text: string) => (text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/));

/** Beyond so many pairs of lines the whole is told as removed and added: nobody reads such a difference. */
const mostPairs = 4_000_000;

function changes(old: readonly string[], now: readonly string[], offset: number): readonly DiffLine[] {
  const removed = (at: number): DiffLine => ({ kind: "removed", text: old[at] ?? "", number: offset + at + 1 });
  const added = (at: number): DiffLine => ({ kind: "added", text: now[at] ?? "", number: offset + at + 1 });
  if (old.length * now.length > mostPairs)
    return [...old.map((_, at) => removed(at)), ...now.map((_, at) => added(at))];
  // The length of the longest common run of what is left from each pair of places on.
  const width = now.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number) => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--)
    for (let j = now.length - 1; j >= 0; j--)
      common[i * width + j] = old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ kind: "same", text: now[j] ?? "", number: offset + j + 1 });
      i++;
      j++;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) lines.push(removed(i++));
    else lines.push(added(j++));
  }
  return lines;
}
