/** Which parts of an explanation decided, and which are worth seeing first. */
import type { Branch, CheckExplained, Explanation } from "../../engine/explain.ts";

/** The checks that would have to be otherwise for the whole to be otherwise: as `decisive`, by identity. */
export function decidingChecks(root: Explanation): ReadonlySet<Explanation> {
  const found = new Set<Explanation>();
  const visit = (node: Explanation): void => {
    if (node.kind === "check") found.add(node);
    else for (const child of decidingChildren(node)) visit(child);
  };
  visit(root);
  return found;
}

/** Those of a branch's children that made it what it is. */
export function decidingChildren({ kind, holds, children }: Branch): readonly Explanation[] {
  return kind === "not" ? children : children.filter((child) => child.holds === holds);
}

export function checksIn(node: Explanation): readonly CheckExplained[] {
  return node.kind === "check" ? [node] : node.children.flatMap(checksIn);
}

const mostInMacro = 4;
const mostInBranch = 12;

/** Whether a branch stands open before anybody asks: the whole, and small parts that decided. */
export function isOpenAtFirst(node: Branch, deciding: ReadonlySet<Explanation>, depth: number): boolean {
  if (depth === 0) return true;
  const checks = checksIn(node);
  if (!checks.some((check) => deciding.has(check))) return false;
  return checks.length <= (node.macro === undefined ? mostInBranch : mostInMacro);
}

const mostAside = 2;

/** A branch's children: those seen at once in their order, and those that had no part in it, where they are many. */
export function parted(node: Branch): {
  readonly seen: readonly Explanation[];
  readonly aside: readonly Explanation[];
} {
  const deciding = new Set(decidingChildren(node));
  const aside = node.children.filter((child) => !deciding.has(child));
  if (aside.length <= mostAside) return { seen: node.children, aside: [] };
  return { seen: node.children.filter((child) => deciding.has(child)), aside };
}

/** What a folded branch comes down to: its first checks that decided. */
export function gist(node: Explanation, deciding: ReadonlySet<Explanation>): string {
  const checks = checksIn(node);
  const told = checks.filter((check) => deciding.has(check));
  const [first] = told;
  if (first === undefined) return countOf(checks.length, "check");
  if (checks.length === 1) return first.text;
  return told.length === 1
    ? `${first.text}, and ${countOf(checks.length - 1, "other")}`
    : countOf(checks.length, "check");
}

const countOf = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** What a check read: the value, or why there is none. */
export function readText({ field, shown, because, existsFrom }: CheckExplained["values"][number]): string {
  if (shown !== undefined) return `${field} is ${shown.toWellFormed()}`;
  if (because !== undefined) return `${field} is absent: ${because}`;
  if (existsFrom === undefined) return `${field} is absent`;
  const { level, stages } = existsFrom;
  const at = stages.length < 4 ? `, at ${stages.join(", ")}` : "";
  return `${field} is absent here; it exists from level ${level}${at}`;
}
