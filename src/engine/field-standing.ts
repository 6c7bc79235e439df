/** How far a field may be relied on: who chooses its content, and whether Falco has it. */
import { factsOf, type Trust } from "../fields/ground.ts";
import { type FieldEntry, fieldEntries } from "../fields/index.ts";

const entries: ReadonlyMap<string, FieldEntry> = new Map(fieldEntries.map((entry) => [entry.name, entry]));

/** Groups that nobody chose to be in. */
export const everybodys: ReadonlySet<string> = new Set([
  "system:authenticated",
  "system:unauthenticated",
  "system:serviceaccounts",
]);

/** A field as rules write it, `ka.user.extra[key]`, the key perhaps in quotes; without an entry where there is none. */
export function referenced(field: string): { name: string; argument?: string; entry?: FieldEntry } {
  const [, name = field, argument] = /^([^[]*)\[(.*)\]$/s.exec(field) ?? [];
  const entry = entries.get(name);
  return {
    name,
    ...(argument !== undefined && { argument: argument.replace(/^"(.*)"$/s, "$1") }),
    ...(entry && { entry }),
  };
}

/** The raw fields read whatever they point at, so that decides. */
export function fieldStanding(entry: FieldEntry, argument: string | undefined): { trust: Trust; falcoHas: boolean } {
  const pointer = entry.topic === "raw event" ? argument : undefined;
  const trust = pointer === undefined ? entry.trust : factsOf(pointer.startsWith("/") ? pointer : `/${pointer}`).trust;
  return { trust, falcoHas: entry.falcoHas };
}
