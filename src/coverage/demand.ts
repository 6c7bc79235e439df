/**
 * What rules ask of an audit policy: for each kind of request how deep it must be recorded, and at which stages, so that
 * they answer as they would on the whole event (reference 04 §5.4, §5.5).
 */
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { aboutEvent, auditCatalogue } from "../engine/audit-world.ts";
import type { LoadedRule, Test } from "../engine/contract.ts";
import { planLeaf } from "../engine/plan.ts";
import type { CallArgument, Comparison, Condition, Exists, Operand } from "../engine/syntax.ts";
import { factsOf } from "../fields/ground.ts";
import { fieldEntries, type Level } from "../fields/index.ts";
import { levels, type PolicyLevel, type PolicyStage, policyStages } from "./policy.ts";

/** A kind of request; `resource` absent: for no resource. */
export interface RequestKind {
  readonly verb: string;
  readonly resource?: string;
  /** "" for the resource itself. */
  readonly subresource?: string;
  /** Who asks and what for, where that is known. */
  readonly user?: { readonly username: string; readonly groups: readonly string[] };
  readonly namespace?: string;
  readonly path?: string;
}

/** A name that no rule mentions: it stands for all others. */
export const someOther = "some-other-resource";

export interface Demand {
  /** "None": no rule can match such a request. */
  readonly level: PolicyLevel;
  readonly stages: ReadonlySet<PolicyStage>;
  /** Those that ask for that level. */
  readonly rules: readonly string[];
}

/** Yes, no, or "that depends on what is not known here"; and the depth at which it is known. */
interface Verdict {
  readonly holds: boolean | undefined;
  readonly level: number;
}
type Ask = (event: AuditEvent, known: ReadonlySet<string>) => Verdict;

export type Demands = (kind: RequestKind) => Demand;

/** Plans each rule once; asked of any number of kinds. */
export function demandsOf(rules: readonly LoadedRule<AuditEvent>[]): Demands {
  const asks = rules.map(({ name, condition }) => ({ name, ask: askOf(condition) }));
  return (kind) => {
    const stages = new Set<PolicyStage>();
    const wants = asks.flatMap(({ name, ask }) => {
      const any = ask(...eventOf(kind, undefined));
      if (any.holds === false) return [];
      const at = policyStages.filter((stage) => ask(...eventOf(kind, stage)).holds !== false);
      // What a request says when it comes, it says again when it ends.
      const later = at.filter((stage) => stage !== "RequestReceived");
      for (const stage of later.length > 0 ? later : at) stages.add(stage);
      return at.length === 0 ? [] : [{ name, level: Math.max(1, any.level) }];
    });
    const deepest = Math.max(0, ...wants.map(({ level }) => level));
    return {
      level: depthOf(kind, levels[deepest] ?? "None"),
      stages,
      rules: wants.filter(({ level }) => level === deepest).map(({ name }) => name),
    };
  };
}

/** A read has no body to record. */
const depthOf = ({ verb }: RequestKind, level: PolicyLevel): PolicyLevel =>
  level === "Request" && ["get", "list", "watch"].includes(verb) ? "Metadata" : level;

const no: Verdict = { holds: false, level: 0 };
const yes: Verdict = { holds: true, level: 0 };
const unknown = (level: number): Verdict => ({ holds: undefined, level });

function askOf(node: Condition): Ask {
  switch (node.kind) {
    case "and": {
      const asks = node.children.map(askOf);
      return (event, known) => {
        let answer: Verdict = yes;
        for (const ask of asks) {
          const one = ask(event, known);
          if (one.holds === false) return no;
          if (one.holds === undefined) answer = unknown(Math.max(answer.level, one.level));
        }
        return answer;
      };
    }
    case "or": {
      const asks = node.children.map(askOf);
      return (event, known) => {
        let answer: Verdict = no;
        for (const ask of asks) {
          const one = ask(event, known);
          if (one.holds === true) return yes;
          if (one.holds === undefined) answer = unknown(Math.max(answer.level, one.level));
        }
        return answer;
      };
    }
    case "not": {
      const ask = askOf(node.child);
      return (event, known) => {
        const { holds, level } = ask(event, known);
        return { holds: holds === undefined ? undefined : !holds, level };
      };
    }
    case "macro":
      return () => unknown(0);
    case "exists":
    case "comparison":
      return askLeaf(node);
  }
}

const catalogue = auditCatalogue(false);
const dialect = { falcoCompat: false };
/** Of these a name that stands for all others says enough. */
const wholeNames = new Set(["=", "==", "!=", "in"]);

