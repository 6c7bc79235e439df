import type { Hash } from "../domain/request-id.ts";

/** So many answers are remembered, and then none: callers choose what is asked. */
const most = 10_000;
/** Longer texts are asked about rather than kept. */
const longest = 1024;

/** The hash, asked once for texts that come again and again: names of rules, who did what to what. */
export function remembering(hash: Hash): Hash {
  const answers = new Map<string, string>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = hash(text);
    if (answers.size >= most) answers.clear();
    if (text.length <= longest) answers.set(text, answer);
    return answer;
  };
}
