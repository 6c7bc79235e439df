/** A JSON value as the rows of a tree: only what is open, and where something is searched, only what holds it. */

export type JsonKind = "object" | "array" | "string" | "number" | "boolean" | "null" | "more";

export interface JsonRow {
  /** A JSON pointer: `/objectRef/name`; empty for the whole. */
  readonly path: string;
  readonly depth: number;
  /** The member's name or the item's number; undefined for the whole. */
  readonly name: string | undefined;
  readonly kind: JsonKind;
  /** A leaf's JSON text; of a branch how much is in it. */
  readonly text: string;
  readonly isOpen: boolean;
  readonly value: unknown;
}

export interface JsonView {
  readonly open: ReadonlySet<string>;
  /** How many children of a branch are shown, where somebody asked for more than usual. */
  readonly shown?: ReadonlyMap<string, number>;
  readonly query?: string;
}

/** So many children of a branch are shown at once. */
export const usualChildren = 100;

export function jsonRows(root: unknown, { open, shown = new Map(), query = "" }: JsonView): readonly JsonRow[] {
  const wanted = query.trim().toLowerCase();
  const found = wanted === "" ? undefined : holders(root, wanted);
  const rows: JsonRow[] = [];
  const visit = (value: unknown, path: string, name: string | undefined, depth: number): void => {
    const kind = kindOf(value);
    const children = childrenOf(value);
    const holds = found?.get(path);
    const isOpen = children.length > 0 && (holds === "below" || open.has(path));
    rows.push({ path, depth, name, kind, text: textOf(value, kind, children.length), isOpen, value });
    if (!isOpen) return;
    const kept = holds === "below" ? children.filter(([child]) => found?.has(`${path}/${escaped(child)}`)) : children;
    const most = shown.get(path) ?? usualChildren;
    for (const [child, inner] of kept.slice(0, most)) visit(inner, `${path}/${escaped(child)}`, child, depth + 1);
    if (kept.length > most)
      rows.push({
        path: `${path}/…`,
        depth: depth + 1,
        name: undefined,
        kind: "more",
        text: `${kept.length - most} more`,
        isOpen: false,
        value: undefined,
      });
  };
  visit(root, "", undefined, 0);
  return rows;
}

/** How many leaves and names hold the text. */
export function matchesOf(root: unknown, query: string): number {
  const wanted = query.trim().toLowerCase();
  if (wanted === "") return 0;
  return [...holders(root, wanted).values()].filter((one) => one !== "below").length;
}

/** By path: the text stands in the name or leaf itself, or somewhere below. */
function holders(root: unknown, wanted: string): ReadonlyMap<string, "self" | "below"> {
  const found = new Map<string, "self" | "below">();
  const visit = (value: unknown, path: string, name: string): boolean => {
    let below = false;
    const children = childrenOf(value);
    for (const [child, inner] of children) below = visit(inner, `${path}/${escaped(child)}`, child) || below;
    const leaf = children.length > 0 ? "" : textOf(value, kindOf(value), 0);
    const self = name.toLowerCase().includes(wanted) || leaf.toLowerCase().includes(wanted);
    if (below) found.set(path, "below");
    else if (self) found.set(path, "self");
    return below || self;
  };
  visit(root, "", "");
  return found;
}

/** The branches that stand open at first: the whole, and in it the small ones. */
export function openAtFirst(root: unknown, most = 8): ReadonlySet<string> {
  const small = childrenOf(root).filter(([, value]) => {
    const { length } = childrenOf(value);
    return length > 0 && length <= most && JSON.stringify(value).length < 600;
  });
  return new Set(["", ...small.map(([name]) => `/${escaped(name)}`)]);
}

/** The pointer of the branch that a row stands in. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

const escaped = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1");

function kindOf(value: unknown): JsonKind {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value)) return "array";
  const kind = typeof value;
  return kind === "object" || kind === "number" || kind === "boolean" ? kind : "string";
}

function childrenOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null) return [];
  return Array.isArray(value) ? value.map((one, at) => [String(at), one] as const) : Object.entries(value);
}

function textOf(value: unknown, kind: JsonKind, size: number): string {
  if (kind === "object") return size === 0 ? "{}" : `{${size}}`;
  if (kind === "array") return size === 0 ? "[]" : `[${size}]`;
  return JSON.stringify(value ?? null);
}
