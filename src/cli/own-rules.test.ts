import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Backtest } from "../api/backtests/schema.ts";
import type { RuleFiles } from "../api/rule-files/schema.ts";
import type { Rules } from "../api/rules/schema.ts";
import { decode } from "../domain/decode.ts";
import { ruleWorld } from "../engine/audit-world.ts";
import { exceptionYaml } from "../engine/exception-yaml.ts";
import { load } from "../engine/index.ts";
import { exceptionCandidates } from "../engine/propose-exception.ts";
import { type Running, startServer } from "./serve.kit.ts";

let dir: string;
const servers: Running[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-own-rules-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.signal("SIGKILL");
    await server.ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

async function started(args: readonly string[] = []): Promise<Running> {
  const server = await startServer(dir, args);
  servers.push(server);
  return server;
}

async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  return vi
    .waitUntil(
      async () => {
        const answer = await ask();
        return holds(answer) ? { answer } : false;
      },
      { timeout: 60_000, interval: 50 },
    )
    .then(({ answer }) => answer);
}

const lines = (...all: readonly string[]): string => [...all, ""].join("\n");

const event = (n: number, verb: string, user: string, namespace = "shop", resource = "widgets") =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Metadata",
    auditID: `00000000-0000-4000-8000-0000000000${String(n).padStart(2, "0")}`,
    stage: "ResponseComplete",
    requestURI: `/apis/example.com/v1/namespaces/${namespace}/${resource}/w${n}?token=very-secret-value`,
    verb,
    user: { username: user, groups: ["system:authenticated"] },
    sourceIPs: ["192.0.2.1"],
    userAgent: "kubectl/v1.31.0",
    objectRef: { resource, namespace, name: `w${n}`, apiGroup: "example.com", apiVersion: "v1" },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `2026-03-01T12:00:${String(n).padStart(2, "0")}.000001Z`,
    stageTimestamp: `2026-03-01T12:00:${String(n).padStart(2, "0")}.000002Z`,
  });

const rule = (condition: string) =>
  lines(
    "# Widgets are mine.",
    "- rule: Widget Removed",
    "  desc: Somebody deletes a widget.",
    `  condition: ${condition}`,
    "  output: widget gone (user=%ka.user.name uri=%ka.uri)",
    "  priority: WARNING",
    "  source: k8s_audit",
    "  tags: [widgets]",
  );
const deleted = rule("ka.verb = delete and ka.target.resource = widgets");

const save = (server: Running, name: string, text: string, match: Record<string, string> = { "if-none-match": "*" }) =>
  server.send("PUT", `/api/v1/rule-files/${name}`, { text }, match);

async function backtested(server: Running, wish: object): Promise<Backtest> {
  const started = await server.send("POST", "/api/v1/backtests", { days: 1, ...wish });
  expect(started).toMatchObject({ status: 202, body: { id: expect.any(String) } });
  const { id } = started.body as { id: string };
  return eventually(
    async () => (await server.get(`/api/v1/backtests/${id}`)).body as Backtest,
    ({ state }) => state !== "running",
  );
}

async function taken(server: Running, ...events: readonly string[]) {
  for (const one of events) expect(await server.post(one)).toMatchObject({ status: 200 });
}

const activities = async (server: Running) =>
  ((await server.get("/api/v1/activities")).body as { items: readonly unknown[] }).items.length;

