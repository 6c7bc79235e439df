/** Whether bytes of sound JSON are compact: then their text needs no reading to be printed. */
export function isCompact(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = bytes[at]!;
    if (code <= 0x20) return false;
    if (code !== 0x22) continue;
    for (at++; bytes[at] !== 0x22; at++) if (bytes[at] === 0x5c) at++;
  }
  return true;
}
