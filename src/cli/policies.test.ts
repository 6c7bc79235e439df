import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ruleWorld } from "../engine/audit-world.ts";
import { load } from "../engine/index.ts";
import { configMap, shell } from "../ui/testing/events.kit.ts";
import { readPolicies, readShippedPolicies } from "./policy-files.ts";
import { readRuleFiles } from "./rule-files.ts";
import { type Running, startServer, tiercel } from "./serve.kit.ts";

test("every rule of the pack is named by a policy of ours, and every rule a policy names is there", () => {
  const names = load(readRuleFiles([]), ruleWorld()).ruleSet.rules.map(({ name }) => name);
  const named = readShippedPolicies().flatMap(({ rules }) => rules.map(({ name }) => name));
  expect(names.filter((name) => !named.includes(name))).toEqual([]);
  const about = ["Audit Source Silent", "Audit Source Sends Again", "Audit Events Missed"];
  const own = ["Audit Event Not Readable", "Audit ID Collision", ...about];
  expect(named.filter((name) => !names.includes(name))).toEqual(own);
});

test("the policies that Sysdig's users know are there, and as they know them", () => {
  const known = new Map(readShippedPolicies().map((policy) => [policy.name, policy]));
  const of = (name: string) => [known.get(name)?.enabled, known.get(name)?.severity];
  expect(of("Suspicious K8s Activity")).toEqual([true, 4]);
  expect(of("All K8s Object Modifications")).toEqual([false, 6]);
  expect(of("All other rules")).toEqual([true, null]);
});

test("a file's mistakes are told at their place, with a remedy, all at once", () => {
  const text = [
    "policies:",
    "- name: Mine",
    "  severity: 9",
    "  enabeld: true",
    "  scope:",
    "  - { field: namspace, operator: equals, values: [a] }",
    "- name: Mine",
    "  severity: 3",
  ].join("\n");
  const read = readPolicies({ name: "p.yaml", text });
  expect(read.ok).toBe(false);
  const told = read.ok
    ? []
    : read.problems.map(({ message, help, place }) => [text.slice(place?.from, place?.to), message, help]);
  expect(told).toEqual(
    expect.arrayContaining([
      ["enabeld", "no option is called `enabeld`", "did you mean `enabled`?"],
      ["namspace", expect.stringContaining("`field` must be one of"), "did you mean `namespace`?"],
    ]),
  );
});

