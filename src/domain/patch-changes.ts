/** A patch's body read as what it sets, whatever kind of patch it is. */
import { type FieldChange, pathText } from "./object-diff.ts";
import { isObject, textIn } from "./plain.ts";

export type PatchKind = "JSON patch" | "strategic merge patch" | "merge patch" | "server-side apply";

/** Which kind it is: events do not say, its shape does (reference 04 §1.8). */
export function patchKind(patch: unknown, hasManager: boolean): PatchKind {
  if (Array.isArray(patch)) return "JSON patch";
  if (hasDirective(patch, 0)) return "strategic merge patch";
  const isWhole = textIn(patch, "apiVersion") !== undefined && textIn(patch, "kind") !== undefined;
  return hasManager && isWhole ? "server-side apply" : "merge patch";
}

const deepest = 48;

function hasDirective(value: unknown, depth: number): boolean {
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.some((one) => hasDirective(one, depth + 1));
  if (!isObject(value)) return false;
  return Object.entries(value).some(([name, one]) => name.startsWith("$") || hasDirective(one, depth + 1));
}

/** What a patch sets and takes away. What stood there before is not in it. */
export function patchChanges(patch: unknown): FieldChange[] {
  if (Array.isArray(patch)) return patch.flatMap(operation);
  const changes: FieldChange[] = [];
  walk([], patch, changes);
  return changes;
}

function operation(step: unknown): FieldChange[] {
  const path = textIn(step, "path");
  const op = textIn(step, "op");
  if (path === undefined || op === undefined || !isObject(step)) return [];
  const place = pointerText(path);
  const from = textIn(step, "from");
  if (op === "test") return [];
  if (op === "remove") return [{ path: place, kind: "removed" }];
  if (op === "move" && from !== undefined)
    return [
      { path: pointerText(from), kind: "removed" },
      { path: place, kind: "set", after: `what stood at ${pointerText(from)}` },
    ];
  if (op === "copy" && from !== undefined)
    return [{ path: place, kind: "set", after: `what stands at ${pointerText(from)}` }];
  return [{ path: place, kind: op === "add" ? "added" : "set", after: step.value }];
}

/** `/metadata/annotations/a~1b` as `metadata.annotations["a/b"]`. */
function pointerText(pointer: string): string {
  const steps = pointer.split("/").slice(1);
  return pathText(
    steps.map((step) => {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      if (/^\d+$|^-$/.test(name)) return `[${name}]`;
      return /^[\w$-]+$/.test(name) ? name : `["${name}"]`;
    }),
  );
}

function walk(path: readonly string[], value: unknown, into: FieldChange[]): void {
  if (isObject(value) && path.length < deepest) {
    const names = Object.keys(value);
    if (names.length === 0 && path.length > 0) into.push({ path: pathText(path), kind: "set", after: value });
    for (const name of names) {
      // Directives say how to merge, not what.
      if (name === "$patch" && value[name] === "delete") into.push({ path: pathText(path), kind: "removed" });
      if (name.startsWith("$")) continue;
      walk([...path, /^[\w$-]+$/.test(name) ? name : `["${name}"]`], value[name], into);
    }
    return;
  }
  if (Array.isArray(value) && value.length > 0 && value.every(isObject) && path.length < deepest) {
    for (const [at, one] of value.entries()) walk([...path, `[${textIn(one, "name") ?? at}]`], one, into);
    return;
  }
  if (value === null) into.push({ path: pathText(path), kind: "removed" });
  else into.push({ path: pathText(path), kind: "set", after: value });
}
