/** Every recorded payload there is, put to both engines. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { goldens, root } from "../../fields/testing/goldens.kit.ts";
import { compare, pack, pairs } from "./compare.kit.ts";

const official = join(root, "falco/rules/k8s_audit_rules.yaml");
const rules = [
  ...pairs(pack),
  ...(existsSync(official) ? pairs([{ name: "official.yaml", text: readFileSync(official, "utf8") }]) : []),
];

const files = existsSync(root)
  ? readdirSync(root, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(jsonl?|log|ndjson)$/.test(name))
      .sort()
  : [];
if (files.length === 0) test.skip("recorded payloads: none found, so none was put to both engines");

let scanned = 0;

test.each(files)("%s, as a whole and line by line", (name) => {
  const body = readFileSync(join(root, name));
  scanned += compare(body, rules).scanned;
  for (const line of body.toString("latin1").split("\n")) {
    if (line === "") continue;
    scanned += compare(Buffer.from(line, "latin1"), rules).scanned;
  }
});

const questions = goldens().flatMap(([file, all]) => all.map(({ payload }) => [file, payload] as const));
test.skipIf(questions.length === 0)("the payload of every golden answer, alone and in a list", () => {
  for (const [, payload] of questions) {
    scanned += compare(new TextEncoder().encode(payload), rules).scanned;
    const list = `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${payload}]}`;
    scanned += compare(new TextEncoder().encode(list), rules).scanned;
  }
});

test.skipIf(files.length === 0)("the fast engine took part", () => {
  expect(scanned).toBeGreaterThan(1000);
});
