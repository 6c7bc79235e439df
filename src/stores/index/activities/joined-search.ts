/** Texts that lie one behind the other, looked through for another text at once. */
import type { Joined } from "./parts.ts";

/** Which of the texts hold that; undefined where none does. */
export function wantedTexts({ text: all, ends }: Joined, text: string): Uint8Array | undefined {
  let wanted: Uint8Array | undefined;
  let entry = 0;
  for (let at = all.indexOf(text); at >= 0; ) {
    while (ends[entry]! <= at) entry++;
    if (at + text.length <= ends[entry]!) {
      wanted ??= new Uint8Array(ends.length);
      wanted[entry] = 1;
      at = all.indexOf(text, ends[entry]!);
    } else at = all.indexOf(text, at + 1);
  }
  return wanted;
}
