import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { priorities } from "../domain/detection.ts";
import {
  decider,
  effectivePolicies,
  fingerprintText,
  otherRules,
  type Policy,
  refusedEdit,
  storedOf,
} from "./index.ts";
import { Policy as PolicySchema } from "./schema.ts";
import { scopeText, type Where } from "./scope.ts";

const policy = (parts: Partial<Policy> & { readonly name: string }): Policy =>
  PolicySchema.parse({ severity: 4, kind: "managed", ...parts });
const rules = (...names: readonly string[]) => names.map((name) => ({ name, enabled: true }));
const rest = policy({ name: otherRules, severity: null });
const here: Where = { cluster: "prod", namespace: "shop", user: "alice", groups: ["dev"] };
const ours = (name: string) => ({ name, priority: "Warning", isOurs: true }) as const;
const theirs = (name: string) => ({ ...ours(name), isOurs: false });

describe("which policies count a match", () => {
  const exec = policy({ name: "Exec", severity: 3, rules: rules("Attach/Exec Pod") });
  const off = policy({ name: "Off", enabled: false, rules: rules("K8s ConfigMap Created") });

  test("an enabled one that names the rule, the gravest first", () => {
    const graver = policy({ name: "Graver", kind: "custom", severity: 1, rules: rules("Attach/Exec Pod") });
    expect(decider([exec, graver, rest])(ours("Attach/Exec Pod"), here, 0)).toEqual({
      ...{ policy: "Graver", policies: ["Graver", "Exec"], severity: 1, muted: false },
    });
  });

  test("a rule that no policy names falls under all other rules, by its priority", () => {
    const decide = decider([exec, rest]);
    for (const [at, priority] of priorities.entries())
      expect(decide({ name: "Mine", priority, isOurs: false }, here, 0)).toEqual({
        ...{ policy: otherRules, policies: [otherRules], severity: at, muted: false },
      });
  });

  test("a policy of ours that is off holds back rules of ours, and nobody else's of the same name", () => {
    const decide = decider([off, rest]);
    expect(decide(ours("K8s ConfigMap Created"), here, 0)).toBeUndefined();
    expect(decide(theirs("K8s ConfigMap Created"), here, 0)?.policy).toBe(otherRules);
    const on = decider([{ ...off, enabled: true }, rest]);
    expect(on(theirs("K8s ConfigMap Created"), here, 0)?.policy).toBe("Off");
  });

  test("nor does a copy of it that is off: it names what we chose, not what the user wrote", () => {
    const copy = { ...off, name: "Copy", kind: "managed-ruleset" as const, of: "Off" };
    const decide = decider([off, copy, rest]);
    expect(decide(ours("K8s ConfigMap Created"), here, 0)).toBeUndefined();
    expect(decide(theirs("K8s ConfigMap Created"), here, 0)?.policy).toBe(otherRules);
  });

  test("a policy of the user's own has the last word on what it names, on or off", () => {
    const own = policy({ name: "Own", kind: "custom", enabled: false, rules: rules("Mine") });
    expect(decider([own, rest])(theirs("Mine"), here, 0)).toBeUndefined();
  });

  test("a rule switched off in its policy is not counted by it", () => {
    const switched = { ...exec, rules: [{ name: "Attach/Exec Pod", enabled: false }] };
    expect(decider([switched, rest])(ours("Attach/Exec Pod"), here, 0)).toBeUndefined();
    expect(decider([{ ...rest, rules: [{ name: "Mine", enabled: false }] }])(theirs("Mine"), here, 0)).toBeUndefined();
  });

  test("out of scope is not counted, and not caught by all other rules either", () => {
    const scoped = policy({ ...exec, scope: [{ field: "namespace", operator: "equals", values: ["payments"] }] });
    const decide = decider([scoped, rest]);
    expect(decide(ours("Attach/Exec Pod"), here, 0)).toBeUndefined();
    expect(decide(ours("Attach/Exec Pod"), { ...here, namespace: "payments" }, 0)?.policy).toBe("Exec");
  });

  test("what is muted is counted and marked, until its time is over; an unmuted policy speaks for it", () => {
    const muted = { ...exec, muted: { until: "2026-03-01T00:00:00Z", by: "alice", reason: "move" } };
    const at = (time: string) => decider([muted, rest])(ours("Attach/Exec Pod"), here, Date.parse(time));
    expect([at("2026-02-28T00:00:00Z")?.muted, at("2026-03-01T00:00:00Z")?.muted]).toEqual([true, false]);
    const other = policy({ name: "Other", severity: 6, rules: rules("Attach/Exec Pod") });
    expect(decider([muted, other, rest])(ours("Attach/Exec Pod"), here, 0)).toMatchObject({
      ...{ policy: "Other", policies: ["Other", "Exec"], severity: 6, muted: false },
    });
  });
});

