import { expect, test } from "vitest";
import { ruleNames, whyOf } from "./engine.ts";
import { verdictOf } from "./verdict.ts";

const text = `
- macro: by_eve
  condition: ka.user.name = eve
- rule: Watched
  desc: what Eve creates
  condition: by_eve and ka.verb = create
  output: seen %ka.user.name
  priority: INFO
  source: k8s_audit
`;
const files = [{ name: "own.yaml", text }];
const event = (username: string) => ({
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseComplete", auditID: "1" },
  ...{ stageTimestamp: "2026-01-01T00:00:00.000000Z", verb: "create", user: { username } },
});
const said = (rule: string, of: unknown) =>
  verdictOf(whyOf(files, rule, of), { asked: rule, fired: "Watched", event: of }).words;

test("a rule that matches is explained part by part, with what it says and where it stands", () => {
  expect(whyOf(files, "Watched", event("eve"))).toEqual({
    rule: "Watched",
    file: "own.yaml",
    line: 4,
    enabled: true,
    says: "seen eve",
    tree: {
      kind: "and",
      holds: true,
      children: [
        {
          kind: "check",
          holds: true,
          macro: "by_eve",
          text: "ka.user.name = eve",
          values: [{ field: "ka.user.name", value: "eve", shown: "eve" }],
        },
        {
          kind: "check",
          holds: true,
          text: "ka.verb = create",
          values: [{ field: "ka.verb", value: "create", shown: "create" }],
        },
      ],
    },
  });
  expect(said("Watched", event("eve"))).toEqual(["It matches: this is why."]);
});

test("where the rule no longer matches, is gone, or the event is none, that is said plainly", () => {
  expect(said("Watched", event("bob"))).toEqual([
    "By the rules as they are now this event no longer matches: they changed since it came in.",
  ]);
  expect(said("Other", event("bob"))).toEqual(["No rule that is loaded is called “Other”."]);
  expect(said("Watched", null)[0]).toMatch(/^The event cannot be explained: /);
  expect(said("Watched", event("redacted:abc")).at(-1)).toBe("Or a check reads a secret, which is redacted here.");
});

test("the names of the rules come sorted", () => {
  expect(ruleNames(files)).toEqual(["Watched"]);
});
