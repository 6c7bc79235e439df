/** Bytes as text, when nothing vouches for their being UTF-8. */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text; bytes that are no UTF-8 are held as lone surrogates U+DC80…U+DCFF, one a byte, so that none is lost. */
export function textOf(bytes: Uint8Array): string {
  return strictText(bytes) ?? escapedText(bytes);
}

/** The text, with U+FFFD where the bytes are no UTF-8: for people to read. */
export function readableText(bytes: Uint8Array): string {
  return lenient.decode(bytes);
}

function strictText(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function escapedText(bytes: Uint8Array): string {
  const parts: string[] = [];
  let good = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    parts.push(lenient.decode(bytes.subarray(good, at)), String.fromCharCode(0xdc00 + bytes[at]!));
    at++;
    good = at;
  }
  parts.push(lenient.decode(bytes.subarray(good)));
  return parts.join("");
}

/** How many bytes the well-formed sequence here has (RFC 3629); 0 for none. */
export function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length =
    first >= 0xc2 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf5 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  for (let next = 1; next < length; next++) if ((bytes[at + next]! & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1]!;
  const overlong = (first === 0xe0 && second < 0xa0) || (first === 0xf0 && second < 0x90);
  const outside = (first === 0xed && second > 0x9f) || (first === 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : length;
}
