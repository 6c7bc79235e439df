/** Texts of the index cut to a length: it holds what people look at, and the journal holds the rest. */

/**
 * The longest text in a cell, in characters. A few rows of tens of megabytes, as a batch may hold them, take more memory
 * than DuckDB is given, and then nothing is written any more (seen with 1.5.6 and nine rows of 60 MB).
 */
const longestText = 512 * 1024;
/** Times and ids are shorter, so these are never cut. */
const shortest = 64;
const longestFiltered = 16 * 1024;

/** The item as JSON; where that is too long, with its long strings and lists cut, no more than need be. */
export function jsonWithin(item: object): string {
  const text = JSON.stringify(item);
  return text.length <= longestText ? text : cutJson(item);
}

/** The same for JSON that is text already. */
export function textWithin(json: string): string {
  return json.length <= longestText ? json : cutJson(JSON.parse(json));
}

/** What can be filtered by; cut in rows and in filters alike, so that they agree. */
export function filteredWithin(text: string): string {
  return text.length <= longestFiltered ? text : text.slice(0, longestFiltered);
}

function cutJson(value: unknown): string {
  let text = "";
  for (const most of [256 * 1024, 32 * 1024, 2048, shortest]) {
    text = JSON.stringify(cut(value, most, 0));
    if (text.length <= longestText) break;
  }
  return text;
}

/** Strings have `most` characters at most, lists and objects fewer members the deeper they lie. */
function cut(value: unknown, most: number, depth: number): unknown {
  if (typeof value === "string") {
    if (value.length <= most) return value;
    return `${value.slice(0, most)}… ${value.length - most} characters left out: the journal holds them`;
  }
  if (typeof value !== "object" || value === null) return value;
  if (depth === (most === shortest ? 4 : 20)) return "left out: the journal holds it";
  const inner = (member: unknown) => cut(member, most, depth + 1);
  const members = depth === 0 ? shortest : Math.max(Math.min(most, 1024) >> (2 * depth), 4);
  if (Array.isArray(value)) return value.slice(0, members).map(inner);
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, members)
      .map(([name, member]) => [name.slice(0, most), inner(member)]),
  );
}
