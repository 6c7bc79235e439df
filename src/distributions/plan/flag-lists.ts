/** Lists of flags in YAML, `--name=value` or `name=value`: ours put in by name, and taken out again. */
import type { Flag } from "./audit-flags.ts";
import { telling } from "./audit-flags.ts";
import { Refused, type Wish } from "./contract.ts";
import { addItem, type Path, readYaml, removeYaml } from "./yaml-text.ts";

export interface FlagList {
  readonly path: Path;
  /** What stands before a flag's name: `--`, or nothing. */
  readonly dashes: "" | "--";
}

/** Throws `Refused` where auditing is on already and nobody said what becomes of it. */
export function putFlags(text: string, list: FlagList, flags: readonly Flag[], { merge }: Pick<Wish, "merge">): string {
  const kept = merge === "keep" ? new Set(["audit-policy-file"]) : new Set<string>();
  return flags
    .filter(({ name }) => !kept.has(name) || valueIn(text, list, name) === undefined)
    .reduce((now, flag) => putFlag(now, list, flag, merge), text);
}

/** Only flags that say what ours say are taken out. */
export const stripFlags = (text: string, list: FlagList, flags: readonly Flag[]): string =>
  flags.reduce((now, { name, value }) => removeYaml(now, [...list.path, `${list.dashes}${name}=${value}`]), text);

export function valueIn(text: string, list: FlagList, name: string): string | undefined {
  const start = `${list.dashes}${name}=`;
  return itemsOf(text, list)
    .find((item) => item.startsWith(start))
    ?.slice(start.length);
}

function putFlag(text: string, list: FlagList, { name, value }: Flag, merge: Wish["merge"]): string {
  const there = valueIn(text, list, name);
  if (there === value) return text;
  if (there !== undefined && merge === undefined && telling.includes(name)) throw alreadyOn(`--${name}=${there}`);
  const without = there === undefined ? text : removeYaml(text, [...list.path, `${list.dashes}${name}=${there}`]);
  return addItem(without, list.path, `${list.dashes}${name}=${value}`);
}

export const alreadyOn = (what: string): Refused =>
  new Refused(
    `auditing is configured already: ${what}`,
    "`--merge keep` leaves the policy and the log that are there and adds our webhook; `--merge replace` puts ours in their place, and `tiercel disable` puts them back",
  );

function itemsOf(text: string, { path }: FlagList): readonly string[] {
  const list = readYaml(text, path);
  return (Array.isArray(list) ? list : list === undefined ? [] : [list]).map(String);
}
