/** A value as a condition holds it: bare where nobody could take it for anything else, in quotes with its escapes elsewhere. */
import { byteLength } from "../text/bytes.ts";
import { modifiers } from "./syntax.ts";

/** Falco keeps a constant in 256 bytes, its final NUL among them. */
const longest = 255;

const plain = /^[A-Za-z0-9_][A-Za-z0-9_.:/@+-]*$/;
const words = new Set<string>(["and", "or", "not", "exists", "in", "intersects", "pmatch", ...modifiers]);
const delimiters = /[ \t\n\r(),=]+/;

const escapes: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\\": "\\\\",
  '"': '\\"',
};

/** Why no condition can hold the value; undefined where one can. */
export function unwritable(value: string): string | undefined {
  if (value.includes("\0")) return "it holds a NUL";
  if (!value.isWellFormed()) return "it is no UTF-8";
  if (byteLength(value) > longest) return `it is longer than the ${longest} bytes that Falco compares`;
  return undefined;
}

/**
 * The value in the text of a condition. Lists are put into that text wherever their names stand as words, in quotes too:
 * what is one of `lists` is kept apart from them. Where the lists are not known, everything is quoted.
 */
export function constantText(value: string, lists: ReadonlySet<string> | undefined): string {
  if (lists && plain.test(value) && !lists.has(value) && !words.has(value)) return value;
  const namesList = lists !== undefined && value.split(delimiters).some((word) => lists.has(word));
  const special = namesList ? /[\p{Cc}\\" (),=]/gu : /[\p{Cc}\\"]/gu;
  const text = value.replace(special, (char) => {
    if (namesList && delimiters.test(char)) return hex(char);
    return escapes[char] ?? (char < "\x80" ? hex(char) : char);
  });
  // A quote behind a backslash never ends a string, an escaped backslash or not; this escape ends in a blank.
  return `"${text.endsWith("\\") ? `${text.slice(0, -2)}\\ ` : text}"`;
}

const hex = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
