import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RequestFailure } from "../api/failure.ts";
import type { Change } from "../domain/documents.ts";
import { silence } from "../domain/signals.ts";
import { liveRules } from "./live-rules.ts";
import { ruleBook } from "./rule-book.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-book-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const rule = (name: string, condition = "ka.verb = delete") =>
  `- {rule: ${name}, desc: d, condition: ${condition}, output: o, priority: INFO, source: k8s_audit}\n`;

function bookHere(record?: (change: Omit<Change, "seq" | "at">) => Promise<void>) {
  const given = join(dir, "given.yaml");
  const folder = join(dir, "rules");
  writeFileSync(given, rule("Given"));
  const changes: Omit<Change, "seq" | "at">[] = [];
  const world = { choice: {}, log: () => {}, signals: silence, now: () => new Date(0) };
  const rules = liveRules({ ...world, paths: [given], ownFolder: folder });
  const keep = async (change: Omit<Change, "seq" | "at">) => void changes.push(change);
  const book = ruleBook({ rules, folder, documents: { record: record ?? keep } });
  const names = () => rules.current().rules.map(({ name }) => name);
  return { book, rules, folder, changes, names };
}

const refusal = async (what: Promise<unknown>) => {
  const error = await what.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestFailure)) throw new Error(`not refused: ${error}`);
  const { code, message, help, details } = error;
  return { code, message, help, details };
};

test("what is saved judges at once, and each change is told with what stood before", async () => {
  const { book, folder, changes, names } = bookHere();
  const first = await book.save("mine.yaml", rule("Mine"), "0", "alice");
  expect(names()).toEqual(["Given", "Mine"]);
  const second = await book.save("mine.yaml", rule("Yours"), first.etag, "bob");
  expect(names()).toEqual(["Given", "Yours"]);
  await book.remove("mine.yaml", second.etag, "carol");
  expect(names()).toEqual(["Given"]);
  expect(changes).toEqual([
    { kind: "rules", id: "mine.yaml", by: "alice", action: "create", before: null, after: rule("Mine") },
    { kind: "rules", id: "mine.yaml", by: "bob", action: "update", before: rule("Mine"), after: rule("Yours") },
    { kind: "rules", id: "mine.yaml", by: "carol", action: "delete", before: rule("Yours"), after: null },
  ]);
  expect(readdirSync(folder)).toEqual([]);
});

test("of two who change the same version one is told that the other was first", async () => {
  const { book, names } = bookHere();
  const { etag } = await book.save("mine.yaml", rule("Mine"), "0", "alice");
  const [one, other] = await Promise.allSettled([
    book.save("mine.yaml", rule("One"), etag, "alice"),
    book.save("mine.yaml", rule("Other"), etag, "bob"),
  ]);
  expect([one.status, other.status]).toEqual(["fulfilled", "rejected"]);
  expect(names()).toEqual(["Given", "One"]);
});

test("what cannot be told in the audit trail is not done", async () => {
  const { book, folder, names } = bookHere(async () => {
    throw new Error("no room");
  });
  await expect(book.save("mine.yaml", rule("Mine"), "0", "alice")).rejects.toThrow("no room");
  expect(names()).toEqual(["Given"]);
  expect(readdirSync(folder)).toEqual([]);
});

test("a change by hand counts as somebody else's", async () => {
  const { book, folder } = bookHere();
  const { etag } = await book.save("mine.yaml", rule("Mine"), "0", "alice");
  writeFileSync(join(folder, "mine.yaml"), rule("By_hand"));
  expect(await refusal(book.save("mine.yaml", rule("Other"), etag, "alice"))).toMatchObject({
    code: "conflict",
    message: "somebody has changed mine.yaml meanwhile",
    help: "look at what stands there now, and try again",
    details: { etag: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
  expect(readFileSync(join(folder, "mine.yaml"), "utf8")).toBe(rule("By_hand"));
});

test("mistakes of other files keep nobody from saving a sound one", async () => {
  const { book, folder, rules, names } = bookHere();
  writeFileSync(join(folder, "broken.yaml"), rule("Broken", "ka.vreb = x"));
  rules.reload();
  const saved = await book.save("mine.yaml", rule("Mine"), "0", "alice");
  expect(saved.diagnostics).toEqual([]);
  expect(names()).toEqual(["Given", "Mine"]);
  expect(rules.report().problems.map(({ file }) => file)).toEqual(["broken.yaml"]);
});

test("what is worth a thought is told with what was taken", async () => {
  const { book } = bookHere();
  const saved = await book.save(
    "mine.yaml",
    `${rule("Mine")}- macro: idle\n  condition: ka.verb = get\n`,
    "0",
    "alice",
  );
  expect(saved.diagnostics).toMatchObject([{ severity: "warning", code: "unused-macro", file: "mine.yaml", line: 2 }]);
});

test("files load in the order of their names, after those given, and a change of a given rule is shown with it", async () => {
  const { book, rules } = bookHere();
  await book.save("b.yaml", rule("B"), "0", "alice");
  await book.save("a.yaml", rule("A"), "0", "alice");
  const change = "- rule: Given\n  condition: and ka.user.name = bob\n  override: {condition: append}\n";
  await book.save("c.yaml", change, "0", "alice");
  expect(book.files().map(({ name, own }) => [name, own])).toEqual([
    [join(dir, "given.yaml"), false],
    ["a.yaml", true],
    ["b.yaml", true],
    ["c.yaml", true],
  ]);
  const given = rules.report((one) => [{ name: `policy of ${one.name}`, enabled: true }]).items[0];
  expect(given).toMatchObject({
    name: "Given",
    own: false,
    changedIn: ["c.yaml"],
    condition: "ka.verb = delete and ka.user.name = bob",
    policies: [{ name: "policy of Given", enabled: true }],
  });
});

test("a file whose rules are appended to by another can go, and that one's mistake is told", async () => {
  const { book, rules } = bookHere();
  const { etag } = await book.save("a.yaml", rule("A"), "0", "alice");
  await book.save("b.yaml", "- rule: A\n  tags: [x]\n  override: {tags: append}\n", "0", "alice");
  await book.remove("a.yaml", etag, "alice");
  expect(rules.report().problems.map(({ file }) => file)).toEqual(["b.yaml"]);
});

test("the last rule is not taken away", async () => {
  const { book, folder, rules } = bookHere();
  const { etag } = await book.save("mine.yaml", rule("Mine"), "0", "alice");
  writeFileSync(join(dir, "given.yaml"), "- list: empty\n  items: []\n");
  rules.reload();
  expect(await refusal(book.remove("mine.yaml", etag, "alice"))).toMatchObject({
    code: "invalid",
    message: "no rule would be left to judge by",
  });
  expect(readdirSync(folder)).toEqual(["mine.yaml"]);
});
