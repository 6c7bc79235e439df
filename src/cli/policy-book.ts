/** The policies of a running server: ours with what was changed, the user's own, and what they decide at the moment. */

import { RequestFailure } from "../api/failure.ts";
import type { KeptPolicy, Policies } from "../api/policies/part.ts";
import { type Documents, VersionConflict } from "../domain/documents.ts";
import {
  type Decide,
  decider,
  effectivePolicies,
  otherRules,
  type Policy,
  type RuleFacts,
  refusedEdit,
  Stored,
  storedOf,
} from "../policies/index.ts";

export interface PolicyBook extends Policies {
  /** As the policies of the moment decide. */
  readonly decide: Decide;
  /** In which policies a rule is, and whether they count it. */
  policiesOf(rule: Pick<RuleFacts, "name" | "isOurs">): readonly { readonly name: string; readonly enabled: boolean }[];
}

const kind = "policy";

/** Rejects where what is kept cannot be read: a newer Tiercel wrote it. */
export async function policyBook(documents: Documents, shipped: readonly Policy[]): Promise<PolicyBook> {
  let versions = new Map<string, number>();
  let policies: readonly Policy[] = [];
  let decide: Decide = () => undefined;
  const ours = (name: string) => shipped.find((policy) => policy.name === name);

  await refresh();
  return {
    decide: (rule, where, now) => decide(rule, where, now),
    list: () => policies.map(kept),
    get: (name) => found(name),
    async save(policy, expected, by) {
      check(policy);
      const of = policy.kind === "managed-ruleset" ? ours(policy.of ?? "") : ours(policy.name);
      await refusing(() =>
        documents.put({ kind, id: policy.name, body: JSON.stringify(storedOf(policy, policy.kind, of)), by, expected }),
      );
      await refresh();
      const saved = found(policy.name);
      if (saved === undefined) throw new Error(`policy ${policy.name} was kept and is not there`);
      return saved;
    },
    async remove(name, expected, by) {
      if (!versions.has(name))
        throw new RequestFailure("invalid", `${name} is as it is shipped`, "switch it off instead");
      await refusing(() => documents.remove({ kind, id: name, by, expected }));
      await refresh();
    },
    policiesOf: ({ name: rule, isOurs }) => {
      const naming = policies.flatMap(({ name, kind, enabled, rules }) => {
        const one = rules.find((it) => it.name === rule);
        return one === undefined ? [] : [{ name, kind, enabled: enabled && one.enabled }];
      });
      const named = naming.filter(({ name }) => name !== otherRules);
      // As `decider` has it: one of ours that is off holds back our own rules alone.
      const holds = named.some(({ kind, enabled }) => enabled || kind === "custom" || isOurs);
      const rest = policies.find(({ name }) => name === otherRules);
      const enabled = rest?.enabled === true && naming.every(({ name, enabled }) => name !== otherRules || enabled);
      return [
        ...named.map(({ name, enabled }) => ({ name, enabled })),
        ...(holds || rest === undefined ? [] : [{ name: otherRules, enabled }]),
      ];
    },
  };

  function found(name: string): KeptPolicy | undefined {
    const policy = policies.find((one) => one.name === name);
    return policy && kept(policy);
  }

  function kept(policy: Policy): KeptPolicy {
    return { policy, version: versions.get(policy.name) ?? 0 };
  }

  async function refresh(): Promise<void> {
    const stored = new Map<string, Stored>();
    const next = new Map<string, number>();
    for (const { id, body, version } of await documents.list(kind)) {
      stored.set(id, Stored.parse(JSON.parse(body)));
      next.set(id, version);
    }
    policies = effectivePolicies(shipped, stored);
    versions = next;
    decide = decider(policies);
  }

  function check(policy: Policy): void {
    const shippedOne = ours(policy.name);
    if (policy.kind === "managed") {
      if (shippedOne === undefined)
        throw new RequestFailure("invalid", `${policy.name} is no policy of ours`, "give it the kind `custom`");
      const refused = refusedEdit(policy, shippedOne);
      if (refused !== undefined) throw new RequestFailure("invalid", refused, "duplicate it, and change the copy");
      return;
    }
    if (shippedOne !== undefined)
      throw new RequestFailure("conflict", `${policy.name} is a policy of ours`, "take another name");
    if (policy.kind === "managed-ruleset" && ours(policy.of ?? "") === undefined)
      throw new RequestFailure("invalid", "`of` must name a policy of ours", "GET /api/v1/policies lists them");
  }
}

async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof VersionConflict)) throw error;
    throw new RequestFailure("conflict", error.message, `read it again: version ${error.version} stands now`);
  }
}
