/** The configuration files of K3s and RKE2: lists of the API server's flags, written `name=value`. */
import type { FlagList } from "./flag-lists.ts";
import { readYaml, setYaml } from "./yaml-text.ts";

export const rancherFlags: FlagList = { path: ["kube-apiserver-arg"], dashes: "" };

/** A single flag may stand without a list; it becomes one, so that more can stand beside it. */
export function oneOrMany(text: string, { path }: Pick<FlagList, "path">): string {
  const there = readYaml(text, path);
  return typeof there === "string" ? setYaml(text, path, [there]) : text;
}

/** A configuration in which nothing is left is no file. */
export const emptyToNone = (text: string): string | null => (text.trim() === "" ? null : text);
