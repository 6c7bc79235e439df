/** Words looked for in bytes in one pass, letter case aside, each with a look around it: Aho and Corasick's automaton. */
import type { Word } from "./secret-words.ts";

/** Whether a word stands somewhere in a part of bytes and its look agrees. */
export type Find = (bytes: Uint8Array, from: number, to: number) => boolean;

/** `passed`: signs that may stand anywhere within a word. */
export function finding(words: readonly Word[], passed = ""): Find {
  const classes = new Uint8Array(256);
  let classCount = 1;
  for (const char of new Set([...words.flatMap(([word]) => [...word]), ...passed])) {
    classes[char.charCodeAt(0)] = classCount;
    if (char >= "a" && char <= "z") classes[char.toUpperCase().charCodeAt(0)] = classCount;
    classCount++;
  }
  const { next, ends } = automaton(words, classes, classCount);
  for (const char of passed)
    for (let state = 0; state < ends.length; state++) next[state * classCount + classes[char.charCodeAt(0)]!] = state;
  /** 1 for a state in which a word has ended. */
  const isEnd = Uint8Array.from(ends, (of) => (of.length > 0 ? 1 : 0));
  return (bytes, from, to) => {
    let state = 0;
    for (let at = from; at < to; at++) {
      state = next[state * classCount + classes[bytes[at]!]!]!;
      if (isEnd[state] === 1) for (const [, look] of ends[state]!) if (look(bytes, at + 1, from, to)) return true;
    }
    return false;
  };
}

/** For each state and class the next state, and for each state the words that end in it. */
function automaton(
  words: readonly Word[],
  classes: Uint8Array,
  classCount: number,
): { readonly next: Uint16Array; readonly ends: readonly (readonly Word[])[] } {
  const children: Map<number, number>[] = [new Map()];
  const ends: Word[][] = [[]];
  for (const whole of words) {
    let state = 0;
    for (const char of whole[0]) {
      const of = classes[char.charCodeAt(0)]!;
      let child = children[state]!.get(of);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        ends.push([]);
        children[state]!.set(of, child);
      }
      state = child;
    }
    ends[state]!.push(whole);
  }
  const table = new Uint16Array(children.length * classCount);
  const back = new Uint16Array(children.length);
  const queue = [0];
  for (let state = queue.shift(); state !== undefined; state = queue.shift()) {
    ends[state]!.push(...(state === 0 ? [] : ends[back[state]!]!));
    for (let of = 0; of < classCount; of++) {
      const child = children[state]!.get(of);
      const fallback = state === 0 ? 0 : table[back[state]! * classCount + of]!;
      table[state * classCount + of] = child ?? fallback;
      if (child === undefined) continue;
      back[child] = fallback;
      queue.push(child);
    }
  }
  return { next: table, ends };
}
