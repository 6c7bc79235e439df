/**
 * Whether bytes may hold what redaction looks for, in one pass and without a text: an automaton over the words, and a look
 * around where one is found. It says yes wherever `marks` of `marks.ts` would, and now and then where that says no.
 */

type Look = (bytes: Uint8Array, end: number, from: number, to: number) => boolean;

const always: Look = () => true;
const code = (char: string) => char.charCodeAt(0);
const lower = (byte: number) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** Whether the text stands right before a place, letter case aside. */
function endsBefore(bytes: Uint8Array, at: number, from: number, text: string): boolean {
  if (at - text.length < from) return false;
  for (let past = 0; past < text.length; past++)
    if (lower(bytes[at - text.length + past]!) !== text.charCodeAt(past)) return false;
  return true;
}

function beginsAt(bytes: Uint8Array, at: number, to: number, text: string): boolean {
  return at + text.length <= to && endsBefore(bytes, at + text.length, at, text);
}

const kindsOfKeys = ["api", "access", "shared", "signing", "encryption", "private"];

/** `apiKey`, `api_key`, `?key=`; an access key's id is no secret. A letter between may have four bytes. */
const key: Look = (bytes, end, from, to) => {
  const begin = end - "key".length;
  if (
    bytes[end] === code("=") &&
    end < to &&
    (/[?&]/.test(charAt(bytes, begin - 1, from)) || endsBefore(bytes, begin, from, "u0026"))
  )
    return true;
  for (let between = 0; between <= 4; between++)
    for (const kind of kindsOfKeys)
      if (endsBefore(bytes, begin - between, from, kind))
        if (kind !== "access" || !(beginsAt(bytes, end, to, 'id"') || beginsAt(bytes, end, to, '_id"'))) return true;
  return false;
};

const charAt = (bytes: Uint8Array, at: number, from: number) => (at < from ? "" : String.fromCharCode(bytes[at]!));

const longestUserInfo = 1400 * 4;

/** Behind `://` an `@` before anything that ends an authority. */
const userInfo: Look = (bytes, end, _, to) => {
  for (let at = end; at < to && at < end + longestUserInfo; at++) {
    const byte = bytes[at]!;
    if (byte === 0x40) return true;
    if (byte === 0x2f || byte === 0x3f || byte === 0x23 || byte === 0x20 || (byte >= 9 && byte <= 13)) return false;
  }
  return false;
};

/** Every event names its `authorization.k8s.io/decision`. */
const authorization: Look = (bytes, end, _, to) =>
  end < to && (bytes[end]! >= 0x80 || /["'\\\s:=%]/.test(String.fromCharCode(bytes[end]!)));

const hexDigit = (byte: number | undefined) => byte !== undefined && /[0-9a-f]/i.test(String.fromCharCode(byte));
const fourToSeven = (byte: number) => byte >= 0x34 && byte <= 0x37;

const words: readonly (readonly [string, Look])[] = [
  ...[
    ...[
      "secret",
      "stringdata",
      "token",
      "passw",
      "passphrase",
      "pwd",
      "bearer",
      "eyj",
      "assertion",
      "signature",
      "jwt",
    ],
    ...["sig=", "auth=", "%3a%2f%2f"],
  ].map((word) => [word, always] as const),
  ["key", key],
  // `credential-id` names a credential and is none.
  ["credential", (bytes, end, _, to) => !beginsAt(bytes, end, to, '-id"')],
  ["authorization", authorization],
  ["://", userInfo],
  [":/\\/", userInfo],
  [":\\//", userInfo],
  [":\\/\\/", userInfo],
  ["\\u00", (bytes, end, _, to) => end < to && fourToSeven(bytes[end]!)],
  ["%", (bytes, end, _, to) => end + 1 < to && fourToSeven(bytes[end]!) && hexDigit(bytes[end + 1])],
];

/** Bytes that the words tell apart; all others are of class 0. */
const classes = new Uint8Array(256);
let classCount = 1;
for (const char of new Set(words.flatMap(([word]) => [...word]))) {
  classes[code(char)] = classCount;
  if (char >= "a" && char <= "z") classes[code(char.toUpperCase())] = classCount;
  classCount++;
}

/** Aho and Corasick's automaton: for each state and class the next state; a state that ends words says which. */
const { next, looks } = automaton();

function automaton(): { readonly next: Uint16Array; readonly looks: readonly (readonly Look[])[] } {
  const children: Map<number, number>[] = [new Map()];
  const ends: Look[][] = [[]];
  for (const [word, look] of words) {
    let state = 0;
    for (const char of word) {
      const of = classes[code(char)]!;
      let child = children[state]!.get(of);
      if (child === undefined) {
        child = children.push(new Map()) - 1;
        ends.push([]);
        children[state]!.set(of, child);
      }
      state = child;
    }
    ends[state]!.push(look);
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
  return { next: table, looks: ends };
}

/** 1 for a state in which a word has ended. */
const isEnd = Uint8Array.from(looks, (of) => (of.length > 0 ? 1 : 0));

export function mayHoldMarks(bytes: Uint8Array, from: number, to: number): boolean {
  let state = 0;
  for (let at = from; at < to; at++) {
    state = next[state * classCount + classes[bytes[at]!]!]!;
    if (isEnd[state] === 1) for (const look of looks[state]!) if (look(bytes, at + 1, from, to)) return true;
  }
  return false;
}

/** Who finds quickly where one of the words may begin. */
export interface MarkFinder {
  /** The first such place from one place on and before another; -1 for none. */
  markFrom(from: number, to: number): number;
}

/** The same with a finder that knows `markBeginnings`. */
export function mayHoldMarksAt(bytes: Uint8Array, from: number, to: number, finder: MarkFinder): boolean {
  for (let at = finder.markFrom(from, to); at >= 0; at = finder.markFrom(at + 1, to))
    for (const [word, look] of wordsBy[bytes[at]! | caseBit]!)
      if (beginsAt(bytes, at, to, word) && look(bytes, at + word.length, from, to)) return true;
  return false;
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
