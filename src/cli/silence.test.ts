import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Running, startServer } from "./serve.kit.ts";

let dir: string;
let server: Running | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-silence-"));
});
afterEach(async () => {
  server?.signal("SIGKILL");
  await server?.ended;
  rmSync(dir, { recursive: true, force: true });
});

interface Told {
  readonly rule: string;
  readonly policy: string;
  readonly output: string;
  readonly cluster: string;
}

const patience = { timeout: 60_000, interval: 100 };

async function told(): Promise<readonly Told[]> {
  const { body } = (await server?.get("/api/v1/detections")) ?? {};
  return (body as { items: readonly Told[] }).items;
}
const rules = async () => (await told()).map(({ rule }) => rule);

test("who falls silent is a detection, once over kill and restart; and that it is back is told", async () => {
  const env = { TIERCEL_HEALTH__SILENT_AFTER_SECS: "1" };
  server = await startServer(dir, [], env);
  expect((await server.post('{"kind":"EventList","items":[]}', "/k8s_audit/oslo")).status).toBe(200);
  await expect.poll(rules, patience).toEqual(["Audit Source Silent"]);
  const [silent] = await told();
  expect(silent).toMatchObject({ cluster: "oslo", policy: "Tiercel's own findings" });
  expect(silent?.output).toMatch(
    /^webhook has brought no events of oslo for \d+ s \(cluster=oslo source=webhook since=/,
  );
  const { body } = await server.get("/api/v1/sources");
  expect(body).toMatchObject({ items: [{ name: "webhook", state: "silent" }] });

  server.signal("SIGKILL");
  await server.ended;
  server = await startServer(dir, [], env);
  await server.post('{"kind":"EventList", "items":[]}', "/k8s_audit/oslo");
  await expect
    .poll(rules, patience)
    .toEqual(expect.arrayContaining(["Audit Source Silent", "Audit Source Sends Again"]));
  await expect.poll(async () => (await rules()).length, patience).toBe(3);
  expect((await rules()).sort()).toEqual(["Audit Source Sends Again", "Audit Source Silent", "Audit Source Silent"]);
});