function askLeaf(check: Exists | Comparison): Ask {
  const fields = fieldsOf(check);
  const level = Math.max(0, ...fields.map(({ name, argument }) => levels.indexOf(levelOf(name, argument))));
  const planned = planLeaf(check, catalogue, dialect);
  const test: Test<AuditEvent> | undefined = planned.ok ? planned.value.test : undefined;
  const isWhole = check.kind === "exists" || wholeNames.has(check.operator);
  return (event, known) => {
    if (test === undefined || !fields.every(({ name }) => known.has(name)) || (!isWhole && known.has(someOther)))
      return unknown(level);
    return test(event, about(event)) ? yes : no;
  };
}

const abouts = new WeakMap<AuditEvent, ReturnType<typeof aboutEvent>>();
function about(event: AuditEvent) {
  const there = abouts.get(event) ?? aboutEvent(event, 1n, "", 0n);
  abouts.set(event, there);
  return there;
}

interface Named {
  readonly name: string;
  readonly argument?: string;
}

/** Every field that a comparison looks at. */
function fieldsOf(check: Exists | Comparison): readonly Named[] {
  const of = (operand: Operand | CallArgument): readonly Named[] => {
    if (operand.kind === "field") return [operand];
    if (operand.kind === "call") return operand.args.flatMap(of);
    return operand.kind === "call-list" ? operand.items.flatMap(of) : [];
  };
  const right = check.kind === "comparison" && (check.right.kind === "field" || check.right.kind === "call");
  return [...of(check.left), ...(right ? of(check.right as Operand) : [])];
}

const entries = new Map(fieldEntries.map((entry) => [entry.name, entry]));
/** A pointer into the event is as deep as what it points at. */
function levelOf(name: string, argument: string | undefined): Level {
  const entry = entries.get(name);
  if (entry === undefined) return "Metadata";
  const points = entry.paths.length === 1 && entry.paths[0] === "/";
  return points && argument !== undefined
    ? factsOf(argument.startsWith("/") ? argument : `/${argument}`).level
    : entry.level;
}

const made = new Map<string, readonly [AuditEvent, ReadonlySet<string>]>();

/** An event of that kind, and the fields of which it says all. */
function eventOf(kind: RequestKind, stage: PolicyStage | undefined): readonly [AuditEvent, ReadonlySet<string>] {
  const key = JSON.stringify([kind, stage]);
  const there = made.get(key);
  if (there !== undefined) return there;
  const { verb, resource, subresource = "", user, namespace, path } = kind;
  const event = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    auditID: "a",
    stage: stage ?? "ResponseComplete",
    stageTimestamp: "2024-01-01T00:00:00.000000Z",
    requestReceivedTimestamp: "2024-01-01T00:00:00.000000Z",
    verb,
    requestURI: path ?? "/",
    ...(user === undefined ? {} : { user }),
    ...(resource === undefined
      ? {}
      : {
          objectRef: {
            resource,
            ...(subresource === "" ? {} : { subresource }),
            ...(namespace === undefined ? {} : { namespace }),
          },
        }),
  };
  const known = new Set([
    ...["ka.verb", "ka.target.resource", "ka.target.subresource"],
    ...(stage === undefined ? [] : ["ka.stage"]),
    ...(user === undefined
      ? []
      : ["ka.user.name", "ka.user.groups", "ka.user.serviceaccount.name", "ka.user.serviceaccount.namespace"]),
    ...(namespace === undefined && resource !== undefined ? [] : ["ka.target.namespace"]),
    ...(path === undefined ? [] : ["ka.uri"]),
    ...(resource === someOther ? [someOther] : []),
  ]);
  const [first] = decode(new TextEncoder().encode(JSON.stringify(event)));
  if (first === undefined || first.kind !== "event") throw new Error("an event of our own that cannot be read");
  const answer = [first.event, known] as const;
  made.set(key, answer);
  return answer;
}

/** Literals that rules compare a field with. */
export function literalsOf(rules: readonly LoadedRule<AuditEvent>[], field: string): ReadonlySet<string> {
  const found = new Set<string>();
  const walk = (node: Condition): void => {
    if (node.kind === "and" || node.kind === "or") node.children.forEach(walk);
    else if (node.kind === "not") walk(node.child);
    else if (node.kind === "comparison" && node.left.kind === "field" && node.left.name === field) {
      const items = node.right.kind === "list" ? node.right.items : node.right.kind === "literal" ? [node.right] : [];
      for (const { value } of items) found.add(value);
    }
  };
  for (const { condition } of rules) walk(condition);
  return found;
}
