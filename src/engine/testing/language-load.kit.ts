/** How the shared questions about the language are loaded: their files, their configuration, their fields. */
import { type Priority, priorities } from "../../domain/detection.ts";
import type { RuleSource, World } from "../load.ts";
import type { AppendOutput } from "../outputs.ts";
import type { SelectionEntry } from "../selection.ts";
import type { LanguageCase } from "./language-cases.kit.ts";
import { type LanguageEvent, languageCatalogue } from "./language-world.ts";

/** The rule that a condition or an output alone stands in. */
function templateRule({ condition = "evt.num > 0", output = "out", rule_extra = "" }: LanguageCase): string {
  const lines = [
    "- rule: r",
    "  desc: d",
    `  condition: ${JSON.stringify(condition)}`,
    `  output: ${JSON.stringify(output)}`,
    "  priority: WARNING",
    "  source: k8s_audit",
  ];
  return `${lines.join("\n")}\n${rule_extra}`;
}

/** The files of a question, or the one that its condition or output stands in. */
export function filesOf(question: LanguageCase): readonly RuleSource[] {
  if (question.files) return question.files.map(({ name, content }) => ({ name, text: content }));
  return [{ name: "rules.yaml", text: question.rules ?? templateRule(question) }];
}

/** Names of falco.yaml. */
export interface Config {
  readonly rules?: readonly Partial<Record<"enable" | "disable", { readonly rule?: string; readonly tag?: string }>>[];
  readonly rule_matching?: "first" | "all";
  readonly append_output?: readonly {
    readonly match?: AppendOutput["match"];
    readonly extra_output?: string;
    readonly extra_fields?: readonly (string | Readonly<Record<string, string>>)[];
  }[];
  readonly min_priority?: string;
  readonly continue?: boolean;
}

export function worldOf(question: LanguageCase, falcoCompat: boolean): World<LanguageEvent> {
  const config = (question.config ?? {}) as Config;
  const least = config.min_priority?.toLowerCase();
  return {
    sources: new Map([
      ["k8s_audit", languageCatalogue],
      ["syscall", new Map()],
    ]),
    dialect: { falcoCompat },
    matching: config.rule_matching,
    minPriority: priorities.find(
      (one) => one.toLowerCase() === (least === "info" ? "informational" : least),
    ) as Priority,
    selection: config.rules?.map(
      ({ enable, disable }): SelectionEntry =>
        enable ? { operation: "enable", ...enable } : { operation: "disable", ...disable },
    ),
    appendOutput: config.append_output?.map(({ match, extra_output, extra_fields }) => ({
      match,
      extraOutput: extra_output,
      extraFields: extra_fields?.flatMap((field) =>
        typeof field === "string"
          ? [{ key: field }]
          : Object.entries(field).map(([key, template]) => ({ key, template })),
      ),
    })),
  };
}
