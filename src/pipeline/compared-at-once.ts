/** The compared rules, former and edited ones, asked at once over whole bodies by the fast engine. */
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import type { Entry } from "../domain/store.ts";
import { auditCatalogue, auditSource } from "../engine/audit-world.ts";
import type { LoadedRule } from "../engine/contract.ts";
import { fastRuleSet } from "../engine/fast/index.ts";
import { matchOf } from "../engine/ruleset.ts";
import type { About } from "../fields/field.ts";
import type { ComparedRule } from "./backtest-rules.ts";

/** An event that some of the rules matched; by the number of the rule, whether it did before and whether it does now. */
export interface Found {
  readonly part: Decoded & { readonly kind: "event" };
  readonly about: About;
  readonly fates: ReadonlyMap<number, { readonly was: boolean; readonly is: boolean }>;
}

export interface AtOnce {
  /** How many events the entry holds, and those found. Throws what a rule's test throws. */
  judge(
    entry: Entry,
    about: (event: AuditEvent) => About,
  ): { readonly events: number; readonly found: readonly Found[] };
}

export function comparedAtOnce(compared: readonly ComparedRule[]): AtOnce {
  const sides = new Map<
    LoadedRule<AuditEvent>,
    { readonly nth: number; readonly was: boolean; readonly is: boolean }
  >();
  for (const [nth, { before, after, same }] of compared.entries()) {
    if (same && before) sides.set(before, { nth, was: true, is: true });
    else {
      if (before) sides.set(before, { nth, was: true, is: false });
      if (after) sides.set(after, { nth, was: false, is: true });
    }
  }
  const rules = [...sides.keys()];
  const plain = {
    rules,
    judge: (event: AuditEvent, about: About) =>
      rules.filter((rule) => rule.enabled && rule.test(event, about)).map((rule) => matchOf(rule, event, about)),
  };
  const catalogue = auditCatalogue(false);
  const dialect = { falcoCompat: false };
  const fast = fastRuleSet(plain, { catalogue, dialect, matching: "all", source: auditSource });
  return {
    judge({ body, receivedAt }, about) {
      const found: Found[] = [];
      const events = fast.judgeBody(body, { about, receivedAt }, (part, matches, known) => {
        if (part.kind !== "event" || known === undefined) return;
        const fates = new Map<number, { was: boolean; is: boolean }>();
        for (const { rule } of matches) {
          const side = sides.get(rule);
          if (side === undefined) continue;
          const { was, is } = fates.get(side.nth) ?? { was: false, is: false };
          fates.set(side.nth, { was: was || side.was, is: is || side.is });
        }
        found.push({ part, about: known, fates });
      });
      return { events, found };
    },
  };
}