describe("a scope", () => {
  const holds = (scope: Policy["scope"], where: Partial<Where> = {}) =>
    decider([policy({ name: "P", kind: "custom", rules: rules("R"), scope })])(
      theirs("R"),
      { ...here, ...where },
      0,
    ) !== undefined;

  test.each([
    ["user", "equals", ["alice"], true],
    ["user", "not_equals", ["alice"], false],
    ["namespace", "in", ["a", "shop"], true],
    ["namespace", "not_in", ["a", "shop"], false],
    ["cluster", "starts_with", ["pr"], true],
    ["cluster", "not_starts_with", ["st", "pr"], false],
    ["group", "in", ["ops", "dev"], true],
    ["group", "not_equals", ["dev"], false],
  ] as const)("%s %s %j: %s", (field, operator, values, expected) => {
    expect(holds([{ field, operator, values: [...values] }])).toBe(expected);
  });

  test("what is not there equals nothing, and all clauses must hold", () => {
    expect(holds([{ field: "namespace", operator: "equals", values: ["shop"] }], { namespace: null })).toBe(false);
    expect(holds([{ field: "namespace", operator: "not_equals", values: ["shop"] }], { namespace: null })).toBe(true);
    const both: Policy["scope"] = [
      { field: "user", operator: "equals", values: ["alice"] },
      { field: "cluster", operator: "equals", values: ["stage"] },
    ];
    expect(holds(both)).toBe(false);
    expect(scopeText(both)).toBe("user is alice and cluster is stage");
    expect(scopeText([])).toBe("everywhere");
  });
});

describe("policies as kept", () => {
  const shipped = policy({ name: "Ours", description: "d", severity: 2, rules: rules("A", "B") });

  test("of ours what was changed is kept, and the rest comes with the next version", () => {
    const edited = { ...shipped, enabled: false, rules: [{ name: "A", enabled: false }, ...rules("B")] };
    const kept = storedOf(edited, "managed", shipped);
    expect(kept).toEqual({ kind: "managed", enabled: false, switches: { A: false } });
    const next = { ...shipped, severity: 1 as const, rules: rules("A", "B", "C") };
    expect(effectivePolicies([next], new Map([["Ours", kept]]))).toEqual([
      { ...next, enabled: false, rules: [{ name: "A", enabled: false }, ...rules("B", "C")] },
    ]);
  });

  test("a copy keeps receiving rules, with its own switches", () => {
    const copy = { ...shipped, name: "Copy", kind: "managed-ruleset" as const, of: "Ours", severity: 7 as const };
    const kept = storedOf({ ...copy, rules: [{ name: "A", enabled: false }, ...rules("B")] }, copy.kind, shipped);
    const next = { ...shipped, rules: rules("A", "B", "C") };
    const [, found] = effectivePolicies([next], new Map([["Copy", kept]]));
    expect(found).toEqual({ ...copy, rules: [{ name: "A", enabled: false }, ...rules("B", "C")] });
  });

  test("whatever may be changed of ours comes back as it was changed", () => {
    const changes = fc.record({
      enabled: fc.boolean(),
      channels: fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 2 }),
      a: fc.boolean(),
      b: fc.boolean(),
    });
    fc.assert(
      fc.property(changes, ({ enabled, channels, a, b }) => {
        const switches = [
          { name: "A", enabled: a },
          { name: "B", enabled: b },
        ];
        const edited = { ...shipped, enabled, channels, rules: switches };
        expect(refusedEdit(edited, shipped)).toBeUndefined();
        const stored = new Map([["Ours", storedOf(edited, "managed", shipped)]]);
        expect(effectivePolicies([shipped], stored)).toEqual([edited]);
      }),
    );
  });

  test("ours keep their name, severity and rules", () => {
    expect(refusedEdit({ ...shipped, severity: 0 }, shipped)).toBe("a policy of ours keeps its severity");
    expect(refusedEdit({ ...shipped, rules: rules("A", "B", "X") }, shipped)).toBe("rule `X` is none of this policy's");
    expect(refusedEdit({ ...shipped, rules: rules("A") }, shipped)).toBe(
      "a rule of ours is switched off, not taken out",
    );
  });
});

test("pods that controllers made of one template are one target, others are not", () => {
  const of = (name: string) =>
    fingerprintText({ cluster: "c", rule: "r", user: "u", namespace: "n", resource: "pods", name });
  expect(of("api-7c9f8d6b5-x2x4z")).toBe(of("api-6b54d8f7c-bq9wl"));
  expect(of("backup-28712345-xk2lp")).toBe(of("backup-28712346-9vbzq"));
  expect(of("web-0")).not.toBe(of("web-1"));
  expect(of("node-exporter")).not.toBe(of("node-problem"));
  expect(of("node-exporter-x2x4z")).toBe(of("node-exporter-9vbzq"));
  expect(of("node-exporter-x2x4z")).not.toBe(of("node-problem-x2x4z"));
  expect(of("api-7c9f8d6b5-x2x4z")).not.toBe(of("ledger-7c9f8d6b5-x2x4z"));
});
