/** From a match to a decision: which policies count it, and how gravely. Compiled once for a set of policies. */
import { type Priority, priorities, type Severity } from "../domain/detection.ts";
import { otherRules, type Policy, runtimeAlerts } from "./schema.ts";
import { type InScope, scopeTest, type Where } from "./scope.ts";

export interface Decision {
  /** The gravest that counts it, and all, gravest first. */
  readonly policy: string;
  readonly policies: readonly string[];
  readonly severity: Severity;
  /** True where all that count it are muted. */
  readonly muted: boolean;
}

/** What a decision needs to know of a rule. */
export interface RuleFacts {
  readonly name: string;
  readonly priority: Priority;
  /** Whether it comes out of our own pack. */
  readonly isOurs: boolean;
  /** Whether it is another's: Falco's, about what happens in containers and on hosts. */
  readonly isRuntime?: boolean;
}

/** Undefined where no enabled policy counts it. */
export type Decide = (rule: RuleFacts, where: Where, now: number) => Decision | undefined;

interface Counting {
  readonly policy: string;
  readonly severity: Severity | null;
  readonly inScope: InScope;
  /** In milliseconds since 1970; 0 where it is not muted. */
  readonly mutedUntil: number;
}

interface Named {
  readonly counting: Counting[];
  /** A custom policy names it: theirs is the word, on or off. */
  byUser: boolean;
  /** One of ours names it, or a copy that receives its rules: it holds back rules of ours alone. */
  byUs: boolean;
}

export function decider(policies: readonly Policy[]): Decide {
  const named = new Map<string, Named>();
  for (const policy of policies) {
    if (policy.name === otherRules || policy.name === runtimeAlerts) continue;
    const counting = countingOf(policy);
    for (const { name, enabled } of policy.rules) {
      const of = named.get(name) ?? { counting: [], byUser: false, byUs: false };
      named.set(name, of);
      if (policy.enabled && enabled) of.counting.push(counting);
      if (policy.kind === "custom") of.byUser = true;
      else of.byUs = true;
    }
  }
  const others = catchAll(policies, otherRules);
  const runtime = catchAll(policies, runtimeAlerts);

  return (rule, where, now) => {
    const of = named.get(rule.name);
    const counting = of?.counting.filter(({ inScope }) => inScope(where)) ?? [];
    if (counting.length > 0) return decisionOf(counting, rule.priority, now);
    const isNamed = of !== undefined && (of.byUser || of.counting.length > 0 || (of.byUs && rule.isOurs));
    const rest = (rule.isRuntime ? runtime : others)(rule, where);
    return isNamed || rest === undefined ? undefined : decisionOf([rest], rule.priority, now);
  };
}

/** A policy of ours that counts what no other names, but for what is switched off in it. */
function catchAll(policies: readonly Policy[], name: string): (rule: RuleFacts, where: Where) => Counting | undefined {
  const policy = policies.find((one) => one.name === name);
  if (!policy?.enabled) return () => undefined;
  const counting = countingOf(policy);
  const switchedOff = new Set(policy.rules.filter(({ enabled }) => !enabled).map((rule) => rule.name));
  return (rule, where) => (switchedOff.has(rule.name) || !counting.inScope(where) ? undefined : counting);
}

function countingOf({ name, severity, scope, muted }: Policy): Counting {
  const mutedUntil = muted === undefined ? 0 : Date.parse(muted.until);
  return { policy: name, severity, inScope: scopeTest(scope), mutedUntil };
}

export const severityOf = (priority: Priority): Severity => priorities.indexOf(priority) as Severity;

function decisionOf(counting: readonly Counting[], priority: Priority, now: number): Decision {
  const graded = counting.map(({ policy, severity, mutedUntil }) => ({
    policy,
    severity: severity ?? severityOf(priority),
    isMuted: mutedUntil > now,
  }));
  // Who is told counts before how gravely: a muted policy does not hide one that is not.
  graded.sort((a, b) => Number(a.isMuted) - Number(b.isMuted) || a.severity - b.severity);
  const [first] = graded;
  return {
    policy: first?.policy ?? otherRules,
    policies: graded.map(({ policy }) => policy),
    severity: first?.severity ?? severityOf(priority),
    muted: first?.isMuted ?? false,
  };
}
