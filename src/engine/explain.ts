/** Why a rule matched an event or did not: its condition's tree, with what each part came to. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { About, Catalogue } from "../fields/field.ts";
import { factsOf } from "../fields/ground.ts";
import { type FieldEntry, fieldEntries } from "../fields/index.ts";
import { auditCatalogue } from "./audit-world.ts";
import type { Dialect } from "./contract.ts";
import type { Loaded } from "./load.ts";
import { planLeaf } from "./plan.ts";
import { printCondition } from "./print.ts";
import type { Comparison, Condition, Exists } from "./syntax.ts";
import { printValue, typedValue } from "./values.ts";

export type Explanation = Branch | CheckExplained;

export interface Branch {
  readonly kind: "and" | "or" | "not";
  readonly holds: boolean;
  /** The macro whose condition this is. */
  readonly macro?: string;
  readonly children: readonly Explanation[];
}

export interface CheckExplained {
  readonly kind: "check";
  readonly holds: boolean;
  readonly macro?: string;
  /** As Falco prints it. */
  readonly text: string;
  readonly values: readonly FieldExplained[];
}

export interface FieldExplained {
  /** With its argument. */
  readonly field: string;
  /** Typed; absent where the event has none. */
  readonly value?: unknown;
  readonly shown?: string;
  /** Of a field without a value: where one could be. */
  readonly existsFrom?: { readonly level: string; readonly stages: readonly string[] };
  /** Of a field without a value: what about this event rules it out. */
  readonly because?: string;
}

export interface ExplainContext {
  readonly catalogue: Catalogue<AuditEvent>;
  readonly dialect: Dialect;
  /** Names of macros by their trees: a tree that was put in is the same object. */
  readonly macros: ReadonlyMap<Condition, string>;
}

export function explainContext(
  { compiled }: Pick<Loaded<AuditEvent>, "compiled">,
  falcoCompat: boolean,
): ExplainContext {
  return {
    catalogue: auditCatalogue(falcoCompat),
    dialect: { falcoCompat },
    macros: new Map(compiled.macros.map(({ condition, info }) => [condition, info.name])),
  };
}

/** All parts are asked, also those that judging would skip. */
export function explained(condition: Condition, event: AuditEvent, about: About, context: ExplainContext): Explanation {
  const name = context.macros.get(condition);
  const macro = name === undefined ? {} : { macro: name };
  switch (condition.kind) {
    case "and":
    case "or": {
      const children = condition.children.map((child) => explained(child, event, about, context));
      const holds = condition.kind === "and" ? children.every((one) => one.holds) : children.some((one) => one.holds);
      return { kind: condition.kind, holds, ...macro, children };
    }
    case "not": {
      const child = explained(condition.child, event, about, context);
      return { kind: "not", holds: !child.holds, ...macro, children: [child] };
    }
    case "macro":
      return { kind: "check", holds: false, text: condition.name, values: [] };
    case "exists":
    case "comparison":
      return { ...check(condition, event, about, context), ...macro };
  }
}

function check(
  condition: Exists | Comparison,
  event: AuditEvent,
  about: About,
  { catalogue, dialect }: ExplainContext,
): CheckExplained {
  const text = printCondition(condition);
  const leaf = planLeaf(condition, catalogue, dialect);
  if (!leaf.ok) return { kind: "check", holds: false, text, values: [] };
  const { test, left, right } = leaf.value;
  const values = [...left.fields, ...(right?.fields ?? [])].map(({ field, reference }): FieldExplained => {
    const { name, argument } = reference;
    const full = argument === undefined ? name : `${name}[${argument}]`;
    const value = field.read(event, argument, about);
    if (value !== undefined)
      return { field: full, value: typedValue(field.type, value), shown: printValue(field.type, value) };
    return { field: full, ...absence(name, argument, event) };
  });
  return { kind: "check", holds: test(event, about), text, values };
}

const levels = ["None", "Metadata", "Request", "RequestResponse"];
const entries = new Map(fieldEntries.map((entry) => [entry.name, entry]));

/** Why a field has no value here, as far as its level and stages tell. */
function absence(
  name: string,
  argument: string | undefined,
  event: AuditEvent,
): Pick<FieldExplained, "existsFrom" | "because"> {
  const entry = entries.get(name);
  if (entry === undefined) return {};
  const facts = pointedAt(entry, argument);
  const level = event.at("level")?.text();
  const stage = event.at("stage")?.text();
  const known = level !== undefined && levels.includes(level);
  if (known && levels.indexOf(level) < levels.indexOf(facts.level)) {
    return { existsFrom: facts, because: `this event was logged at level ${level}; it exists from ${facts.level}` };
  }
  if (stage !== undefined && !facts.stages.some((one) => one === stage)) {
    return { existsFrom: facts, because: `this event is of stage ${stage}; it exists at ${facts.stages.join(", ")}` };
  }
  return { existsFrom: facts };
}

/** The raw fields read whatever their argument says, so their level is that of what it points at. */
function pointedAt({ topic, level, stages }: FieldEntry, argument: string | undefined) {
  const pointer = argument === undefined || argument.startsWith("/") ? argument : `/${argument}`;
  return topic === "raw event" && pointer !== undefined ? factsOf(pointer) : { level, stages };
}

/** The checks that decided: those that would have to be otherwise for the whole to be otherwise. */
export function decisive(
  explanation: Explanation,
): readonly { readonly check: CheckExplained; readonly wanted: boolean }[] {
  if (explanation.kind === "check") return [{ check: explanation, wanted: !explanation.holds }];
  if (explanation.kind === "not") return explanation.children.flatMap(decisive);
  const { holds } = explanation;
  return explanation.children.filter((child) => child.holds === holds).flatMap(decisive);
}
