/** The engine, as pages ask it. It comes as a chunk of its own when it is first asked. */
import type { AuditEvent } from "../../domain/audit-event.ts";
import { decode } from "../../domain/decode.ts";
import { aboutEvent, ruleWorld } from "../../engine/audit-world.ts";
import { type Explanation, explainContext, explained } from "../../engine/explain.ts";
import { type Loaded, load, type RuleSource } from "../../engine/index.ts";

export interface Why {
  readonly rule: string;
  /** Where the rule is defined. */
  readonly file: string;
  readonly line: number;
  readonly enabled: boolean;
  readonly tree: Explanation;
  /** What the rule says about the event, where it matches. */
  readonly says: string | undefined;
}

/** What stands between an event and its explanation: no such rule, or nothing that can be read as an event. */
export type NoWhy = { readonly kind: "no-rule" } | { readonly kind: "no-event"; readonly reason: string };

let last: { readonly files: readonly RuleSource[]; readonly loaded: Loaded<AuditEvent> } | undefined;

/** All that the files come to. The same files are loaded once. */
export function loadedFiles(files: readonly RuleSource[]): Loaded<AuditEvent> {
  if (last?.files !== files) last = { files, loaded: load(files, ruleWorld()) };
  return last.loaded;
}

/** A stored event as the engine reads it, or why it cannot. */
export function auditEvent(event: unknown): AuditEvent | string {
  for (const part of decode(new TextEncoder().encode(JSON.stringify(event) ?? "null"))) {
    if (part.kind === "event") return part.event;
    return part.kind === "rejected" ? part.rejected.reason : part.reason;
  }
  return "there is none";
}

export const aboutOne = (event: AuditEvent) => aboutEvent(event, 1n, "tiercel", event.time);

/** The condition of a rule with what each part comes to on an event. */
export function whyOf(files: readonly RuleSource[], name: string, stored: unknown): Why | NoWhy {
  const loaded = loadedFiles(files);
  const rule = loaded.ruleSet.rules.find((one) => one.name === name);
  if (rule === undefined) return { kind: "no-rule" };
  const event = auditEvent(stored);
  if (typeof event === "string") return { kind: "no-event", reason: event };
  const about = aboutOne(event);
  const tree = explained(rule.condition, event, about, explainContext(loaded, false));
  return {
    rule: name,
    ...rule.origin,
    enabled: rule.enabled,
    tree,
    says: tree.holds ? rule.message.text(event, about).toWellFormed() : undefined,
  };
}

/** The names of all rules, sorted. */
export const ruleNames = (files: readonly RuleSource[]): readonly string[] =>
  loadedFiles(files)
    .ruleSet.rules.map(({ name }) => name)
    .sort((a, b) => a.localeCompare(b));
