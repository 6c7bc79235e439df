/** The operator `pmatch`: whether a path lies under one of some paths, which may hold globs. */
import { glob, isPattern } from "./glob.ts";

/** What a pattern asks of each component, from the root. */
type Steps = readonly ((component: string) => boolean)[];

/**
 * Each pattern is tried by itself. (Falco walks a tree of them, which goes wrong where several globs fit the
 * same component: reference 01 §11.)
 */
export function pmatch(patterns: readonly string[]): (path: string) => boolean {
  const all = patterns.map(stepsOf);
  if (all.some((steps) => steps.length === 0)) return () => true;
  if (all.length === 0) return () => false;
  return (path) => {
    const parts = components(path);
    return all.some((steps) => steps.length <= parts.length && steps.every((step, i) => step(parts[i]!)));
  };
}

function stepsOf(pattern: string): Steps {
  return components(pattern).map((wanted) => (isPattern(wanted) ? glob(wanted) : (part) => part === wanted));
}

/** Slashes that are doubled, leading or trailing make no difference. */
function components(path: string): string[] {
  return path.split("/").filter((part) => part !== "");
}
