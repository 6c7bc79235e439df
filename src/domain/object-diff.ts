/** What changed from one version of an object to the next, field by field. */
import { isObject, type PlainObject } from "./plain.ts";

export interface FieldChange {
  /** `spec.template.spec.containers[app].image` */
  readonly path: string;
  /** `set`: the value after is known, the one before is not. */
  readonly kind: "added" | "removed" | "changed" | "set";
  readonly before?: unknown;
  readonly after?: unknown;
}

export interface ObjectDiff {
  readonly changes: readonly FieldChange[];
  /** What the API server keeps for itself and changes with every write: status, managed fields, counters. */
  readonly aside: readonly FieldChange[];
}

/** Deeper than any object of an API server's, and shallow enough to walk. */
const deepest = 64;

export function objectDiff(before: unknown, after: unknown): ObjectDiff {
  const all: FieldChange[] = [];
  compare([], before, after, all);
  return {
    changes: all.filter(({ path }) => !isAside(path)),
    aside: all.filter(({ path }) => isAside(path)),
  };
}

const ownKeeping =
  /^(?:metadata\.(?:managedFields|resourceVersion|generation|selfLink|creationTimestamp|uid)|status)(?:$|[.[])/;
const ownAnnotations = new Set([
  'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
  'metadata.annotations["deployment.kubernetes.io/revision"]',
]);

const isAside = (path: string): boolean => ownKeeping.test(path) || ownAnnotations.has(path);

function compare(path: readonly string[], before: unknown, after: unknown, into: FieldChange[]): void {
  if (isObject(before) && isObject(after) && path.length < deepest) {
    compareMembers(path, before, after, into);
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && path.length < deepest) {
    compareLists(path, before, after, into);
    return;
  }
  if (sameValue(before, after)) return;
  const place = pathText(path);
  if (isNothing(before)) into.push({ path: place, kind: "added", after });
  else if (isNothing(after)) into.push({ path: place, kind: "removed", before });
  else into.push({ path: place, kind: "changed", before, after });
}

function compareMembers(path: readonly string[], before: PlainObject, after: PlainObject, into: FieldChange[]): void {
  for (const name of Object.keys(before))
    compare([...path, member(name)], before[name], Object.hasOwn(after, name) ? after[name] : undefined, into);
  for (const name of Object.keys(after))
    if (!Object.hasOwn(before, name)) compare([...path, member(name)], undefined, after[name], into);
}

/** Lists whose elements have a name are compared by it, whatever their order; others by their values. */
function compareLists(path: readonly string[], before: unknown[], after: unknown[], into: FieldChange[]): void {
  const names = nameOfElements(before, after);
  if (names !== undefined) {
    const [old, now] = [
      new Map(before.map((one) => [names(one), one])),
      new Map(after.map((one) => [names(one), one])),
    ];
    for (const [name, one] of old) compare([...path, `[${name}]`], one, now.get(name), into);
    for (const [name, one] of now) if (!old.has(name)) compare([...path, `[${name}]`], undefined, one, into);
    return;
  }
  const [gone, come] = [left(before, after), left(after, before)];
  if (gone.length === 0 && come.length === 0) {
    if (!sameValue(before, after)) into.push({ path: pathText(path), kind: "changed", before, after });
    return;
  }
  // As many gone as come at the same places: those were changed; else some went and some came.
  const isPaired = gone.length === come.length && gone.every(({ at }, nth) => come[nth]?.at === at);
  if (isPaired) {
    for (const [nth, { at, value }] of gone.entries()) compare([...path, `[${at}]`], value, come[nth]?.value, into);
    return;
  }
  for (const { at, value } of gone) into.push({ path: pathText([...path, `[${at}]`]), kind: "removed", before: value });
  for (const { at, value } of come) into.push({ path: pathText([...path, `[${at}]`]), kind: "added", after: value });
}

/** Elements of `list` beyond those that `other` holds as well. */
function left(list: readonly unknown[], other: readonly unknown[]): { readonly at: number; readonly value: unknown }[] {
  const held = new Map<string, number>();
  for (const value of other) held.set(textOf(value), (held.get(textOf(value)) ?? 0) + 1);
  return list.flatMap((value, at) => {
    const text = textOf(value);
    const count = held.get(text) ?? 0;
    if (count === 0) return [{ at, value }];
    held.set(text, count - 1);
    return [];
  });
}

/** The members that name an element, as Kubernetes' own merge keys do (`x-kubernetes-list-map-keys`). */
const nameKeys: readonly (readonly string[])[] = [
  ["name", "kind", "namespace"],
  ["name"],
  ["mountPath"],
  ["containerPort", "protocol"],
  ["port", "protocol"],
  ["type"],
  ["key", "effect", "operator"],
  ["key"],
  ["uid"],
  ["ip"],
];

function nameOfElements(before: readonly unknown[], after: readonly unknown[]): ((one: unknown) => string) | undefined {
  if (![...before, ...after].every(isObject)) return undefined;
  const nameBy = (keys: readonly string[]) => (one: unknown) =>
    keys
      .map((key) => (isObject(one) && Object.hasOwn(one, key) ? one[key] : undefined))
      .filter((value) => value !== undefined)
      .join(" ");
  const keys = nameKeys.find(([first = "", ...rest]) => {
    const names = nameBy([first, ...rest]);
    const has = (one: unknown) => isObject(one) && (typeof one[first] === "string" || typeof one[first] === "number");
    return [before, after].every((list) => list.every(has) && new Set(list.map(names)).size === list.length);
  });
  return keys === undefined ? undefined : nameBy(keys);
}

/** An absent field, a null one and an empty object are all the same to an API server. */
const isNothing = (value: unknown): boolean => value === undefined || value === null;

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (isNothing(a) && isNothing(b)) || textOf(a) === textOf(b);
}

/** The same for the same value, whatever the order of its members. */
function textOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, one: unknown) =>
      isObject(one) ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1))) : one,
    ) ?? ""
  );
}

const member = (name: string): string => (/^[\w$-]+$/.test(name) ? name : `["${name}"]`);

export function pathText(path: readonly string[]): string {
  return path.reduce((text, step) => (text === "" || step.startsWith("[") ? text + step : `${text}.${step}`), "");
}