describe("a rule of the user's own", () => {
  test("is tried on what has been, saved, and fires from then on", async () => {
    const server = await started();
    await taken(server, event(1, "delete", "alice"), event(2, "delete", "bob", "prod"), event(3, "get", "alice"));
    const tried = await backtested(server, { files: [{ name: "mine.yaml", text: deleted }] });
    expect(tried).toMatchObject({
      state: "done",
      progress: 1,
      events: 3,
      compared: 1,
      rules: [
        {
          rule: "Widget Removed",
          before: 0,
          after: 2,
          added: 2,
          removed: 0,
          topUsers: [
            { value: "alice", count: 1 },
            { value: "bob", count: 1 },
          ],
          topNamespaces: [
            { value: "prod", count: 1 },
            { value: "shop", count: 1 },
          ],
          samples: {
            added: [
              { user: "bob", namespace: "prod", resource: "widgets", name: "w2", priority: "Warning" },
              { user: "alice", namespace: "shop", event: { verb: "delete" }, time: "2026-03-01T12:00:01.000002Z" },
            ],
            removed: [],
            kept: [],
          },
        },
      ],
    });
    expect(JSON.stringify(tried)).not.toContain("very-secret-value");

    const saved = await save(server, "mine.yaml", deleted);
    expect(saved).toMatchObject({
      status: 200,
      body: { name: "mine.yaml", own: true, text: deleted, diagnostics: [] },
    });
    expect(saved.etag).toBe(`"${(saved.body as { etag: string }).etag}"`);
    await taken(server, event(4, "delete", "carol"));
    const [found] = await eventually(
      async () =>
        ((await server.get("/api/v1/detections?rule=Widget%20Removed")).body as { items: readonly object[] }).items,
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject({ rule: "Widget Removed", user: "carol", tags: ["widgets"] });
  });

  test("is kept in a private folder, shown with where it stands, and loaded again after a restart", async () => {
    const first = await started();
    await save(first, "mine.yaml", deleted);
    const folder = join(dir, "rules");
    expect((statSync(folder).mode & 0o777).toString(8)).toBe("700");
    expect((statSync(join(folder, "mine.yaml")).mode & 0o777).toString(8)).toBe("600");
    expect(readdirSync(folder)).toEqual(["mine.yaml"]);
    first.signal("SIGTERM");
    await first.ended;
    const second = await started();
    const { items } = (await second.get("/api/v1/rules")).body as Rules;
    expect(items.find(({ name }) => name === "Widget Removed")).toEqual({
      name: "Widget Removed",
      description: "Somebody deletes a widget.",
      priority: "Warning",
      source: "k8s_audit",
      tags: ["widgets"],
      enabled: true,
      file: "mine.yaml",
      line: 2,
      own: true,
      changedIn: [],
      condition: "ka.verb = delete and ka.target.resource = widgets",
      output: "widget gone (user=%ka.user.name uri=%ka.uri)",
      exceptions: [],
      policies: expect.any(Array),
    });
    const files = ((await second.get("/api/v1/rule-files")).body as RuleFiles).items;
    expect(files.at(-1)).toMatchObject({ name: "mine.yaml", own: true, text: deleted });
    expect(files.filter(({ own }) => own).length).toBe(1);
  });

  test("is loaded again when its file is changed by hand", async () => {
    const server = await started();
    writeFileSync(join(dir, "rules", "by-hand.yaml"), deleted);
    await eventually(
      async () => ((await server.get("/api/v1/rules")).body as Rules).items.some(({ file }) => file === "by-hand.yaml"),
      Boolean,
    );
  });
});

describe("a file is refused", () => {
  test("with its mistakes, each at its place, and nothing is changed", async () => {
    const server = await started();
    const broken = rule("ka.vreb = delete");
    const { status, body } = await save(server, "mine.yaml", broken);
    const from = broken.indexOf("ka.vreb");
    expect({ status, body }).toEqual({
      status: 400,
      body: {
        error: {
          code: "invalid",
          message: "no field is called `ka.vreb`",
          help: "did you mean `ka.verb`?",
          diagnostics: [
            {
              severity: "error",
              code: "unknown-field",
              message: "no field is called `ka.vreb`",
              help: "did you mean `ka.verb`?",
              file: "mine.yaml",
              line: 4,
              column: 14,
              from,
              to: from + 7,
            },
          ],
        },
      },
    });
    expect(readdirSync(join(dir, "rules"))).toEqual([]);
    const refused = await server.send("POST", "/api/v1/backtests", {
      days: 1,
      files: [{ name: "mine.yaml", text: broken }],
    });
    expect(refused).toMatchObject({ status: 400, body: { error: { diagnostics: [{ code: "unknown-field" }] } } });
  });

  test("by somebody who has not seen what stands there now", async () => {
    const server = await started();
    const { etag } = await save(server, "mine.yaml", deleted);
    const changed = rule("ka.verb = deletecollection");
    const second = await save(server, "mine.yaml", changed, { "if-match": etag ?? "" });
    expect(second.status).toBe(200);
    expect(await save(server, "mine.yaml", deleted, { "if-match": etag ?? "" })).toMatchObject({
      status: 409,
      body: {
        error: {
          code: "conflict",
          message: "somebody has changed mine.yaml meanwhile",
          etag: (second.body as { etag: string }).etag,
        },
      },
    });
    expect(await save(server, "mine.yaml", deleted)).toMatchObject({ status: 409 });
    expect(await save(server, "mine.yaml", deleted, {})).toMatchObject({ status: 400 });
    expect(readFileSync(join(dir, "rules", "mine.yaml"), "utf8")).toBe(changed);
    expect(
      await server.send("DELETE", "/api/v1/rule-files/mine.yaml", undefined, { "if-match": second.etag ?? "" }),
    ).toMatchObject({ status: 204 });
    expect(readdirSync(join(dir, "rules"))).toEqual([]);
  });

  test("under a name that is none, or somebody else's", async () => {
    const server = await started();
    for (const name of ["..%2Fevil.yaml", "..yaml", "x.txt", "Big.yaml", "mine.test.yaml", ".yaml"])
      expect(await save(server, name, deleted)).toMatchObject({
        status: expect.toSatisfy((s) => s === 400 || s === 404),
      });
    const pack = ((await server.get("/api/v1/rule-files")).body as RuleFiles).items[0];
    expect(await save(server, encodeURIComponent(pack?.name ?? ""), "- list: x\n  items: []\n")).toMatchObject({
      status: 400,
      body: { error: { message: `${pack?.name} is no file of your own` } },
    });
    expect(readdirSync(join(dir, "rules"))).toEqual([]);
  });
});

test("an exception made from an event is tried, saved, and the event no longer detected while others are", async () => {
  const server = await started();
  await save(server, "mine.yaml", deleted);
  await taken(server, event(1, "delete", "alice"), event(2, "delete", "bob"), event(3, "delete", "alice", "prod"));
  await eventually(
    () => activities(server),
    (count) => count === 3,
  );
  const files = ((await server.get("/api/v1/rule-files")).body as RuleFiles).items;
  const loaded = load(files, ruleWorld());
  const widgets = loaded.ruleSet.rules.find(({ name }) => name === "Widget Removed");
  const [part] = [...decode(new TextEncoder().encode(event(1, "delete", "alice")))];
  if (widgets === undefined || part?.kind !== "event") throw new Error("the rule or the event is missing");
  const chosen = exceptionCandidates(widgets, part.event).filter(({ suggested }) => suggested);
  const { text, warnings } = exceptionYaml({
    rule: widgets,
    fields: chosen.map(({ field, comp, proposed }) => ({ field, comp, value: proposed })),
    into: { name: "widgets.yaml", text: "" },
  });
  expect(warnings).toEqual([]);
  const preview = await backtested(server, { files: [{ name: "widgets.yaml", text }], rules: ["Widget Removed"] });
  expect(preview.rules).toMatchObject([
    {
      before: 3,
      after: 2,
      added: 0,
      removed: 1,
      samples: { removed: [{ user: "alice", namespace: "shop" }], kept: [{ namespace: "prod" }, { user: "bob" }] },
    },
  ]);
  expect(await save(server, "widgets.yaml", text)).toMatchObject({ status: 200 });
  await taken(server, event(4, "delete", "alice"), event(5, "delete", "dave"));
  await eventually(
    () => activities(server),
    (count) => count === 5,
  );
  const { items } = (await server.get("/api/v1/detections?rule=Widget%20Removed")).body as {
    items: readonly { readonly name: string }[];
  };
  expect(items.map(({ name }) => name)).toEqual(["w5", "w3", "w2", "w1"]);
});

test("back-tests name a rule that is none, and those unknown are not found", async () => {
  const server = await started();
  expect(
    await server.send("POST", "/api/v1/backtests", { days: 1, files: [], rules: ["Attach/Exec Pot"] }),
  ).toMatchObject({
    status: 400,
    body: { error: { message: "no rule is called `Attach/Exec Pot`", help: "did you mean `Attach/Exec Pod`?" } },
  });
  expect(await server.get("/api/v1/backtests/x")).toMatchObject({ status: 404 });
});
