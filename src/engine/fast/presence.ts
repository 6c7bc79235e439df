/** What of an event must be there for a field to have a value, told by paths, so that a scan can say at once that it has none. */
import { type Sought, slotOf } from "../../domain/scan/index.ts";
import { fieldEntries } from "../../fields/index.ts";
import type { Condition, Operand } from "../syntax.ts";
import { isBodyField } from "./body-fields.ts";
import { rawTimes } from "./known-answers.ts";

/** Fields that answer of elements which lack what they read, or whose list is missing in one of several objects. */
const ofAnyElement: ReadonlyMap<string, string> = new Map([
  ["ka.req.container.privileged", "requestObject/spec"],
  ["ka.req.volume.hostpath", "requestObject/spec"],
  ...["pod.containers", "pod.initContainers", "pod.ephemeralContainers", "workload.containers"].flatMap((kind) =>
    ["eff_run_as_user", "eff_run_as_group"].map((name) => [`ka.req.${kind}.${name}`, "requestObject/spec"] as const),
  ),
]);

/**
 * Paths of which one at least has something for the field to have a value, objects in arrays on the way counted; undefined
 * where the field may have one in any case. A body that is an array, a JSON Patch, may hold whatever it likes.
 */
export const neededPaths: ReadonlyMap<string, readonly string[]> = new Map(
  fieldEntries.filter(({ name }) => isBodyField(name)).map(({ name, paths }) => [name, neededOf(name, paths)] as const),
);

function neededOf(name: string, paths: readonly string[]): readonly string[] {
  const less = ofAnyElement.get(name);
  if (less === undefined) return paths.map(plainPath);
  return [less, ...paths.map(plainPath).filter((path) => !path.startsWith(less))];
}

/** `/requestObject/spec/containers[]/image` as the names on the way. */
function plainPath(path: string): string {
  return path.slice(1).replaceAll(/\[\d*\]/g, "");
}

/** Fields that are the text of a slot as it stands, where that differs in nearly every event. */
const textFields: ReadonlyMap<string, number> = new Map([
  ["ka.uri", slotOf("requestURI")],
  ["ka.target.name", slotOf("objectRef/name")],
  ["ka.req.configmap.name", slotOf("objectRef/name")],
  ["ka.auditid", slotOf("auditID")],
]);

/** Operators that hold of a text only where one of their constants stands in it. */
const holding = new Set(["=", "==", "contains", "startswith", "endswith", "in", "intersects"]);

/** A comparison that holds only of texts with one of some words in them. */
export function wordsOfComparison(
  node: Condition,
): { readonly slot: number; readonly words: readonly string[] } | undefined {
  if (node.kind !== "comparison" || node.left.kind !== "field" || !holding.has(node.operator)) return undefined;
  if (node.right.kind === "literal" && isEquality(node.operator) && rawTimes.has(node.left.name))
    return momentOf(node.right.value);
  const slot = textFields.get(node.left.name);
  if (slot === undefined || node.right.kind === "field" || node.right.kind === "call") return undefined;
  const items = node.right.kind === "list" ? node.right.items : [node.right];
  const words = items.map(({ value }) => value);
  return words.length > 0 && words.every(isPlain) ? { slot, words } : undefined;
}

/**
 * Fields whose every value is text of the request's body, or cut out of it, or several of them joined by other signs than words
 * are of; and the body's member in which they stand.
 */
export const spokenFields: ReadonlyMap<string, `requestObject/${string}`> = new Map([
  ...["pod.containers", "pod.initContainers", "pod.ephemeralContainers"].flatMap((kind) =>
    ["name", "image", "image.repository", "command", "args", "proc_mount", "add_capabilities"].map(
      (name) => [`ka.req.${kind}.${name}`, "requestObject/spec"] as const,
    ),
  ),
  ...["container.image", "container.image.repository", "pod.volumes.hostpath", "pod.volumes.flexvolume_driver"].map(
    (name) => [`ka.req.${name}`, "requestObject/spec"] as const,
  ),
  ...["user_names", "serviceaccount_names", "serviceaccount_ns_names", "group_names"].map(
    (name) => [`ka.req.binding.subjects.${name}`, "requestObject/subjects"] as const,
  ),
  ["ka.req.binding.role", "requestObject/roleRef"],
  ...["verbs", "resources", "apiGroups", "nonResourceURLs"].map(
    (name) => [`ka.req.role.rules.${name}`, "requestObject/rules"] as const,
  ),
  ["ka.req.configmap.obj", "requestObject/data"],
]);

/** What of the request's body a comparison cannot do without: words, one of which at least stands in a member as it is spelt. */
export function soughtBy(node: Condition): Sought | undefined {
  if (node.kind !== "comparison" || node.left.kind !== "field" || !holding.has(node.operator)) return undefined;
  const path = spokenFields.get(node.left.name);
  if (path === undefined || node.right.kind === "field" || node.right.kind === "call") return undefined;
  const words = (node.right.kind === "list" ? node.right.items : [node.right]).map(({ value }) => longestSpelt(value));
  return words.length > 0 && words.every((word) => word !== undefined) ? { path, words } : undefined;
}

/** The longest part of a text that is spelt so wherever it stands. */
function longestSpelt(text: string): string | undefined {
  const parts = text.match(/[\w-]+/g)?.filter(isSpelt) ?? [];
  return parts.reduce<string | undefined>(
    (one, part) => (one !== undefined && one.length >= part.length ? one : part),
    undefined,
  );
}

const isEquality = (operator: string) => operator === "=" || operator === "==";

/** The second that a stageTimestamp must tell, for an event whose time begins with these nanoseconds to be scanned. */
function momentOf(nanos: string): { readonly slot: number; readonly words: readonly string[] } | undefined {
  if (!/^(0|[1-9]\d{0,18})$/.test(nanos)) return undefined;
  const second = new Date(Number(BigInt(nanos) / 1_000_000n)).toISOString().slice(0, 19);
  return { slot: slotOf("stageTimestamp"), words: [second] };
}

/** What stands in JSON as itself, and is long enough to be looked for. */
const isPlain = (word: string) => /^[!#-[\]-~ ]{2,}$/.test(word);

const isSpelt = (word: string) => /^[\w-]{2,}$/.test(word) && /[a-df-z]/i.test(word);

/** The names of the fields without which an operand has no value. */
export function fieldsNeeded(operand: Operand): readonly string[] {
  if (operand.kind === "field") return [operand.name];
  return operand.args.flatMap((arg) => (arg.kind === "field" || arg.kind === "call" ? fieldsNeeded(arg) : []));
}
