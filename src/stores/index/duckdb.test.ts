/** The embedded index: the contract, what a kill leaves, what lies on the disk, and that it gives space back. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterEach, describe, expect, test } from "vitest";
import { jsonTextOf } from "../../domain/json-text.ts";
import { indexContract } from "../index.contract.ts";
import { aDetection, anActivity, judged } from "../index.kit.ts";
import { indexActivitiesContract } from "../index-activities.contract.ts";
import { indexAskingContract } from "../index-asking.contract.ts";
import { indexRequestsContract } from "../index-requests.contract.ts";
import { DamagedIndex, IndexInUse, type IndexOptions, NewerIndex, openIndex } from "./index.ts";
import { migrations } from "./migrations.ts";

const [early, late] = ["2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"];
const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "tiercel-index-"));
  folders.push(made);
  return join(made, "index");
}
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true });
});

const placeOf = (options: Partial<IndexOptions>) => async () => {
  const dir = join(mkdtempSync(join(tmpdir(), "tiercel-index-")), "index");
  return { open: () => openIndex({ dir, ...options }), remove: () => rm(join(dir, ".."), { recursive: true }) };
};
// Blocks of so few rows that most of what is asked for lies in one, and the least memory there is.
const crowded = { block_rows: 16, memory_limit_bytes: 1 };
indexContract("DuckDB", placeOf({}));
indexContract("DuckDB with small blocks", placeOf(crowded));
indexRequestsContract("DuckDB", placeOf({}));
indexRequestsContract("DuckDB with small blocks", placeOf(crowded));
indexAskingContract("DuckDB", placeOf({}));
indexActivitiesContract("DuckDB", placeOf({}));
indexActivitiesContract("DuckDB with small blocks", placeOf(crowded));
indexActivitiesContract("DuckDB with small blocks and room to remember", placeOf({ block_rows: 16 }));

/** Writes without end, and prints each position once it is written. */
function writer(dir: string): string {
  return `
    const { openIndex } = await import(${JSON.stringify(join(import.meta.dirname, "index.ts"))});
    const index = await openIndex({ dir: ${JSON.stringify(dir)} });
    for (let position = await index.position() + 1; ; position++) {
      const activities = Array.from({ length: 50 }, (_, n) => ({
        id: position + "-" + n, time: "2026-03-02T08:00:00Z", lastTime: "2026-03-02T08:00:00Z",
        receivedAt: "2026-03-02T08:00:00Z", events: [], stages: [], cluster: "c", actor: "human", outcome: "done",
        impersonatedUser: null, sourceIPs: [], userAgent: null, code: null, level: null, requestURI: null, user: null, namespace: null,
        verb: null, resource: null, subresource: null, name: null, detections: 0, event: null, place: null, groups: [],
        uncounted: [], auditID: null, apiGroup: null, reason: null, decision: null, dryRun: false, latencyMicros: null,
      }));
      await index.write({ position, activities, detections: [], quarantined: [] });
      process.stdout.write(position + "\\n");
    }`;
}

test("what is read while events come in is what was written", async () => {
  for (let round = 0; round < 20; round++) {
    const index = await openIndex({ dir: folder() });
    let writing = true;
    const reader = (async () => {
      for (; writing; ) {
        const { items } = await index.activities({ limit: 100 });
        expect(items.map(({ user }) => user)).toEqual(items.map(() => anActivity().user));
      }
    })();
    for (let position = 1; position <= 4; position++) {
      await index.write(judged(position, { activities: [anActivity({ id: `activity-${position}` })] }));
    }
    writing = false;
    await reader;
    await index.close();
  }
});

