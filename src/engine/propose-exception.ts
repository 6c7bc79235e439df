/** What an exception of a rule could go by, given an event that shall no longer match: fields with the event's own values. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { About, Field, Value } from "../fields/field.ts";
import type { Trust } from "../fields/ground.ts";
import type { FieldEntry } from "../fields/index.ts";
import { unwritable } from "./constant-text.ts";
import type { LoadedRule } from "./contract.ts";
import { everybodys, fieldStanding, referenced } from "./field-standing.ts";
import type { Condition, FieldReference, Literal, LiteralList, Operand } from "./syntax.ts";
import { isList, printScalar } from "./values.ts";

export interface ExceptionCandidate {
  /** With its argument: `ka.user.extra[pod]`. */
  readonly field: string;
  readonly doc: string;
  /** Why it is here: it tells who asked, or of what; or the rule reads it. */
  readonly from: "who" | "what" | "condition" | "output";
  /** The event's; several where the field is a list. */
  readonly value: string | readonly string[];
  /** The operator that fits best, with the value to go with it. */
  readonly comp: string;
  readonly proposed: string | readonly string[];
  /** All that fit. */
  readonly comps: readonly string[];
  /** `client`: whoever sends the request chooses it. */
  readonly trust: Trust;
  /** Falco has the field too. */
  readonly falcoHas: boolean;
  /** One of those that a good exception mostly goes by. */
  readonly suggested: boolean;
}

const who = [
  "ka.user.name",
  "ka.user.groups",
  "ka.impuser.name",
  "ka.user.serviceaccount.namespace",
  "ka.sourceip.last",
  "ka.sourceips",
  "ka.useragent",
];
const what = [
  "ka.target.namespace",
  "ka.target.name",
  "ka.target.resource",
  "ka.target.subresource",
  "ka.verb",
  "ka.req.pod.containers.image.repository",
  "ka.req.pod.containers.image",
];

/** What differs from one event to the next, or is the event itself: no exception goes by it. */
const never =
  /^(?:evt\.|json\.obj|jevt\.obj|json\.rawtime|jevt\.rawtime|ka\.auditid$|ka\.latency|ka\.target\.uid$|ka\.target\.resourceversion$)/;

/** A secret's seal: the rules judge the event as it came, where something else stands. */
const sealed = /redacted:[\w-]{1,64}/;

/** Those that have a value in the event, most useful first. Give the event as it is shown: what is sealed in it is left out. */
export function exceptionCandidates(
  rule: Pick<LoadedRule<AuditEvent>, "condition" | "message">,
  event: AuditEvent,
): readonly ExceptionCandidate[] {
  const about: About = { num: 1n, time: event.time, source: "k8s_audit", hostname: "" };
  const wanted = new Map<string, ExceptionCandidate["from"]>();
  const want = (from: ExceptionCandidate["from"], fields: Iterable<string>) => {
    for (const field of fields) if (!wanted.has(field)) wanted.set(field, from);
  };
  want("who", who);
  want("what", what);
  want("condition", fieldsIn(rule.condition));
  want("output", rule.message.fieldNames);
  return [...wanted].flatMap(([field, from]) => {
    const { name, entry, argument } = referenced(field);
    if (entry === undefined || never.test(name)) return [];
    const value = texts(entry, entry.read(event, argument, about));
    if (value === undefined || [value].flat().some((text) => sealed.test(text) || unwritable(text))) return [];
    const suggested = name === "ka.user.name" || name === "ka.target.namespace";
    return [
      { field, doc: entry.doc, from, value, ...proposal(entry, value), ...fieldStanding(entry, argument), suggested },
    ];
  });
}

const ofTexts = ["=", "in", "startswith", "endswith", "contains", "glob", "pmatch", "regex"];

function proposal({ name, list, type }: FieldEntry, value: string | readonly string[]) {
  if (list) {
    const comps = ["in", "intersects"];
    // One of somebody's groups says who it is, unless all are in it; an image of a pod must not hide behind another.
    const own = typeof value === "string" ? [] : value.filter((one) => !everybodys.has(one));
    if (name.endsWith("groups") && own.length > 0) return { comps, comp: "intersects", proposed: own };
    return { comps, comp: "in", proposed: value };
  }
  const text = String(value);
  if (type !== "string") return { comps: ["=", "in"], comp: "=", proposed: text };
  const client = name === "ka.useragent" ? /^[^/\s]+\//.exec(text)?.[0] : undefined;
  if (client !== undefined) return { comps: ofTexts, comp: "startswith", proposed: client };
  const owner = name === "ka.target.name" ? generated.exec(text)?.[1] : undefined;
  if (owner !== undefined) return { comps: ofTexts, comp: "startswith", proposed: owner };
  return { comps: ofTexts, comp: "=", proposed: text };
}

/** A name that a controller made up: `api-7c9d8f6b5d-x2v9k` is one of `api-`. */
const generated = /^(.+-)[bcdf0-9]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

function texts({ type, digits }: Field<AuditEvent>, value: Value | undefined): string | readonly string[] | undefined {
  if (value === undefined) return undefined;
  return isList(value) ? value.map((one) => printScalar(type, one, digits)) : printScalar(type, value, digits);
}

/** Into which own file an exception of a rule goes: one that loads after the rule is defined. */
export function exceptionFile({ origin }: Pick<LoadedRule<AuditEvent>, "origin">, own: readonly string[]): string {
  const usual = "exceptions.yaml";
  return own.includes(origin.file) && origin.file > usual ? origin.file : usual;
}

/** Every field that a condition reads, as an exception names it, in order. */
function fieldsIn(condition: Condition): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<Condition>();
  const operand = (of: Operand | Literal | LiteralList) => {
    if (of.kind === "field") found.add(written(of));
    if (of.kind === "call")
      for (const argument of of.args) {
        if (argument.kind === "call-list") argument.items.forEach(operand);
        else operand(argument);
      }
  };
  const visit = (node: Condition): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "and" || node.kind === "or") node.children.forEach(visit);
    else if (node.kind === "not") visit(node.child);
    else if (node.kind !== "macro") {
      operand(node.left);
      if (node.kind === "comparison") operand(node.right);
    }
  };
  visit(condition);
  return found;
}

const written = ({ name, argument }: FieldReference): string =>
  argument === undefined ? name : `${name}[${argument}]`;
