/**
 * A log that is written, rotated and compressed while its server is killed twice: every line is in the journal, and in the
 * index once. `TIERCEL_LINES=1000000` makes it the million of reference 04 §9.
 */
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { openIndex } from "../stores/index/index.ts";
import { openFileJournal } from "../stores/journal/index.ts";
import { type Running, startServer } from "./serve.kit.ts";

const many = Number(process.env.TIERCEL_LINES ?? 20_000);
const rotations = 8;
const chunk = 500;

let dir: string;
let server: Running | undefined;
afterEach(async () => {
  server?.signal("SIGKILL");
  await server?.ended;
  rmSync(dir, { recursive: true, force: true });
});

/** As API servers choose them: one of another shape would be a detection. */
const auditID = (nth: number) => `7c1e5a60-0000-4000-8000-${String(nth).padStart(12, "0")}`;
const moment = (nth: number) => new Date(1_772_323_200_000 + nth).toISOString();
const line = (nth: number) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${auditID(nth)}","stage":"ResponseComplete",` +
  `"requestURI":"/api/v1/namespaces/shop/configmaps/c-${nth}","verb":"get","user":{"username":"alice"},` +
  `"sourceIPs":["10.0.0.1"],"objectRef":{"resource":"configmaps","namespace":"shop","name":"c-${nth}","apiVersion":"v1"},` +
  `"responseStatus":{"code":200},"requestReceivedTimestamp":"${moment(nth)}","stageTimestamp":"${moment(nth)}"}\n`;
/** What an API server that crashed left of a line; the next one writes right behind it. */
const half = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Meta';

/** Writes as API servers do: whole lines, renamed before they grow too long, compressed in the background. */
async function written(log: string): Promise<void> {
  const each = many / rotations;
  for (let from = 0; from < many; from += chunk) {
    if (from > 0 && Math.floor(from / each) > Math.floor((from - chunk) / each)) {
      const stamp = `2026-03-01T00-00-${String(Math.floor(from / each)).padStart(2, "0")}.000`;
      const backup = log.replace(/\.log$/, `-${stamp}.log`);
      renameSync(log, backup);
      writeFileSync(log, half);
      if (Math.floor(from / each) % 2 === 0) {
        writeFileSync(`${backup}.gz`, gzipSync(readFileSync(backup), { level: 1 }));
        unlinkSync(backup);
      }
    }
    let text = "";
    for (let nth = from; nth < Math.min(many, from + chunk); nth++) text += line(nth);
    appendFileSync(log, text);
    await wait(1);
  }
}

test(
  `${many} lines, ${rotations - 1} rotations, two kills: each line is kept, and counts once`,
  async () => {
    dir = mkdtempSync(join(tmpdir(), "tiercel-log-kills-"));
    const log = join(dir, "logs-audit.log");
    const config = join(dir, "tiercel.yaml");
    writeFileSync(
      config,
      `sources: [{ type: log-file, path: ${log}, poll_interval_secs: 0.05, batch_bytes: 65536 }]\n`,
    );
    const start = async () => {
      server = await startServer(dir, ["-c", config]);
      return server;
    };
    const metric = async (name: string) => {
      const text = await (await fetch(`${server?.api}/metrics`)).text();
      return Number(new RegExp(`^${name}(?:{[^}]*})? (\\S+)$`, "m").exec(text)?.[1] ?? 0);
    };
    const patience = { timeout: 120_000 + 5 * many, interval: 50 };

    await start();
    const writing = written(log);
    for (const share of [0.25, 0.25]) {
      await expect
        .poll(() => metric("tiercel_ingest_bytes_total"), patience)
        .toBeGreaterThan(share * many * line(many).length);
      server?.signal("SIGKILL");
      await server?.ended;
      await start();
    }
    await writing;
    const size = async () => [await metric("tiercel_journal_position"), await metric("tiercel_index_position")];
    let before: readonly number[] = [];
    // Till nothing has moved for a while, and the index has all.
    await expect
      .poll(
        async () => {
          const now = await size();
          const settled = now.join() === before.join() && now[0] === now[1];
          before = now;
          return settled;
        },
        { ...patience, interval: 2000 },
      )
      .toBe(true);
    server?.signal("SIGTERM");
    await server?.ended;
    server = undefined;

    const journal = await openFileJournal({ dir });
    const seen = new Uint8Array(many);
    let doubles = 0;
    for (let at = 0; at < journal.last; ) {
      const entries = await journal.read(at, 4 << 20);
      for (const { body, position } of entries) {
        at = position;
        for (const [, id] of Buffer.from(body)
          .toString()
          .matchAll(/"auditID":"7c1e5a60-0000-4000-8000-(\d+)"/g)) {
          if (seen[Number(id)] === 1) doubles++;
          seen[Number(id)] = 1;
        }
      }
    }
    await journal.close();
    const index = await openIndex({ dir: join(dir, "index") });
    const counts = await index.counts();
    await index.close();
    expect(seen.every((one) => one === 1)).toBe(true);
    // What was in hand when it was killed may be in the journal twice, as another batch; the index knows it.
    expect(doubles).toBeLessThan((2 * 65_536) / line(0).length + 2);
    expect(counts).toMatchObject({ activities: many, quarantined: rotations - 1 });
    expect(readdirSync(dir).filter((name) => name.endsWith(".gz"))).toHaveLength(3);
  },
  600_000 + 10 * many,
);
