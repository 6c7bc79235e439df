/** Our own pack, for tests of what is said about rules files. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedText } from "./definitions.ts";

const folder = join(import.meta.dirname, "../../../rules");

export const pack: readonly NamedText[] = readdirSync(folder)
  .filter((name) => /^\d.*\.yaml$/.test(name) && !name.endsWith(".test.yaml"))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

/** A text with `|` where the cursor is. */
export function cursor(marked: string): { readonly text: string; readonly at: number } {
  const at = marked.indexOf("|");
  return { text: marked.slice(0, at) + marked.slice(at + 1), at };
}
