/** Items to begin with: new ones, and such as change an earlier rule without touching its file. */
import { yamlText } from "../../engine/yaml-text.ts";

export interface OverriddenRule {
  readonly name: string;
  readonly condition?: string;
  readonly output?: string;
  readonly priority?: string;
}

/** What of a rule is to be changed. */
export const overrides = {
  narrow: "Narrow its condition",
  condition: "Replace its condition",
  output: "Replace its output",
  priority: "Change its priority",
  tags: "Add tags",
  disable: "Turn it off",
} as const;
export type Override = keyof typeof overrides;

const folded = (text: string) => `>\n    ${text.replace(/\s+/g, " ").trim()}`;

/** Valid as it stands, and without effect until somebody writes into it: only `disable` changes anything by itself. */
export function overrideItem(
  { name, condition = "", output = "", priority = "Warning" }: OverriddenRule,
  what: Override,
): string {
  const item = (lines: readonly string[], changes: string) =>
    [`- rule: ${yamlText(name)}`, ...lines.map((line) => `  ${line}`), "  override:", `    ${changes}`, ""].join("\n");
  switch (what) {
    case "narrow":
      return item([`condition: and not (ka.user.name in ())`], "condition: append");
    case "condition":
      return item([`condition: ${folded(condition)}`], "condition: replace");
    case "output":
      return item([`output: ${folded(output)}`], "output: replace");
    case "priority":
      return item([`priority: ${priority.toUpperCase()}`], "priority: replace");
    case "tags":
      return item(["tags: []"], "tags: append");
    case "disable":
      return item(["enabled: false"], "enabled: replace");
  }
}

export const newRule = (name = "New rule"): string =>
  [
    `- rule: ${yamlText(name)}`,
    "  desc: >",
    "    What it finds, and why that matters.",
    "  condition: >",
    "    ka.verb = create and ka.target.resource = pods",
    "  output: >",
    "    %ka.user.name did %ka.verb (resource=%ka.target.resource namespace=%ka.target.namespace name=%ka.target.name)",
    "  priority: NOTICE",
    "  source: k8s_audit",
    "  tags: [k8s]",
    "",
  ].join("\n");

/** What a new file begins with. */
export const newFile = (): string =>
  `# Rules of our own. They load after all others, so they can change what those say.\n\n${newRule()}`;

/** The text with an item at its end, a blank line before it, and where that item begins. */
export function withItem(text: string, item: string): { readonly text: string; readonly at: number } {
  const gap = text === "" ? "" : text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return { text: text + gap + item, at: text.length + gap.length };
}
