/** What a quoted string stands for once its escapes are undone (reference 01 §3.1). */
import { byteLength, fromBytes, toBytes } from "../text/bytes.ts";

export type Unescaped =
  | { readonly ok: true; readonly value: string }
  /** `from` and `to` bound the escape within the token. */
  | { readonly ok: false; readonly message: string; readonly from: number; readonly to: number };

const plain: Readonly<Record<string, string>> = {
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "/": "/",
  // The blank is lost.
  " ": "\\",
};

/** `token` has its quotes around it. */
export function unescaped(token: string): Unescaped {
  const quote = token[0]!;
  const end = token.length - 1;
  let text = "";
  // Bytes from `\xHH` may together be a character of UTF-8; what is read so far waits for them here.
  const parts: (string | number)[] = [];
  for (let at = 1; at < end; at++) {
    const char = token[at]!;
    if (char !== "\\") {
      text += char;
      continue;
    }
    const from = at;
    const kind = token[++at]!;
    const meaning = Object.hasOwn(plain, kind) ? plain[kind] : undefined;
    if (meaning !== undefined) text += meaning;
    else if (kind === quote) text += quote;
    else if (kind === '"' || kind === "'") {
      return { ok: false, message: `invalid \\${kind} escape in ${quote}-quoted string`, from, to: at + 1 };
    } else if (kind === "x") {
      const digits = token.slice(at + 1, Math.min(at + 3, end));
      if (byteLength(digits) < 2) {
        return { ok: false, message: "truncated hex char escape sequence", from, to: at + 1 + digits.length };
      }
      if (!/^[0-9a-fA-F]{2}$/.test(digits)) {
        const bytes = fromBytes(toBytes(digits).subarray(0, 2));
        return { ok: false, message: `invalid hex char escape sequence: ${bytes}`, from, to: at + 1 + digits.length };
      }
      const byte = Number.parseInt(digits, 16);
      if (byte < 0x80) text += String.fromCharCode(byte);
      else {
        parts.push(text, byte);
        text = "";
      }
      at += 2;
    } else {
      const whole = String.fromCodePoint(token.codePointAt(at)!);
      const [byte] = toBytes(whole);
      const shown = whole.length === 1 && byte! < 0x80 ? whole : fromBytes(Uint8Array.of(byte!));
      return { ok: false, message: `unsupported string escape sequence: \\${shown}`, from, to: at + whole.length };
    }
  }
  if (parts.length === 0) return { ok: true, value: text };
  const bytes: number[] = [];
  for (const part of [...parts, text]) {
    if (typeof part === "number") bytes.push(part);
    else for (const byte of toBytes(part)) bytes.push(byte);
  }
  return { ok: true, value: fromBytes(Uint8Array.from(bytes)) };
}
