/** The words without which redaction finds nothing, in bytes, and for each a look around that tells most harmless uses apart. */

export type Look = (bytes: Uint8Array, end: number, from: number, to: number) => boolean;

export const always: Look = () => true;
export const code = (char: string) => char.charCodeAt(0);
const lower = (byte: number) => (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte);

/** Whether the text stands right before a place, letter case aside. */
function endsBefore(bytes: Uint8Array, at: number, from: number, text: string): boolean {
  if (at - text.length < from) return false;
  for (let past = 0; past < text.length; past++)
    if (lower(bytes[at - text.length + past]!) !== text.charCodeAt(past)) return false;
  return true;
}

export function beginsAt(bytes: Uint8Array, at: number, to: number, text: string): boolean {
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

/** A word, what must stand around it, and whether `marks` then finds it in any case. */
export type Word = readonly [word: string, look: Look, isSure: boolean];

const sureWords = [
  ...["secret", "stringdata", "token", "passw", "passphrase", "pwd", "bearer", "eyj", "assertion", "signature", "jwt"],
  "%3a%2f%2f",
];

export const words: readonly Word[] = [
  ...sureWords.map((word): Word => [word, always, true]),
  ["sig=", always, false],
  ["auth=", always, false],
  ["key", key, false],
  // `credential-id` names a credential and is none.
  ["credential", (bytes, end, _, to) => !beginsAt(bytes, end, to, '-id"'), true],
  ["authorization", authorization, false],
  ["://", userInfo, false],
  [":/\\/", userInfo, false],
  [":\\//", userInfo, false],
  [":\\/\\/", userInfo, false],
  ["\\u00", (bytes, end, _, to) => end < to && fourToSeven(bytes[end]!), true],
  ["%", (bytes, end, _, to) => end + 1 < to && fourToSeven(bytes[end]!) && hexDigit(bytes[end + 1]), true],
];

/** What may be sealed where a mark stands elsewhere: names of credentials, whatever their words mean and signs stand between. */
export const looseWords: readonly Word[] = [
  ...words.filter(([, look]) => look === always || look === userInfo),
  ...["key", "credential", "authorization", "\\u", "%"].map((word): Word => [word, always, false]),
];
