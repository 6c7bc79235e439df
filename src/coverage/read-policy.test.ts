import { expect, test } from "vitest";
import { drawn } from "../text/diagnostic.ts";
import { readPolicy } from "./read-policy.ts";

const told = (text: string) => {
  const read = readPolicy({ name: "p.yaml", text });
  return (read.ok ? read.warnings : read.problems).map(drawn).join("\n");
};
const withRules = (rules: string) => `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${rules}`;
const codes = (text: string) => {
  const read = readPolicy({ name: "p.yaml", text });
  return [read.ok, ...(read.ok ? read.warnings : read.problems).map(({ code }) => code)];
};

test("a group with its version is pointed at, and its name without offered", () => {
  expect(told(withRules("- level: Request\n  resources:\n  - group: rbac.authorization.k8s.io/v1\n"))).toBe(
    [
      "p.yaml:6:12: `rbac.authorization.k8s.io/v1` is no API group [invalid-group]",
      "6 |   - group: rbac.authorization.k8s.io/v1",
      "               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^",
      "help: leave the version out: `rbac.authorization.k8s.io`",
    ].join("\n"),
  );
});

test("what an API server passes over is a warning, and the policy is read without it", () => {
  expect(told(withRules("- level: Metadata\n  omitStage: [Panic]\n"))).toBe(
    [
      "p.yaml:5:3: a rule has no `omitStage`: an API server passes over it [unknown-field]",
      "5 |   omitStage: [Panic]",
      "      ^^^^^^^^^",
      "help: did you mean `omitStages`?",
    ].join("\n"),
  );
  expect(codes(withRules("- level: None\n  level: Metadata\n"))).toEqual([true, "same-key-twice"]);
});

test.for([
  ["", "invalid-value"],
  ["[1", "invalid-yaml"],
  ["kind: Policy\napiVersion: audit.k8s.io/v2\nrules: [{level: None}]", "invalid-value"],
  ["kind: Policy\nrules: [{level: None}]", "missing-field"],
  [withRules("").replace("rules:", "rules: []"), "no-rules"],
  [withRules("- users: [a]"), "missing-field"],
  [withRules("- level: metadata"), "invalid-value"],
  [withRules("- {level: None, omitStages: [Done]}"), "invalid-value"],
  [withRules("- {level: None, verbs: [1]}"), "invalid-value"],
  [withRules("- {level: None, verbs: get}"), "invalid-value"],
  // YAML 1.1, as API servers read it: `yes`, `on` and `1_000` are no texts.
  [withRules("- {level: None, users: [yes]}"), "invalid-value"],
  [withRules("- {level: None, users: [on]}"), "invalid-value"],
  [withRules("- {level: None, users: [1_000]}"), "invalid-value"],
  [withRules("- {level: None, users: [0o17]}"), "invalid-value"],
  [withRules(`- {level: None, resources: [{group: ${"a".repeat(254)}}]}`), "invalid-group"],
  [withRules("- {level: None, omitManagedFields: 'yes'}"), "invalid-value"],
  [withRules("- {level: None, nonResourceURLs: [healthz]}"), "invalid-url"],
  [withRules("- {level: None, nonResourceURLs: ['/a*/b']}"), "invalid-url"],
  [withRules("- {level: None, nonResourceURLs: [/a], namespaces: [b]}"), "mixed-rule"],
  [withRules("- {level: None, nonResourceURLs: [/a], resources: [{group: ''}]}"), "mixed-rule"],
  [withRules("- {level: None, resources: [{group: '', resourceNames: [b]}]}"), "names-without-resources"],
] as const)("refused as an API server refuses it: %s", ([text, code]) => {
  expect(codes(text)).toEqual([false, code]);
});

test("what an API server takes of YAML, we take: merged maps, the first document, nothing for an empty text", () => {
  const read = readPolicy({
    name: "p",
    text: withRules("- &one {level: Request, users: [a]}\n- {<<: *one, users: [2001-12-14, 1:20, ~]}\n---\nkind: X\n"),
  });
  if (!read.ok) throw new Error(read.problems.map(drawn).join("\n"));
  expect(read.warnings.map(({ code }) => code)).toEqual(["empty-text", "second-document"]);
  expect(read.policy.rules.map(({ level, users }) => [level, users.map(({ text }) => text)])).toEqual([
    ["Request", ["a"]],
    ["Request", ["2001-12-14", "1:20", ""]],
  ]);
  expect(codes(withRules("- {level: None, omitManagedFields: yes}"))).toEqual([true]);
  expect(codes(withRules("- level: None").replace("kind: Policy\n", ""))).toEqual([true, "missing-kind"]);
});

test("a policy of an older version, with all its members, is read; aliases too", () => {
  const read = readPolicy({
    name: "p",
    text: `apiVersion: audit.k8s.io/v1beta1
kind: Policy
metadata: {name: ours}
omitStages: [RequestReceived]
omitManagedFields: true
rules:
- level: Request
  users: &who [a, "b"]
  resources: [{group: "", resources: [pods], resourceNames: [x]}]
  omitManagedFields: false
- {level: None, users: *who, nonResourceURLs: ["/healthz*", "*"]}
`,
  });
  if (!read.ok) throw new Error(read.problems.map(drawn).join("\n"));
  expect(read.warnings).toEqual([]);
  expect(read.policy.omitManagedFields).toBe(true);
  expect(
    read.policy.rules.map(({ level, users, omitManagedFields }) => [level, users.length, omitManagedFields]),
  ).toEqual([
    ["Request", 2, false],
    ["None", 2, undefined],
  ]);
});
