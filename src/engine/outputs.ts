/** A rule's output as completed before it is planned: `append_output`, deprecated words (reference 01 §6.5, §6.7). */
import type { Catalogue } from "../fields/field.ts";
import type { RuleInfo } from "./collect.ts";
import type { Dialect, LoadedRule, Problem } from "./contract.ts";
import type { Findings } from "./findings.ts";
import { planMessage } from "./message.ts";
import { problems } from "./problems.ts";
import { joined, type Place, placeOf, writtenAt } from "./written.ts";

/** One entry of `append_output` in Falco's configuration. */
export interface AppendOutput {
  readonly match?: {
    readonly source?: string;
    /** All of them. */
    readonly tags?: readonly string[];
    readonly rule?: string;
  };
  readonly extraOutput?: string;
  /** A plain name adds that field, typed; with a template it is a text under that key. */
  readonly extraFields?: readonly { readonly key: string; readonly template?: string }[];
}

export interface CompletedOutput {
  readonly text: string;
  place(from: number, to: number): Place;
  /** Warns of deprecated fields named anywhere in it. */
  warnOfDeprecated(found: Findings): void;
}

const containerInfo = "%container.info";
const deprecated = [
  "evt.dir",
  "evt.latency",
  "evt.latency.s",
  "evt.latency.ns",
  "evt.latency.human",
  "evt.wait_latency",
];

const concerns = ({ match = {} }: AppendOutput, rule: RuleInfo): boolean =>
  (match.source === undefined || match.source === "" || match.source === rule.source) &&
  (match.rule === undefined || match.rule === "" || match.rule === rule.name) &&
  (match.tags ?? []).every((tag) => rule.tags.has(tag));

export function outputFor<E>(
  rule: RuleInfo,
  _catalogue: Catalogue<E>,
  entries: readonly AppendOutput[],
  found: Findings,
): CompletedOutput {
  const written = joined(rule.output);
  const first = rule.output[0]?.origin;
  const whole: Place = !first ? rule.place : "scalar" in first ? placeOf(first.file, first.scalar) : first;
  let text = written.text;
  for (const entry of entries)
    if (entry.extraOutput !== undefined && concerns(entry, rule)) text += ` ${entry.extraOutput}`;
  const at = { context: rule.context, place: whole };
  const full = text;
  if (text.includes(containerInfo)) {
    found.add(problems.containerInfo(at));
    text = text.replaceAll(containerInfo, "");
  }
  return {
    text,
    // What was taken out before a place moves it; then the whole output is shown.
    place: (from, to) => (full === text && from < written.text.length && writtenAt(written, from, to)) || whole,
    warnOfDeprecated(into) {
      for (const field of deprecated) if (text.includes(field)) into.add(problems.deprecatedInOutput(at, field));
    },
  };
}

/** The planned extra fields; undefined after a complaint. */
export function extraFieldsFor<E>(
  rule: RuleInfo,
  catalogue: Catalogue<E>,
  entries: readonly AppendOutput[],
  dialect: Dialect,
  found: Findings,
): LoadedRule<E>["extraFields"] | undefined {
  const planned = new Map<string, LoadedRule<E>["extraFields"][number]>();
  let sound = true;
  for (const entry of entries) {
    if (!concerns(entry, rule)) continue;
    for (const { key, template } of entry.extraFields ?? []) {
      const message = planMessage(template ?? `%${key}`, catalogue, dialect);
      if (message.ok) planned.set(key, { key, message: message.value, typed: template === undefined });
      else {
        sound = false;
        found.add(refusedExtra(rule, key, message.problem));
      }
    }
  }
  return sound ? [...planned.values()] : undefined;
}

const refusedExtra = (rule: RuleInfo, key: string, problem: Problem) => ({
  severity: "error" as const,
  falco: { code: "LOAD_ERR_COMPILE_OUTPUT" as const, message: problem.message, context: rule.outputContext },
  code: problem.code,
  message: `the extra output field \`${key}\` of the configuration cannot be had for this rule`,
  place: rule.place,
  help: problem.help,
});
