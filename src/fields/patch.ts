/** A JSON Patch as the part of an object that it writes, so that patches are read like any other body. */
import { parseJson } from "../domain/json.ts";
import type { JsonValue } from "../domain/json-value.ts";

// Paths may be as long as a body; nothing that fields look for lies this deep.
const deepest = 64;

interface Part {
  /** A value written here whole, as JSON text. */
  text?: string;
  parts?: Map<string, Part>;
}

/**
 * What `add` and `replace` write, at their places; an element added to a list stands beside those already there.
 * `move` and `copy` tell nothing of what they carry, and `test` and `remove` write nothing.
 */
export function written(patch: JsonValue): JsonValue | undefined {
  const root: Part = {};
  for (const step of patch.elements()) {
    const operation = step.member("op")?.text();
    const path = step.member("path");
    const value = step.member("value");
    if ((operation !== "add" && operation !== "replace") || path?.kind !== "string" || value === undefined) continue;
    const pointer = path.text();
    if (pointer !== "" && !pointer.startsWith("/")) continue;
    const names = pointer.split("/").slice(1);
    if (names.length <= deepest) write(root, names, value, operation === "add");
  }
  const parsed = parseJson(print(root, ""));
  return parsed.ok ? parsed.value : undefined;
}

function write(root: Part, names: readonly string[], value: JsonValue, adds: boolean): void {
  let part = root;
  for (const [at, encoded] of names.entries()) {
    let name = encoded.replaceAll("~1", "/").replaceAll("~0", "~");
    const parts = opened(part);
    const isLast = at === names.length - 1;
    if (name === "-" || (isLast && adds && isPosition(name) && parts.has(name))) name = `${parts.size}-`;
    let next = parts.get(name);
    if (next === undefined) {
      next = {};
      parts.set(name, next);
    }
    part = next;
  }
  part.text = value.compact();
  delete part.parts;
}

/** The parts of a part; a value that was written whole is taken apart. */
function opened(part: Part): Map<string, Part> {
  if (part.parts !== undefined) return part.parts;
  const parts = new Map<string, Part>();
  const parsed = part.text === undefined ? undefined : parseJson(part.text);
  if (parsed?.ok) {
    for (const [name, value] of parsed.value.members()) parts.set(name, { text: value.compact() });
    for (const [at, value] of parsed.value.elements().entries()) parts.set(`${at}`, { text: value.compact() });
  }
  delete part.text;
  part.parts = parts;
  return parts;
}

function isPosition(name: string): boolean {
  return /^\d+-?$/.test(name);
}

// Their keys are people's, and may well be numbers.
const maps = ["labels", "annotations", "matchLabels", "nodeSelector", "data", "stringData", "binaryData"];

function print(part: Part, name: string): string {
  if (part.parts === undefined) return part.text ?? "{}";
  const parts = [...part.parts];
  if (parts.length > 0 && !maps.includes(name) && parts.every(([key]) => isPosition(key))) {
    return `[${parts.map(([key, element]) => print(element, key)).join(",")}]`;
  }
  return `{${parts.map(([key, value]) => `${JSON.stringify(key)}:${print(value, key)}`).join(",")}}`;
}
