/** How many bytes of a mask, each 0 or 1, are 1 from one place on and before another: four at a time. */
export function ones(mask: Uint8Array, from: number, to: number): number {
  let sum = 0;
  let at = from;
  while (at < to && (mask.byteOffset + at) % 4 !== 0) sum += mask[at++]!;
  const words = to - at < 4 ? [] : new Uint32Array(mask.buffer, mask.byteOffset + at, (to - at) >>> 2);
  // Each byte of a word counts up to 255 before it would run over into the next.
  for (let word = 0; word < words.length; ) {
    let four = 0;
    for (const end = Math.min(words.length, word + 255); word < end; word++) four += words[word]!;
    sum += (four & 255) + ((four >>> 8) & 255) + ((four >>> 16) & 255) + (four >>> 24);
  }
  for (at += words.length * 4; at < to; at++) sum += mask[at]!;
  return sum;
}