describe("on the disk", () => {
  test("killed at any moment, it opens with whole writes up to the last acknowledged", async () => {
    const dir = folder();
    for (const acknowledgements of [1, 3, 8, 20, 5]) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", writer(dir)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      let told = "";
      child.stdout.on("data", (data) => {
        told += data;
        if (told.split("\n").length > acknowledgements) child.kill("SIGKILL");
      });
      await once(child, "close");
      const index = await openIndex({ dir });
      const position = await index.position();
      expect(position).toBeGreaterThanOrEqual(Number(told.split("\n").at(-2)));
      expect(await index.counts()).toMatchObject({ activities: position * 50 });
      await index.close();
    }
  });

  test("the folder and the file are their owner's alone", async () => {
    const dir = folder();
    const index = await openIndex({ dir });
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, "index.duckdb")).mode & 0o777).toBe(0o600);
    await index.close();
  });

  test("a damaged file is refused with the way out, and `fresh` is that way", async () => {
    const dir = folder();
    const index = await openIndex({ dir });
    await index.write(judged(3, { activities: [anActivity()] }));
    await index.close();
    const file = join(dir, "index.duckdb");
    writeFileSync(file, "this was an index once ".repeat(2000));
    const refused = openIndex({ dir });
    await expect(refused).rejects.toThrow(DamagedIndex);
    await expect(refused).rejects.toThrow(/index\.duckdb is damaged \(.*\): rebuild it with `tiercel journal rejudge`/);
    const anew = await openIndex({ dir, fresh: true });
    expect(await anew.position()).toBe(0);
    await anew.close();
  });

  test("of a version before ours detections stay, and activities are made anew out of the journal", async () => {
    const dir = folder();
    await (await openIndex({ dir })).close();
    await rm(join(dir, "index.duckdb"));
    const instance = await DuckDBInstance.create(join(dir, "index.duckdb"));
    const connection = await instance.connect();
    for (const statement of migrations[0] ?? []) await connection.run(statement);
    const whole = aDetection({ id: "old", priority: "Critical" });
    const { policy: _p, policies: _q, severity: _s, muted: _m, fingerprint: _f, sourceIP: _i, ...detection } = whole;
    const moment = 1_772_438_400_000_000_000n;
    await connection.run(
      "INSERT INTO activities VALUES ('old', $1, $1, 'prod', 'jane', NULL, 'create', 'pods', 'web', '{}', '{}')",
      [moment],
    );
    await connection.run("INSERT INTO detections VALUES ($1, $2, $2, 'prod', $3, $4, 'jane', NULL, NULL, NULL, $5)", [
      ...["old", moment, whole.rule, whole.priority, JSON.stringify(detection)],
    ]);
    await connection.run("UPDATE meta SET version = 1, position = 9");
    connection.closeSync();
    instance.closeSync();
    const index = await openIndex({ dir });
    expect(await index.position()).toBe(0);
    expect(await index.counts()).toEqual({ activities: 0, detections: 1, quarantined: 0 });
    const grave = await index.detections({ severity: ["2"], policy: ["All other rules"], tag: ["k8s"], limit: 10 });
    expect(grave.items.map((item) => [item.id, item.policies])).toEqual([["old", ["All other rules"]]]);
    await index.write(
      judged(1, { activities: [anActivity()], detections: [aDetection({ id: "old", time: whole.time })] }),
    );
    expect(await index.counts()).toEqual({ activities: 1, detections: 1, quarantined: 0 });
    await index.close();
  });

  test("detections of a version before ours keep their events where they are, beside new ones", async () => {
    const dir = folder();
    await (await openIndex({ dir })).close();
    await rm(join(dir, "index.duckdb"));
    const instance = await DuckDBInstance.create(join(dir, "index.duckdb"));
    const connection = await instance.connect();
    for (const step of migrations.slice(0, 4)) for (const statement of step) await connection.run(statement);
    const [old, young] = [aDetection({ id: "old" }), aDetection({ id: "young" })];
    await connection.run(
      "INSERT INTO detections (id, moment, received, severity, doc, event, written) VALUES ('old', $1, $1, '4', $2, '{\"n\":1}', 3)",
      [1_772_438_400_000_000_000n, JSON.stringify(old)],
    );
    await connection.run("UPDATE meta SET version = 4, position = 3");
    connection.closeSync();
    instance.closeSync();
    const index = await openIndex({ dir });
    expect(await index.position()).toBe(3);
    await index.write(judged(4, { detections: [{ ...young, event: { n: 2 } }] }));
    const { items } = await index.detections({ limit: 10 });
    expect(new Set(items)).toEqual(new Set([old, young]));
    const event = async (id: string) => jsonTextOf((await index.detection(id))?.event);
    expect([await event("old"), await event("young")]).toEqual(['{"n":1}', '{"n":2}']);
    await index.close();
  });

  test("each of many detections of one write has its own event, whatever their size, and is let go with its receipt", async () => {
    const index = await openIndex({ dir: folder() });
    const detections = Array.from({ length: 300 }, (_, n) => ({
      ...aDetection({ id: `d${n}`, output: `the ${n}th\nline`, receivedAt: n < 150 ? early : late }),
      event: { n, text: "\n".repeat(n === 70 ? 100_000 : n) },
    }));
    await index.write(judged(1, { detections }));
    for (const n of [0, 63, 64, 70, 71, 299]) {
      const found = await index.detection(`d${n}`);
      expect(found?.output).toBe(detections[n]?.output);
      expect(jsonTextOf(found?.event)).toBe(JSON.stringify(detections[n]?.event));
    }
    expect((await index.detections({ limit: 1000 })).items).toHaveLength(300);
    const { removedRows } = await index.retain({ before: new Date(late) });
    expect(removedRows).toBe(150);
    expect(await index.detection("d149")).toBeUndefined();
    expect((await index.detections({ limit: 1000 })).items).toHaveLength(150);
    expect(jsonTextOf((await index.detection("d150"))?.event)).toBe(JSON.stringify(detections[150]?.event));
    await index.close();
  });

  test("an index of a newer Tiercel is refused by name", async () => {
    const dir = folder();
    await (await openIndex({ dir })).close();
    const file = join(dir, "index.duckdb");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run(`UPDATE meta SET version = ${migrations.length + 1}`);
    connection.closeSync();
    instance.closeSync();
    await expect(openIndex({ dir })).rejects.toThrow(new NewerIndex(file, migrations.length + 1, migrations.length));
  });

  test("an index that another process has open is refused as such", async () => {
    const dir = folder();
    const child = spawn(process.execPath, ["--input-type=module", "-e", writer(dir)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await Promise.race([once(child.stdout, "data"), once(child, "close")]);
    await expect(openIndex({ dir })).rejects.toThrow(IndexInUse);
    child.kill("SIGKILL");
    await once(child, "close");
  });

  test("retention by size gives the space back, oldest receipts first", async () => {
    const dir = folder();
    const [writes, each, options] = [12, 4000, { dir, block_rows: 8000 }] as const;
    const index = await openIndex(options);
    let state = 1;
    const noise = () => {
      state = (state * 48271) % 2147483647;
      return state.toString(16).padStart(8, "0");
    };
    for (let position = 1; position <= writes; position++) {
      const activities = Array.from({ length: each }, (_, n) => {
        const at = new Date(Date.UTC(2026, 2, 2) + (position * each + n) * 1000).toISOString();
        return anActivity({ id: `${noise()}${noise()}${noise()}${noise()}`, time: at, receivedAt: at });
      });
      await index.write(judged(position, { activities }));
    }
    await index.retain({ before: new Date(0), maxBytes: Number.MAX_SAFE_INTEGER });
    await index.close();
    const again = await openIndex(options);
    const full = await again.bytes();
    expect(full).toBeGreaterThan(1_000_000);
    const newest = (await again.activities({ limit: 1 })).items[0]?.id;
    let retaining = true;
    const reads = (async () => {
      let pages = 0;
      for (; retaining; pages++) expect((await again.activities({ limit: 1 })).items[0]?.id).toBe(newest);
      return pages;
    })();
    const { removedRows } = await again.retain({ maxBytes: Math.floor(full / 2) });
    retaining = false;
    expect(await reads).toBeGreaterThan(0);
    expect(await again.bytes()).toBeLessThanOrEqual(full / 2);
    expect(removedRows).toBeGreaterThan(writes * each * 0.3);
    expect((await again.counts()).activities).toBe(writes * each - removedRows);
    expect(removedRows).toBeLessThan(writes * each * 0.95);
    expect((await again.activities({ limit: 1 })).items[0]?.id).toBe(newest);
    await again.close();
  });
});
