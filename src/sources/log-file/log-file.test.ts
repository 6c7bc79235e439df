import { appendFile, copyFile, mkdir, mkdtemp, open, rename, rm, truncate, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Source } from "../../domain/source.ts";
import { type KitWorld, kitWorld, sourceRunner } from "../world.kit.ts";
import { logFileConfig } from "./config.ts";
import { logFile } from "./index.ts";

let folder: string;
let log: string;
const runner = sourceRunner();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tiercel-log-"));
  log = join(folder, "audit.log");
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** Longer than a fingerprint is not needed: a line tells itself from any other. */
const line = (nth: number) => `{"kind":"Event","auditID":"a-${nth}","pad":"${"x".repeat(nth % 7)}"}\n`;
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index)).join("");

/** A process: what it kept, and what lives on when it dies. */
class World {
  readonly #world: KitWorld;

  constructor(remembered?: Map<string, string>) {
    this.#world = kitWorld("log-file", remembered);
  }

  async open(options: object = {}): Promise<Source> {
    const config = logFileConfig.parse({ type: "log-file", path: log, poll_interval_secs: 0.01, ...options });
    return runner.start(logFile.open(config, this.#world));
  }

  get disk() {
    return this.#world.disk;
  }

  get memory() {
    return this.#world.remembered;
  }

  get warnings() {
    return this.#world.said;
  }

  get text(): string {
    return this.#world.kept.map(({ text }) => text).join("");
  }

  async reaches(text: string): Promise<void> {
    await expect.poll(() => this.text, { timeout: 5000, interval: 10 }).toBe(text);
  }
}

describe("a log that grows", () => {
  test("whole lines alone are handed over, half a line when it is whole", async () => {
    const world = new World();
    await writeFile(log, line(0) + line(1).slice(0, 20));
    await world.open();
    await world.reaches(line(0));
    await wait(50);
    await appendFile(log, line(1).slice(20));
    await world.reaches(lines(0, 2));
  });

  test("a file that is not there yet is awaited, and health says so", async () => {
    const world = new World();
    const source = await world.open();
    await expect.poll(() => source.health().why).toContain("waiting for");
    await writeFile(log, line(0));
    await world.reaches(line(0));
    await expect.poll(() => source.health().state).toBe("running");
  });

  test("begin: end leaves out what is there already", async () => {
    const world = new World();
    await writeFile(log, lines(0, 5));
    const source = await world.open({ begin: "end" });
    await expect.poll(() => world.memory.size).toBe(1);
    await appendFile(log, line(5));
    await world.reaches(line(5));
    expect(source.health().lastBatchAt).not.toBeNull();
  });

  test("a batch that is refused comes again, and nothing behind it is passed over", async () => {
    const world = new World();
    world.disk.refusals = 1;
    await writeFile(log, lines(0, 50));
    const source = await world.open({ batch_bytes: 1024 });
    await expect.poll(() => source.health().state).toBe("failing");
    await world.reaches(lines(0, 50));
    expect(source.health().state).toBe("running");
  });

  test("while a batch is refused health goes on saying so", async () => {
    const world = new World();
    world.disk.refusals = Number.POSITIVE_INFINITY;
    await writeFile(log, line(0));
    const source = await world.open();
    await expect.poll(() => source.health().state).toBe("failing");
    const seen = new Set<string>();
    // Meanwhile the source looks for logs, each second.
    for (let look = 0; look < 60; look++) {
      seen.add(source.health().state);
      await wait(40);
    }
    expect([...seen]).toEqual(["failing"]);
  });

  test("of a line beyond the bound its beginning is kept, and the next lines come", async () => {
    const world = new World();
    await writeFile(log, `${"y".repeat(5000)}\n${lines(0, 3)}`);
    await world.open({ batch_bytes: 1024, max_line_bytes: 2000 });
    await world.reaches(`${"y".repeat(2000)}\n${lines(0, 3)}`);
  });
});

describe("rotation", () => {
  test("by rename, while lines come", async () => {
    const world = new World();
    await writeFile(log, lines(0, 10));
    await world.open();
    // What was renamed before it was first opened is none of its business.
    await world.reaches(lines(0, 10));
    for (let round = 1; round < 6; round++) {
      await appendFile(log, lines(round * 20 - 10, round * 20));
      await rename(log, join(folder, `audit-2026-05-0${round}T00-00-00.000.log`));
      await writeFile(log, lines(round * 20, round * 20 + 10));
      if (round % 2 === 0) await wait(40);
    }
    await world.reaches(lines(0, 110));
    expect(world.warnings).toEqual([]);
  });

  test("by rename, while the writer has the old file open for a while", async () => {
    const world = new World();
    await writeFile(log, lines(0, 10));
    await world.open();
    await world.reaches(lines(0, 10));
    const writer = await open(log, "a");
    await rename(log, join(folder, "audit-2026-05-01T00-00-00.000.log"));
    for (let nth = 10; nth < 40; nth++) {
      await writer.appendFile(line(nth));
      await wait(2);
    }
    await writer.close();
    await writeFile(log, lines(40, 50));
    await world.reaches(lines(0, 50));
  });

  test("by copy and truncate, with lines that were copied unread", async () => {
    const world = new World();
    await writeFile(log, lines(0, 40));
    const source = await world.open();
    await world.reaches(lines(0, 40));
    await runner.stop(source);
    await appendFile(log, lines(40, 50));
    await copyFile(log, `${log}.1`);
    await truncate(log);
    await appendFile(log, lines(50, 52));
    await world.open();
    await world.reaches(lines(0, 52));
    expect(world.warnings).toEqual([]);
  });

  test("a log that was cut without a copy begins anew, and says what may be lost", async () => {
    const world = new World();
    await writeFile(log, lines(0, 40));
    await world.open();
    await world.reaches(lines(0, 40));
    await writeFile(log, lines(40, 43));
    await world.reaches(lines(0, 43));
    expect(world.warnings.join()).toContain("may be lost");
  });

  test("after a restart: renamed, compressed, and rotated again", async () => {
    const world = new World();
    await writeFile(log, lines(0, 40));
    const source = await world.open();
    await world.reaches(lines(0, 40));
    await runner.stop(source);
    const zip = join(folder, "audit-2026-05-01T00-00-00.000.log.gz");
    await writeFile(zip, gzipSync(lines(0, 60)));
    await unlink(log);
    await writeFile(join(folder, "audit-2026-05-02T00-00-00.000.log"), lines(60, 80));
    await writeFile(log, lines(80, 90));
    await world.open({ batch_bytes: 1024 });
    await world.reaches(lines(0, 90));
    expect(world.warnings).toEqual([]);
  });

  test("begin: backups reads what was rotated before", async () => {
    const world = new World();
    await writeFile(join(folder, "audit-2026-05-01T00-00-00.000.log.gz"), gzipSync(lines(0, 20)));
    await writeFile(join(folder, "audit-2026-05-02T00-00-00.000.log"), lines(20, 30));
    await writeFile(log, lines(30, 40));
    await world.open({ begin: "backups" });
    await world.reaches(lines(0, 40));
  });

  test("a compressed backup that is broken off costs its own rest, and that is told once", async () => {
    const world = new World();
    const whole = gzipSync(lines(0, 2000));
    const broken = join(folder, "audit-2026-05-01T00-00-00.000.log.gz");
    await writeFile(broken, whole.subarray(0, whole.length / 2));
    await writeFile(join(folder, "audit-2026-05-02T00-00-00.000.log"), lines(2000, 2010));
    const source = await world.open({ begin: "backups", batch_bytes: 1024 });
    await expect.poll(() => world.text, { timeout: 5000 }).toContain(lines(2000, 2010));
    await wait(100);
    await writeFile(log, lines(2010, 2020));
    await expect.poll(() => world.text, { timeout: 5000 }).toContain(lines(2000, 2020));
    expect(world.text.startsWith(lines(0, 100))).toBe(true);
    expect(world.warnings).toEqual([expect.stringContaining(`${broken} is no whole gzip file`)]);
    expect(source.health().state).toBe("running");
    await runner.stop(source);
    const reborn = new World(world.memory);
    await reborn.open({ begin: "backups" });
    await appendFile(log, line(2020));
    await reborn.reaches(line(2020));
  });
});

describe("a process that dies", () => {
  test("wherever it dies, no line is lost, and at most the last batch comes again", async () => {
    await writeFile(log, lines(0, 300));
    for (let batches = 1; batches < 12; batches++) {
      const world = new World();
      world.disk.dies = batches;
      const dying = await world.open({ batch_bytes: 1024 });
      await expect.poll(() => world.disk.dies).toBeLessThan(0);
      const reborn = new World(world.memory);
      await runner.stop(dying);
      const reading = await reborn.open({ batch_bytes: 1024 });
      await expect.poll(() => reborn.text.endsWith(line(299))).toBe(true);
      const all = world.text + reborn.text;
      const seen = [...new Set(all.split("\n"))].filter(Boolean);
      expect(seen).toEqual(lines(0, 300).split("\n").filter(Boolean));
      expect(all.length - lines(0, 300).length).toBeLessThan(2048);
      await runner.stop(reading);
    }
  });
});

test("a folder: each log in it, backups of each, and logs that come later", async () => {
  const world = new World();
  log = join(folder, "logs");
  await mkdir(log);
  await writeFile(join(log, "kube.log"), line(1));
  await writeFile(join(log, "kube-2026-05-01T00-00-00.000.log"), line(0));
  await writeFile(join(log, "notes.txt"), "no log\n");
  await world.open();
  await world.reaches(line(1));
  await writeFile(join(log, "oauth.log"), line(2));
  await world.reaches(line(1) + line(2));
});

test("a file that may not be read fails with its reason, and the source goes on trying", async () => {
  const world = new World();
  await mkdir(join(folder, "audit.log.d"));
  log = join(folder, "audit.log.d", "a.log", "b.log");
  await writeFile(join(folder, "audit.log.d", "a.log"), "a file where a folder should be\n");
  const source = await world.open();
  await expect.poll(() => source.health().state).toBe("failing");
  expect(source.health().why).toContain("b.log");
});
