import { expect, test } from "vitest";
import { pack } from "../language/pack.kit.ts";
import { checker } from "./checking.ts";

const rule = (condition: string) =>
  `- rule: By Eve\n  desc: d\n  condition: ${condition}\n  output: seen %ka.user.name\n  priority: INFO\n  source: k8s_audit\n`;
const event = {
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseComplete", auditID: "1" },
  ...{ stageTimestamp: "2026-01-01T00:00:00.000000Z", verb: "create", user: { username: "eve" } },
  objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "web" },
};

test("edited files are loaded beside the pack, and mistakes have their place and remedy", () => {
  const text = rule("ka.usr.name = eve");
  const checked = checker(() => 0).check([...pack, { name: "own.yaml", text }]);
  const from = text.indexOf("ka.usr.name");
  expect(checked.mistakes).toEqual([
    {
      ...{ file: "own.yaml", from, to: from + 11, line: 3, severity: "error", code: "unknown-field" },
      ...{ message: "no field is called `ka.usr.name`", help: "did you mean `ka.user.name`?" },
    },
  ]);
});

test("pasted events are judged by the edited rules, and what did not match is explained too", () => {
  const checks = checker(() => 0);
  checks.check([{ name: "own.yaml", text: rule("ka.user.name = eve and ka.verb = delete") }]);
  const title = "create pods/exec shop/web by eve (ResponseComplete)";
  expect(checks.judge(`${JSON.stringify(event)}\n{"kind":"Pod"}`)).toEqual([
    { title, time: event.stageTimestamp, matches: [] },
    { title: '{"kind":"Pod"}', rejected: "not an audit event: its kind is `Pod`", matches: [] },
  ]);
  expect(checks.explain(0, "By Eve")).toMatchObject({
    kind: "and",
    holds: false,
    children: [{ holds: true }, { holds: false, text: "ka.verb = delete" }],
  });
  expect(checks.explain(1, "By Eve")).toBeUndefined();
  checks.check([{ name: "own.yaml", text: rule("ka.user.name = eve") }]);
  expect(checks.judge(JSON.stringify({ kind: "EventList", items: [event] }))).toEqual([
    {
      title,
      time: event.stageTimestamp,
      matches: [{ rule: "By Eve", priority: "Informational", message: "seen eve" }],
    },
  ]);
});