describe("policies of a running server", () => {
  const dir = mkdtempSync(join(tmpdir(), "tiercel-policies-"));
  let server: Running;
  beforeAll(async () => {
    server = await startServer(dir);
  });
  afterAll(async () => {
    server.signal("SIGTERM");
    await server.ended;
    rmSync(dir, { recursive: true });
  });
  const cli = (...args: readonly string[]) =>
    tiercel(["policies", ...args, "--server", server.api, "--data", dir], { cwd: dir });
  const settled = async (rule: string, count: number) => {
    for (let waited = 0; waited < 10_000; waited += 100) {
      const { body } = await server.get(`/api/v1/detections?rule=${encodeURIComponent(rule)}`);
      const { items } = body as { items: { policy: string; severity: number; muted: boolean; event?: unknown }[] };
      if (items.length >= count) return items;
      await pause(100);
    }
    return [];
  };

  test("what nobody counts is a fact of the activity, until its policy is switched on", async () => {
    await server.post(JSON.stringify(configMap("one")));
    await server.post(JSON.stringify(shell({})));
    const [exec] = await settled("Attach/Exec Pod", 1);
    expect(exec).toMatchObject({ policy: "Suspicious K8s Activity", severity: 4, muted: false });
    expect(exec).not.toHaveProperty("event");
    expect(await server.get("/api/v1/detections?rule=K8s%20ConfigMap%20Created")).toMatchObject({
      body: { items: [] },
    });
    const { body } = await server.get("/api/v1/activities?resource=configmaps");
    expect((body as { items: { uncounted: string[] }[] }).items[0]?.uncounted).toContain("K8s ConfigMap Created");

    const file = join(dir, "policies.yaml");
    const { stdout } = await cli("export");
    writeFileSync(file, stdout.replace(/(name: All K8s Object Modifications[\s\S]*?enabled: )false/, "$1true"));
    const diff = await cli("diff", "-f", file);
    expect(diff.code).toBe(1);
    expect(diff.stdout).toContain("-    enabled: false\n+    enabled: true\n");
    expect((await cli("apply", "-f", file)).stdout).toBe("changed All K8s Object Modifications\n");
    expect(await cli("diff", "-f", file)).toMatchObject({ code: 0, stdout: "" });
    expect((await cli("list")).stdout).toMatch(
      /^on {4}6 {2}managed {9}All K8s Object Modifications {2}\(10 of 10 rules, everywhere\)$/m,
    );

    await server.post(JSON.stringify(configMap("two")));
    expect((await settled("K8s ConfigMap Created", 1)).map(({ policy }) => policy)).toEqual([
      "All K8s Object Modifications",
    ]);
    const { body: changes } = await server.get("/api/v1/changes?kind=policy");
    expect((changes as { items: unknown[] }).items).toHaveLength(1);
  });

  test("a policy of one's own is made, is not overwritten by somebody who read it before, and is pruned", async () => {
    const file = join(dir, "own.yaml");
    const own = (severity: number) =>
      `policies:\n- name: Payments\n  severity: ${severity}\n  rules:\n  - name: Attach/Exec Pod\n  scope:\n  - { field: namespace, operator: equals, values: [payments] }\n`;
    writeFileSync(file, own(0));
    expect((await cli("apply", "-f", file, "--dry-run")).stdout).toBe("would be made    Payments\n");
    expect((await cli("apply", "-f", file)).stdout).toBe("made    Payments\n");
    await server.post(JSON.stringify(shell({ user: "bob" })));
    expect((await settled("Attach/Exec Pod", 2))[0]).toMatchObject({ policy: "Payments", severity: 0 });

    const token = (await import("node:fs")).readFileSync(join(dir, "admin-token"), "utf8").trim();
    const stale = await fetch(`${server.api}/api/v1/policies/Payments`, {
      method: "PUT",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "if-match": '"7"' },
      body: JSON.stringify({ name: "Payments", severity: 1 }),
    });
    expect(stale.status).toBe(409);

    writeFileSync(file, "policies: []\n");
    expect((await cli("apply", "-f", file, "--prune")).stdout).toBe("removed Payments\n");
  });

  test("of ours only what may be changed is changed", async () => {
    const file = join(dir, "ours.yaml");
    writeFileSync(file, "policies:\n- name: Suspicious K8s Activity\n  kind: managed\n  severity: 0\n");
    expect(await cli("apply", "-f", file)).toMatchObject({
      code: 2,
      stderr:
        "tiercel: policy `Suspicious K8s Activity`: a policy of ours keeps its severity\nhelp: duplicate it, and change the copy\n",
    });
  });

  test("a file says of ours what it changes, and rules that came since it was written are no difference", async () => {
    const file = join(dir, "lean.yaml");
    const [head, switches] = [
      "policies:\n- name: Attacks on Containers\n  kind: managed\n  severity: 1\n",
      "  rules:\n",
    ];
    writeFileSync(file, head);
    expect(await cli("diff", "-f", file)).toMatchObject({ code: 0, stdout: "" });
    writeFileSync(file, `${head}${switches}  - { name: Exec By Service Account, enabled: false }\n`);
    expect(await cli("apply", "-f", file)).toMatchObject({ code: 0, stdout: "changed Attacks on Containers\n" });
    expect((await cli("list")).stdout).toContain("Attacks on Containers  (6 of 7 rules, everywhere)");
  });

  test("a file of which a part is refused changes nothing, and a dry run says so too", async () => {
    const file = join(dir, "half.yaml");
    writeFileSync(file, "policies:\n- name: Good\n  severity: 1\n- name: Nope\n  kind: managed\n  severity: 1\n");
    const told = { code: 2, stdout: "", stderr: expect.stringContaining("policy `Nope`: is no policy of ours") };
    expect(await cli("apply", "-f", file, "--dry-run")).toMatchObject(told);
    expect(await cli("apply", "-f", file)).toMatchObject(told);
    expect((await server.get("/api/v1/policies/Good")).status).toBe(404);
  });

  test("a policy of one's own is renamed, unless somebody changed it meanwhile", async () => {
    const put = (name: string, body: object, tag: string) =>
      server.send("PUT", `/api/v1/policies/${encodeURIComponent(name)}`, { severity: 3, ...body }, { "if-match": tag });
    const made = await server.send(
      "PUT",
      "/api/v1/policies/Old",
      { name: "Old", severity: 3 },
      { "if-none-match": "*" },
    );
    await put("Old", { name: "Old", description: "d" }, made.etag ?? "");
    expect(await put("Old", { name: "New" }, made.etag ?? "")).toMatchObject({ status: 409 });
    expect(await put("Old", { name: "New" }, '"2"')).toMatchObject({ status: 200, body: { name: "New", version: 1 } });
    expect((await server.get("/api/v1/policies/Old")).status).toBe(404);
  });

  test("who muted a policy is whoever did, whatever is sent", async () => {
    const path = "/api/v1/policies/Quiet";
    const muted = { until: "2036-01-01T00:00:00Z", reason: "we move" };
    const quiet = { name: "Quiet", severity: 3, muted: { ...muted, by: "alice" } };
    expect((await server.send("PUT", path, quiet)).body).toMatchObject({ muted: { ...muted, by: "token admin" } });
  });
});
