/** Reading in plain JSON values whose shape nobody vouches for: the bodies of requests, as pages and stores have them. */
import { JsonText } from "./json-text.ts";

export type PlainObject = Readonly<Record<string, unknown>>;

/** The value itself, out of the text that it may be held as. */
export const plainOf = (value: unknown): unknown => (value instanceof JsonText ? value.toJSON() : value);

export const isObject = (value: unknown): value is PlainObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value at a path of member names; undefined where any step is missing or inherited. */
export function memberOf(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (!isObject(at) || !Object.hasOwn(at, name)) return undefined;
    at = at[name];
  }
  return at;
}

export function textIn(value: unknown, ...path: readonly string[]): string | undefined {
  const text = memberOf(value, ...path);
  return typeof text === "string" && text !== "" ? text : undefined;
}

export function listIn(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const list = memberOf(value, ...path);
  return Array.isArray(list) ? list : [];
}
