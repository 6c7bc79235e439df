/**
 * Whether bytes may hold what redaction looks for, in one pass and without a text: an automaton over the words, and a look
 * around where one is found. It says yes wherever `marks` of `marks.ts` would, and now and then where that says no.
 */

import { beginsAt, code, looseWords, words } from "./secret-words.ts";
import { finding } from "./word-automaton.ts";

const findMarks = finding(words);
const findLoose = finding(looseWords, "-_. ");

export const mayHoldMarks = (bytes: Uint8Array, from: number, to: number): boolean => findMarks(bytes, from, to);

/**
 * Whether something could be sealed at all in a part of an event that holds a mark somewhere: `pass_word` is no mark, but the
 * name of a credential. A no is certain.
 */
export const mayHoldLoosely = (bytes: Uint8Array, from: number, to: number): boolean => findLoose(bytes, from, to);

/** Who finds quickly where one of the words may begin. */
export interface MarkFinder {
  /** The first such place from one place on and before another; -1 for none. */
  markFrom(from: number, to: number): number;
}

/** After so many words that may be marks nobody looks for one that is. */
const mostUnsure = 8;

/** Whether `marks` finds something, with a finder that knows `markBeginnings`; undefined where only the text tells. */
export function isMarkedAt(bytes: Uint8Array, from: number, to: number, finder: MarkFinder): boolean | undefined {
  let unsure = 0;
  for (let at = finder.markFrom(from, to); at >= 0; at = finder.markFrom(at + 1, to))
    for (const [word, look, isSure] of wordsBy[bytes[at]! | caseBit]!) {
      if (!beginsAt(bytes, at, to, word) || !look(bytes, at + word.length, from, to)) continue;
      if (isSure) return true;
      if (++unsure === mostUnsure) return undefined;
    }
  return unsure > 0 ? undefined : false;
}

const caseBit = 0x20;
const anyLetter = String.fromCharCode(...Array(256).keys());
/** The words by the first byte, its case bit set. */
const wordsBy = Array.from({ length: 256 }, (_, byte) => words.filter(([word]) => (code(word) | caseBit) === byte));

/**
 * What a finder knows. For each of the first four letters of a word, its case bit set, two tables of sixteen bytes: which sets of words
 * may have a letter with these lower four bits there, and with these upper ones. A set is a bit; eight of them keep words apart that
 * are unlike. Then how many words there are, and for each a mask of its first eight letters and those letters.
 */
export const markBeginnings = new Uint8Array(8 * 16 + 8 + words.length * 16);
const sets = ["sec tok cred", "str sig", "pass bea", "key eyj", "jwt pwd", ": a", "\\", "%"];
for (const [at, [word]] of words.entries()) {
  const set = sets.findIndex((of) => of.split(" ").some((begin) => word.startsWith(begin)));
  for (let place = 0; place < 4; place++)
    for (const letter of lettersAt(word, place)) {
      const byte = code(letter) | caseBit;
      markBeginnings[place * 32 + (byte & 15)]! |= 1 << set;
      markBeginnings[place * 32 + 16 + (byte >> 4)]! |= 1 << set;
    }
  const entry = 8 * 16 + 8 + at * 16;
  for (let place = 0; place < Math.min(word.length, 8); place++) {
    markBeginnings[entry + place] = 0xff;
    markBeginnings[entry + 8 + place] = code(word[place]!) | caseBit;
  }
}
new DataView(markBeginnings.buffer).setUint32(8 * 16, words.length, true);

/** What may stand at a place of what a word finds; any letter where the word has ended. */
function lettersAt(word: string, place: number): string {
  if (word === "%" && place > 0) return place === 1 ? "4567" : place === 2 ? "0123456789abcdef" : anyLetter;
  return word[place] ?? anyLetter;
}
