/** The address's search as an object and back: readable, repeated names as lists. */
import type { Search } from "./filter.ts";

export function parseSearch(text: string): Search {
  const params = new URLSearchParams(text);
  const found: Record<string, string | string[]> = {};
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    found[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return found;
}

export function stringifySearch(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (value === undefined || value === null) continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  // What need not be escaped in a query stays readable.
  const text = params.toString().replace(/%3A/gi, ":").replace(/%2F/gi, "/").replace(/%40/g, "@").replace(/%2C/gi, ",");
  return text === "" ? "" : `?${text}`;
}
