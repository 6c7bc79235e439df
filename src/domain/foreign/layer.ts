/** One thing out of a wrapping: what it holds as JSON text, or why there is nothing to read. */
import type { NamedCluster } from "../cluster-name.ts";
import type { JsonValue } from "../json-value.ts";

export type Layer =
  /** JSON text, to be decoded in its turn. */
  | { readonly kind: "text"; readonly text: string; readonly cluster?: NamedCluster | undefined }
  /** Known, and no audit event: other logs that come by the same way. */
  | { readonly kind: "ignored"; readonly reason: string }
  /** Should have been an audit event. */
  | { readonly kind: "rejected"; readonly reason: string; readonly raw: string };

/** A member's text where it is a string that is not empty. */
export function textAt(value: JsonValue | undefined, ...path: readonly string[]): string | undefined {
  let at = value;
  for (const name of path) at = at?.member(name);
  const text = at?.kind === "string" ? at.text() : "";
  return text === "" ? undefined : text;
}

export function numberAt(value: JsonValue | undefined, ...path: readonly string[]): number | undefined {
  let at = value;
  for (const name of path) at = at?.member(name);
  return at?.kind === "number" ? Number(at.text()) : undefined;
}

/** An object's text out of its members' texts; members without one are left out. */
export function objectText(members: readonly (readonly [name: string, text: string | undefined])[]): string {
  const told = members.filter(([, text]) => text !== undefined);
  return `{${told.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

/** JSON text of a plain value; nothing for nothing. */
export function jsonText(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

/** An object's own text without some of its members. */
export function without(value: JsonValue, dropped: ReadonlySet<string>): string {
  const kept = [...value.members()].filter(([name]) => !dropped.has(name));
  return objectText(kept.map(([name, member]) => [name, member.compact()]));
}
