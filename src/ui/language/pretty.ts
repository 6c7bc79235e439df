/** A condition laid out over lines: one part a line where it does not fit on one. */
import { parseCondition } from "../../engine/parse.ts";
import type { Condition } from "../../engine/syntax.ts";

const width = 66;

/** What cannot be read is given back with its blanks made single. */
export function prettyCondition(text: string): string {
  const parsed = parseCondition(text, { maxDepth: 1000 });
  const single = text.replace(/\s+/g, " ").trim();
  return parsed.ok ? laidOut(parsed.value, text, 0, "none").join("\n") : single;
}

/** Comparisons stay as they were written; brackets are put where the tree needs them. */
function laidOut(node: Condition, text: string, indent: number, around: "none" | "and" | "or" | "not"): string[] {
  const margin = "  ".repeat(indent);
  const flat = flatText(node, text, around);
  if (indent * 2 + flat.length <= width && !flat.includes("\n")) return [margin + flat];
  if (node.kind === "not") {
    const [first = "", ...rest] = laidOut(node.child, text, indent, "not");
    return [`${margin}not ${first.trimStart()}`, ...rest];
  }
  if (node.kind !== "and" && node.kind !== "or") return [margin + flat];
  const isBracketed = around !== "none";
  const inner = isBracketed ? indent + 1 : indent;
  const lines = node.children.flatMap((child, index) => {
    const lead = index === 0 ? "" : `${node.kind} `;
    const [first = "", ...rest] = laidOut(child, text, inner, node.kind);
    return [`${"  ".repeat(inner)}${lead}${first.trimStart()}`, ...rest];
  });
  return isBracketed ? [`${margin}(`, ...lines, `${margin})`] : lines;
}

function flatText(node: Condition, text: string, around: string): string {
  switch (node.kind) {
    case "and":
    case "or": {
      const joined = node.children.map((child) => flatText(child, text, node.kind)).join(` ${node.kind} `);
      return around === "none" ? joined : `(${joined})`;
    }
    case "not":
      return `not ${flatText(node.child, text, "not")}`;
    case "macro":
      return node.name;
    default:
      return text.slice(node.span.from, node.span.to).replace(/\s+/g, " ");
  }
}
