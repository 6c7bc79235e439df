/** Maps of flags in YAML, `name: value`: ours put in by name, and taken out again. */
import type { Flag } from "./audit-flags.ts";
import { telling } from "./audit-flags.ts";
import type { Wish } from "./contract.ts";
import { alreadyOn } from "./flag-lists.ts";
import { type Path, readYaml, removeYaml, setYaml } from "./yaml-text.ts";

/** How a flag is called in the map, where that is not its own name. */
export type Spelling = (name: string) => string;
const itself: Spelling = (name) => name;

/** Throws `Refused` where auditing is on already and nobody said what becomes of it. */
export function putFlagMap(
  text: string,
  path: Path,
  flags: readonly Flag[],
  { merge }: Pick<Wish, "merge">,
  spelling: Spelling = itself,
): string {
  return flags.reduce((now, { name, value }) => {
    const at = [...path, spelling(name)];
    const there = readYaml(now, at);
    if (there !== undefined && String(there) === value) return now;
    if (there !== undefined && merge === "keep" && name === "audit-policy-file") return now;
    if (there !== undefined && merge === undefined && telling.includes(name))
      throw alreadyOn(`${spelling(name)}: ${there}`);
    return setYaml(now, at, value);
  }, text);
}

/** Only flags that say what ours say are taken out. */
export const stripFlagMap = (text: string, path: Path, flags: readonly Flag[], spelling: Spelling = itself): string =>
  flags.reduce((now, { name, value }) => {
    const at = [...path, spelling(name)];
    return String(readYaml(now, at)) === value ? removeYaml(now, at) : now;
  }, text);
