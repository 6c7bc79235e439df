/** Texts that lie one behind the other, looked through for another text at once. */
import { type Joined, textAt } from "./parts.ts";

/** A 1 for each of the texts that holds that; undefined where none does. */
export function textsHolding({ text: all, ends }: Joined, text: string): Uint8Array | undefined {
  let holding: Uint8Array | undefined;
  let entry = 0;
  for (let at = all.indexOf(text); at >= 0; ) {
    entry = entryAt(ends, at, entry);
    if (at + text.length <= ends[entry]!) {
      holding ??= new Uint8Array(ends.length);
      holding[entry] = 1;
      at = all.indexOf(text, ends[entry]!);
    } else at = all.indexOf(text, at + 1);
  }
  return holding;
}

/** Of fewer texts than this, each is compared. */
const fewTexts = 64;

/** Marks the text that is that: each stands once. */
export function textsEqual(joined: Joined, text: string, flags: Uint8Array): void {
  const { text: all, ends } = joined;
  if (text === "" || ends.length < fewTexts) {
    for (let entry = 1; entry < ends.length; entry++) if (textAt(joined, entry) === text) flags[entry] = 1;
    return;
  }
  let entry = 0;
  for (let at = all.indexOf(text); at >= 0; at = all.indexOf(text, at + 1)) {
    entry = entryAt(ends, at, entry);
    if (at + text.length !== ends[entry] || at !== ends[entry - 1]) continue;
    flags[entry] = 1;
    return;
  }
}

/** Which text a place lies in, from one of before on: near ones are gone to step by step, far ones by halves. */
function entryAt(ends: Uint32Array, at: number, from: number): number {
  let [low, step] = [from, 1];
  while (low + step < ends.length && ends[low + step]! <= at) {
    low += step;
    step *= 2;
  }
  let high = Math.min(low + step, ends.length - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}
