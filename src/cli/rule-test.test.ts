import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRuleTest } from "./rule-test.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tiercel-rule-test-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function written(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.join("\n"));
  return path;
}

function read(path: string) {
  const answer = readRuleTest(path);
  if (!answer.ok) throw new Error(answer.mistakes.map((mistake) => mistake.message).join("; "));
  return answer.file;
}

const mistakes = (path: string) => {
  const answer = readRuleTest(path);
  return answer.ok ? [] : answer.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`);
};

const jsonOf = (path: string) =>
  read(path).tests.map((one) => one.events.map((event) => (event.kind === "inline" ? JSON.parse(event.json) : event)));

test("an inline event gets what every event has, and keeps what it says itself", () => {
  written("x.yaml");
  const path = written("x.test.yaml", "tests:", "- name: a", "  event: {verb: get, stage: Panic}", "  expect: []");
  expect(jsonOf(path)).toEqual([
    [
      {
        kind: "Event",
        apiVersion: "audit.k8s.io/v1",
        level: "RequestResponse",
        auditID: "5e9a1f0e-0000-4000-8000-000000000000",
        stage: "Panic",
        verb: "get",
        requestReceivedTimestamp: "2024-05-06T07:08:09.000000Z",
        stageTimestamp: "2024-05-06T07:08:09.123456Z",
      },
    ],
  ]);
});

test("a base event is changed by dots and pointers, null takes away, and another base may start from it", () => {
  written("x.yaml");
  written("pack.events.yaml", "pods:", "  verb: get", "  user: {username: alice}", "  annotations: {a.b/c: yes}");
  const path = written(
    "x.test.yaml",
    "base:",
    "  bob: {base: pods, change: {user.username: bob, stage: null}}",
    "tests:",
    "- name: a",
    "  events:",
    "  - bob",
    "  - {base: bob, change: {/annotations/a.b~1c: no, spec.containers.0.image: x, level: null, nothing.here: null}}",
    "  expect: []",
  );
  const event = {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: "5e9a1f0e-0000-4000-8000-000000000000",
    verb: "get",
    user: { username: "bob" },
    annotations: { "a.b/c": "yes" },
    requestReceivedTimestamp: "2024-05-06T07:08:09.000000Z",
    stageTimestamp: "2024-05-06T07:08:09.123456Z",
  };
  const { level: _, ...rest } = event;
  expect(jsonOf(path)).toEqual([
    [event, { ...rest, annotations: { "a.b/c": "no" }, spec: { containers: [{ image: "x" }] } }],
  ]);
});

test("expectations are for all events together or one by one, by name or in detail", () => {
  const path = written(
    "x.test.yaml",
    "rules: [a.yaml, ../b.yaml]",
    "enable: [K8s *]",
    "matching: first",
    "tests:",
    "- name: together",
    "  event: {verb: get}",
    "  expect: [A, {rule: B, priority: INFO, output_contains: x, fields: {ka.verb: get}, tags: [t]}]",
    "- name: one by one",
    "  events: [{verb: get}, {file: more.json, change: {verb: list}}]",
    "  matching: all",
    "  falco_compat: true",
    "  expect: [[A], []]",
  );
  expect(read(path)).toEqual({
    path,
    rules: [join(folder, "a.yaml"), join(folder, "../b.yaml")],
    enable: ["K8s *"],
    tests: [
      {
        name: "together",
        line: 5,
        events: [{ kind: "inline", json: expect.any(String) }],
        perEvent: false,
        matching: "first",
        falcoCompat: false,
        expect: [
          [
            { rule: "A", outputContains: [], fields: {} },
            { rule: "B", priority: "Informational", outputContains: ["x"], fields: { "ka.verb": "get" }, tags: ["t"] },
          ],
        ],
      },
      {
        name: "one by one",
        line: 8,
        events: [
          { kind: "inline", json: expect.any(String) },
          { kind: "file", path: join(folder, "more.json"), change: { verb: "list" } },
        ],
        perEvent: true,
        matching: "all",
        falcoCompat: true,
        expect: [[{ rule: "A", outputContains: [], fields: {} }], []],
      },
    ],
  });
});

test("all mistakes of a file are told at once, each at its place", () => {
  written("x.yaml");
  const path = written(
    "x.test.yaml",
    "tets: []",
    "tests:",
    "- name: a",
    "  event: nobody",
    "  expects: []",
    "- event: {verb: get}",
    "  expect: [{rule: A, priority: LOUD}]",
  );
  expect(mistakes(path)).toEqual([
    "1:1: no key `tets` is known here; there are `tests`, `rules`, `base`, `base_files`, `enable`, `matching`, `falco_compat`",
    "5:3: no key `expects` is known here; there are `name`, `event`, `events`, `expect`, `matching`, `falco_compat`",
    "4:10: no base event is called `nobody`; there are none",
    "3:3: `expect` is missing",
    "6:3: `name` is missing",
    "7:32: `LOUD` is no priority; there are Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug",
  ]);
});

test("broken YAML, a change that leads nowhere and a base that starts from itself are mistakes, not crashes", () => {
  written("x.yaml");
  expect(mistakes(written("x.test.yaml", "tests: [", ""))).toEqual([
    expect.stringMatching(/^2:1: Flow sequence in block collection/),
  ]);
  expect(
    mistakes(
      written(
        "x.test.yaml",
        "base: {a: {base: b}, b: {base: a}}",
        "tests:",
        "- {name: a, event: a, expect: []}",
        "- {name: b, event: {base: c, change: {}}, expect: []}",
        "- {name: c, event: {base: a, change: {verb.x: 1}}, expect: []}",
      ),
    ),
  ).toEqual([
    "1:25: the base event `a` is made from itself",
    "4:20: no base event is called `c`; there are `a`, `b`",
    "1:25: the base event `a` is made from itself",
  ]);
});
