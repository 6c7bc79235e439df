/** Macros: their trees put in where conditions name them (reference 01 §1.15). Trees are shared, never copied. */
import type { Condition, MacroReference } from "./syntax.ts";

/** A condition's tree without macro references, with its size as if nothing were shared. */
export interface Resolved {
  readonly condition: Condition;
  readonly nodes: number;
  readonly depth: number;
}

export interface MacroResolution {
  readonly resolved: Resolved;
  /** Names on their own path, and names not found, as they are met; Falco tells the first loop, else the first unknown. */
  readonly loops: readonly MacroReference[];
  readonly unknown: readonly MacroReference[];
  /** Every macro that was put in. */
  readonly used: ReadonlySet<string>;
}

/** The macros that can be seen from where a condition stands. */
export interface VisibleMacros {
  /** The tree of a macro as parsed, or, once that is done, with its own references put in. */
  tree(name: string): Condition | Resolved | undefined;
}

/** Of what a macro refers to, too, only what can be seen from here counts. */
export function resolvedMacros(condition: Condition, macros: VisibleMacros): MacroResolution {
  const loops: MacroReference[] = [];
  const unknown: MacroReference[] = [];
  const used = new Set<string>();
  const path = new Set<string>();
  // By macro and not by place: that keeps `m2: m1 or m1`, `m3: m2 or m2`, … from doubling the work each time.
  const done = new Map<string, Resolved>();
  const seen = new Map<Condition, Resolved>();

  function resolve(node: Condition): Resolved {
    if (node.kind === "exists" || node.kind === "comparison") return { condition: node, nodes: 1, depth: 1 };
    const known = seen.get(node);
    if (known) return known;
    const result = node.kind === "macro" ? reference(node) : inner(node);
    if (node.kind !== "macro") seen.set(node, result);
    return result;
  }

  function inner(node: Exclude<Condition, { kind: "exists" | "comparison" | "macro" }>): Resolved {
    if (node.kind === "not") {
      const child = resolve(node.child);
      const condition = child.condition === node.child ? node : { ...node, child: child.condition };
      return { condition, nodes: child.nodes + 1, depth: child.depth + 1 };
    }
    let nodes = 1;
    let depth = 0;
    let same = true;
    const children = node.children.map((one) => {
      const child = resolve(one);
      nodes += child.nodes;
      depth = Math.max(depth, child.depth);
      same &&= child.condition === one;
      return child.condition;
    });
    return { condition: same ? node : { ...node, children }, nodes, depth: depth + 1 };
  }

  function reference(node: MacroReference): Resolved {
    const self = { condition: node, nodes: 1, depth: 1 };
    const tree = macros.tree(node.name);
    if (!tree) {
      unknown.push(node);
      return self;
    }
    if (path.has(node.name)) {
      loops.push(node);
      return self;
    }
    if (!("kind" in tree)) {
      used.add(node.name);
      return tree;
    }
    const known = done.get(node.name);
    if (known) return known;
    path.add(node.name);
    const result = resolve(tree);
    path.delete(node.name);
    used.add(node.name);
    done.set(node.name, result);
    return result;
  }

  return { resolved: resolve(condition), loops, unknown, used };
}

/** The same tree with every span moved on, so that it can be told from which text a node comes. */
export function moved<T>(tree: T, by: number): T {
  if (Array.isArray(tree)) return tree.map((one) => moved(one, by)) as T;
  if (typeof tree !== "object" || tree === null) return tree;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) {
    if (key === "span") {
      const { from, to } = value as { from: number; to: number };
      copy[key] = { from: from + by, to: to + by };
    } else copy[key] = moved(value, by);
  }
  return copy as T;
}
