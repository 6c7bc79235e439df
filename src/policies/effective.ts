/** Policies as they count: those we ship with what a user changed of them, their copies, and the user's own. */
import { z } from "zod";
import { Muted, type Policy, PolicyBody, type PolicyKind, ScopeClause } from "./schema.ts";

/** What is kept of a policy of ours: what was changed, so that all else comes with the next version. */
export const ManagedChange = z.strictObject({
  kind: z.literal("managed"),
  enabled: z.boolean().optional(),
  scope: z.array(ScopeClause).readonly().optional(),
  channels: z.array(z.string()).readonly().optional(),
  runbook: z.string().optional(),
  muted: Muted.optional(),
  /** Rules switched otherwise than we ship them. */
  switches: z.record(z.string(), z.boolean()).default({}),
});
export type ManagedChange = z.output<typeof ManagedChange>;

/** What is kept of a copy: all but its rules, which it receives. */
export const RulesetCopy = PolicyBody.omit({ rules: true }).extend({
  kind: z.literal("managed-ruleset"),
  of: z.string(),
  switches: z.record(z.string(), z.boolean()).default({}),
});
export type RulesetCopy = z.output<typeof RulesetCopy>;

export const CustomPolicy = PolicyBody.extend({ kind: z.literal("custom") });

export const Stored = z.discriminatedUnion("kind", [ManagedChange, RulesetCopy, CustomPolicy]);
export type Stored = z.output<typeof Stored>;

/** In order: ours as shipped, then copies and own ones by name. */
export function effectivePolicies(shipped: readonly Policy[], stored: ReadonlyMap<string, Stored>): readonly Policy[] {
  const ours = shipped.map((policy) => {
    const change = stored.get(policy.name);
    return change?.kind === "managed" ? changed(policy, change) : policy;
  });
  const others = [...stored].flatMap(([name, one]): Policy[] => {
    if (one.kind === "custom") return [{ ...one, name }];
    if (one.kind === "managed") return [];
    const { switches, ...rest } = one;
    const rules = shipped.find((policy) => policy.name === one.of)?.rules ?? [];
    return [{ ...rest, name, rules: switched(rules, switches) }];
  });
  return [...ours, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

function changed(policy: Policy, { enabled, scope, channels, runbook, muted, switches }: ManagedChange): Policy {
  const known = new Set(policy.rules.map(({ name }) => name));
  // Of the policy for all other rules only those that are switched off are written.
  const more = Object.entries(switches)
    .filter(([name]) => !known.has(name))
    .map(([name, on]) => ({ name, enabled: on }));
  return {
    ...policy,
    enabled: enabled ?? policy.enabled,
    scope: scope ?? policy.scope,
    channels: channels ?? policy.channels,
    ...((runbook ?? policy.runbook) ? { runbook: runbook ?? policy.runbook } : {}),
    ...(muted === undefined ? {} : { muted }),
    rules: [...switched(policy.rules, switches), ...(policy.rules.length === 0 ? more : [])],
  };
}

const switched = (rules: Policy["rules"], switches: Readonly<Record<string, boolean>>) =>
  rules.map(({ name, enabled }) => ({ name, enabled: switches[name] ?? enabled }));

/** What is to be kept of an edited policy; `shipped` is ours of that name, or the one it is a copy of. */
export function storedOf(policy: Policy, kind: PolicyKind, shipped: Policy | undefined): Stored {
  const { name: _name, of, kind: _kind, rules, ...rest } = policy;
  if (kind === "custom") return { kind, ...rest, name: policy.name, rules };
  const before = new Map(shipped?.rules.map(({ name, enabled }) => [name, enabled]));
  const switches = Object.fromEntries(
    rules
      .filter(({ name, enabled }) => (before.get(name) ?? true) !== enabled)
      .map(({ name, enabled }) => [name, enabled]),
  );
  if (kind === "managed-ruleset") return { kind, ...rest, name: policy.name, of: of ?? "", switches };
  const same = <T>(a: T, b: T | undefined) => JSON.stringify(a) === JSON.stringify(b);
  const { enabled, scope, channels, runbook, muted } = rest;
  return {
    kind,
    ...(enabled === shipped?.enabled ? {} : { enabled }),
    ...(same(scope, shipped?.scope) ? {} : { scope }),
    ...(same(channels, shipped?.channels) ? {} : { channels }),
    ...(runbook === shipped?.runbook || runbook === undefined ? {} : { runbook }),
    ...(muted === undefined ? {} : { muted }),
    switches,
  };
}

/** What of an edit of ours is not allowed, in words; undefined where all is. */
export function refusedEdit(policy: Policy, shipped: Policy): string | undefined {
  if (policy.name !== shipped.name) return "a policy of ours keeps its name";
  if (policy.description !== shipped.description) return "a policy of ours keeps its description";
  if (policy.severity !== shipped.severity) return "a policy of ours keeps its severity";
  if (shipped.rules.length === 0) return undefined;
  const known = new Set(shipped.rules.map(({ name }) => name));
  const added = policy.rules.find(({ name }) => !known.has(name));
  if (added !== undefined) return `rule \`${added.name}\` is none of this policy's`;
  if (policy.rules.length < known.size) return "a rule of ours is switched off, not taken out";
  return undefined;
}
