/** Killed at any moment, under load, many times: nothing acknowledged is lost, nothing is doubled, everything opens. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import type { Activity } from "../domain/activity.ts";
import type { Page } from "../domain/asked.ts";
import { follow, openStores } from "./kill-child.kit.ts";

const rounds = 22;
const senders = 6;
const child = fileURLToPath(new URL("./kill-child.kit.ts", import.meta.url));

let dir: string | undefined;
let running: ChildProcess | undefined;
afterEach(() => {
  running?.kill("SIGKILL");
  if (dir) rmSync(dir, { recursive: true, force: true });
});

/** A batch as an API server would send it: three requests, one of them deleting, each with its own Audit-ID. */
function batch(nth: number): string {
  const items = ["get", "delete", "create"].map((verb, at) => ({
    level: "Request",
    auditID: `${nth}-${at}`,
    stage: "ResponseComplete",
    requestURI: `/api/v1/namespaces/shop/configmaps/c${nth}`,
    verb,
    user: { username: "alice", groups: ["system:authenticated"] },
    sourceIPs: ["10.0.0.1"],
    objectRef: { resource: "configmaps", namespace: "shop", name: `c${nth}`, apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 200 },
    requestObject: { data: { filler: "x".repeat((nth * 7919) % 20_000) } },
    requestReceivedTimestamp: new Date(1_770_000_000_000 + nth * 1000 + at).toISOString(),
    stageTimestamp: new Date(1_770_000_000_000 + nth * 1000 + at + 5).toISOString(),
  }));
  return JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items });
}

async function startChild(dataDir: string): Promise<string> {
  const started = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", child, dataDir], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  running = started;
  let said = "";
  started.stderr.setEncoding("utf8").on("data", (text) => {
    said += text;
  });
  const lines = createInterface({ input: started.stdout });
  const first = once(lines, "line").then(([line]) => String(line));
  const address = await Promise.race([first, once(started, "exit").then(() => undefined)]);
  if (address === undefined) throw new Error(`the server does not open any more: ${said}`);
  return address;
}

/** True when it was acknowledged. */
function post(address: string, agent: Agent, body: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const request = httpRequest(`${address}/k8s_audit/berlin`, { method: "POST", agent }, (response) => {
    response.resume();
    response.on("end", () => resolve(response.statusCode === 200));
    response.on("error", () => resolve(false));
  });
  request.on("error", () => resolve(false));
  request.end(body);
  return promise;
}

test(`killed ${rounds} times under load, it keeps each acknowledged batch once and judges it once`, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "kill-"));
  dir = dataDir;
  let made = 0;
  const owed: number[] = [];
  const acknowledged = new Set<number>();
  const moment = random(20_260_301);

  for (let round = 0; round <= rounds; round++) {
    const address = await startChild(dataDir);
    const agent = new Agent({ keepAlive: true });
    // The last round sends what is still owed and is killed too.
    const last = round === rounds;
    let alive = true;
    const sender = async () => {
      while (alive) {
        const nth = owed.shift() ?? (last ? undefined : made++);
        if (nth === undefined) return;
        if (await post(address, agent, batch(nth))) acknowledged.add(nth);
        else owed.push(nth);
      }
    };
    const sending = Promise.all(Array.from({ length: senders }, sender));
    if (last) await sending;
    else await setTimeout(30 + moment() * 300);
    running?.kill("SIGKILL");
    await once(running!, "exit");
    alive = false;
    await sending;
    agent.destroy();
  }
  expect(owed).toEqual([]);
  expect(acknowledged.size).toBe(made);
  expect(made).toBeGreaterThan(rounds);

  const { journal, index } = await openStores(dataDir);
  const following = follow(journal, index);
  while ((await index.position()) < journal.last) await setTimeout(20);
  await following.stop();

  const kept: string[] = [];
  for (let after = 0; after < journal.last; ) {
    const entries = await journal.read(after, 4 << 20);
    for (const { body } of entries) kept.push(Buffer.from(body).toString());
    after = entries.at(-1)!.position;
  }
  const sent = Array.from({ length: made }, (_, nth) => batch(nth));
  expect(kept.length).toBe(made);
  expect(kept.sort()).toEqual(sent.sort());
  expect((await journal.verify()).faults).toEqual([]);

  const told = new Map<string, number>();
  for (let cursor: string | undefined; ; ) {
    const page: Page<Activity> = await index.activities({ limit: 1000, ...(cursor !== undefined && { cursor }) });
    for (const { auditID, detections } of page.items)
      told.set(`${auditID} ${detections}`, (told.get(`${auditID} ${detections}`) ?? 0) + 1);
    if (page.next === null) break;
    cursor = page.next;
  }
  const once3 = Array.from({ length: made }, (_, nth) => [`${nth}-0 0`, `${nth}-1 1`, `${nth}-2 0`]).flat();
  expect([...told.keys()].sort()).toEqual(once3.sort());
  expect([...told.values()].every((times) => times === 1)).toBe(true);
  expect(await index.counts()).toEqual({ activities: 3 * made, detections: made, quarantined: 0 });
  await journal.close();
  await index.close();
}, 120_000);

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
