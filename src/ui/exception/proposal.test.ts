import { expect, test } from "vitest";
import { beginning, outlook, written } from "./proposal.ts";

const pack = `
- rule: Pod Created
  desc: d
  condition: ka.verb = create and ka.target.resource = pods
  output: pod %ka.target.name by %ka.user.name
  priority: NOTICE
  source: k8s_audit
`;
const files = [{ name: "pack.yaml", own: false, text: pack, etag: "1" }];
const event = (username: string) => ({
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseComplete", auditID: "1" },
  ...{ stageTimestamp: "2026-01-01T00:00:00.000000Z", verb: "create", user: { username } },
  objectRef: { resource: "pods", namespace: "payments", name: "api" },
});

test("an exception from an event begins with who and where, in a file of one's own", () => {
  const begun = beginning(files, "Pod Created", event("alice"));
  expect(begun?.file).toBe("exceptions.yaml");
  expect(begun?.candidates.filter(({ suggested }) => suggested).map(({ field }) => field)).toEqual([
    "ka.user.name",
    "ka.target.namespace",
  ]);
  expect(beginning(files, "Gone", event("alice"))).toBe(undefined);
});

test("what is written takes the event away from the rule, and only what it goes by", () => {
  const fields = [{ field: "ka.user.name", comp: "=", value: "alice" }];
  const { text } = written(files, { rule: "Pod Created", name: "", fields, file: "exceptions.yaml" });
  expect(text).toBe(
    [
      "- rule: Pod Created",
      "  exceptions:",
      "    - name: user_name",
      "      fields: [ka.user.name]",
      "      comps: [=]",
      "      values:",
      "        - [alice]",
      "  override:",
      "    exceptions: append",
      "",
    ].join("\n"),
  );
  const file = { name: "exceptions.yaml", text };
  expect(outlook(files, file, "Pod Created", event("alice"))).toEqual({ matches: false, errors: [] });
  expect(outlook(files, file, "Pod Created", event("bob"))).toEqual({ matches: true, errors: [] });
});

test("errors that the file would newly have are told", () => {
  const file = {
    name: "exceptions.yaml",
    text: "- rule: Pod Created\n  condition: ka.usr.name = x\n  override: {condition: replace}\n",
  };
  expect(outlook(files, file, "Pod Created", event("alice")).errors.map(({ code }) => code)).toEqual(["unknown-field"]);
});
