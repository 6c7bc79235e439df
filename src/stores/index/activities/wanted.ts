/** Which texts of a stretch a filter accepts. */
import { noValue } from "../../../domain/asked.ts";
import { column } from "../rows.ts";
import type { CountedColumn } from "./columns.ts";
import { textsEqual, textsHolding } from "./joined-search.ts";
import { type Joined, textAt } from "./parts.ts";

/** A 1 for each text that is accepted, or all, or none of them. */
export type Wanted = Uint8Array | "all" | "none";
export type WantedOf = (texts: Joined) => Wanted;

/** Those that are one of `accepted`. */
export function oneOf(facet: CountedColumn, accepted: readonly string[]): WantedOf {
  const wanted = new Set(accepted.map((value) => column(value) ?? ""));
  // What has no value is the first text of a stretch; an empty text is no value either.
  const withNone = wanted.delete(noValue);
  return (texts) => {
    const flags = new Uint8Array(texts.ends.length);
    if (facet === "resource") markResources(texts, wanted, flags);
    else for (const text of wanted) textsEqual(texts, text, flags);
    if (withNone || !wanted.has("")) for (const entry of emptyOnes(texts)) flags[entry] = withNone ? 1 : 0;
    flags[0] = withNone ? 1 : 0;
    return said(flags);
  };
}

/** All others. */
export function noneOf(facet: CountedColumn, refused: readonly string[]): WantedOf {
  const refusedOnes = oneOf(facet, refused);
  return (texts) => {
    const flags = refusedOnes(texts);
    if (typeof flags === "string") return flags === "all" ? "none" : "all";
    return said(flags.map((flag) => 1 - flag));
  };
}

/** Those that hold a text; both in small letters. */
export const holding =
  (text: string): WantedOf =>
  (texts) =>
    said(textsHolding(texts, text));

/** A resource accepts its subresources too, and there are few of both. */
function markResources(texts: Joined, wanted: ReadonlySet<string>, flags: Uint8Array): void {
  for (let entry = 1; entry < flags.length; entry++) {
    const text = textAt(texts, entry);
    const slash = text.indexOf("/");
    flags[entry] = wanted.has(text) || (slash >= 0 && wanted.has(text.slice(0, slash))) ? 1 : 0;
  }
}

function emptyOnes({ ends }: Joined): number[] {
  const found: number[] = [];
  for (let entry = 1; entry < ends.length; entry++) if (ends[entry] === ends[entry - 1]) found.push(entry);
  return found;
}

function said(flags: Uint8Array | undefined): Wanted {
  if (flags === undefined || !flags.includes(1)) return "none";
  return flags.includes(0) ? flags : "all";
}
