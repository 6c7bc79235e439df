import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decode } from "../../domain/decode.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { logFileConfig } from "./config.ts";
import { logFile } from "./index.ts";
import { Lines } from "./lines.ts";
import { Pieces } from "./pieces.ts";

const time = "2026-11-23T20:14:41.000000000Z";
const klog = 'I1123 20:14:41.000000       1 httplog.go:132] "HTTP" verb="GET"';
const event = (id: string, pad = 10) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"${id}","stage":"ResponseComplete",` +
  `"requestURI":"/api","verb":"get","user":{"username":"ö \\\\n"},"stageTimestamp":"${time}","annotations":{"pad":"${"x".repeat(pad)}"}}`;

/** As the CRI's runtimes write a line (containerd, CRI-O): so many bytes a piece, the last one marked `F`. Bytes as latin1. */
function cri(line: string, stream = "stdout", most = 16 * 1024): string[] {
  const bytes = Buffer.from(line);
  const count = Math.max(1, Math.ceil(bytes.length / most));
  return Array.from({ length: count }, (_, nth) => {
    const piece = bytes.subarray(nth * most, (nth + 1) * most).toString("latin1");
    return `${time} ${stream} ${nth === count - 1 ? "F" : "P"} ${piece}\n`;
  });
}

/** As Docker's json-file driver writes it: the last piece alone ends in a line feed. */
function docker(line: string, stream = "stdout", most = 16 * 1024): string[] {
  const text = `${line}\n`;
  return Array.from({ length: Math.ceil(text.length / most) }, (_, nth) => {
    const log = text.slice(nth * most, (nth + 1) * most);
    return Buffer.from(`${JSON.stringify({ log, stream, time })}\n`).toString("latin1");
  });
}

/** All lines, put through in chunks of this size, to the last byte that may be handed over. */
function joined(text: string, chunk = text.length, most = 1024 ** 2): { ids: string[]; bytes: number; rest: number } {
  const [lines, pieces] = [new Lines(most), new Pieces(most)];
  const bytes = Buffer.from(text, "latin1");
  const out = [];
  for (let at = 0; at < bytes.length; at += chunk)
    for (const whole of lines.push(bytes.subarray(at, at + chunk))) out.push(...pieces.push(whole));
  const ids = out.flatMap(({ body }) => [...decode(body)].map(told).filter((one) => one !== "ignored"));
  return { ids, bytes: out.reduce((sum, one) => sum + one.bytes, 0), rest: pieces.pending + lines.pending };
}

const told = (part: ReturnType<typeof decode> extends Iterable<infer One> ? One : never): string =>
  part.kind === "event" ? (part.event.at("auditID")?.text() ?? "") : part.kind;

describe("lines that a container runtime has split", () => {
  for (const [runtime, written] of Object.entries({ cri, docker })) {
    test(`${runtime}: are one again, whatever they are read in`, () => {
      const text = [event("a"), event("b", 40_000), event("c", 16_000), event("d", 100_000)]
        .flatMap((line) => written(line))
        .join("");
      for (const chunk of [text.length, 16_384, 1000, 7])
        expect(joined(text, chunk)).toEqual({
          ids: ["a", "b", "c", "d"],
          bytes: Buffer.byteLength(text, "latin1"),
          rest: 0,
        });
    });

    test(`${runtime}: each stream has its own`, () => {
      const [a, b, c] = written(event("a", 40_000)) as [string, string, string];
      const other = written(klog.repeat(400), "stderr");
      const text = [a, other[0], b, ...other.slice(1), c, ...written(event("z"))].join("");
      expect(joined(text).ids).toEqual(["a", "z"]);
    });

    test(`${runtime}: nothing from the first piece on is handed over before the last has come`, () => {
      const pieces = written(event("b", 40_000));
      const before = written(event("a")).join("");
      const open = before + pieces.slice(0, -1).join("") + written(klog, "stderr").join("");
      expect(joined(open)).toEqual({ ids: ["a"], bytes: before.length, rest: open.length - before.length });
    });
  }

  test("what would be longer than the bound stays in pieces, and the next line is whole", () => {
    const text = [...cri(event("a", 300_000)), ...cri(event("b")), ...cri(event("c", 20_000))].join("");
    const { ids, bytes, rest } = joined(text, 16_384, 100_000);
    expect(ids.filter((id) => id !== "rejected")).toEqual(["b", "c"]);
    expect(ids.length).toBeGreaterThan(2);
    expect([bytes, rest]).toEqual([text.length, 0]);
  });

  test("lines that no runtime wrote go through as they are", () => {
    const text = Buffer.from([event("a", 40_000), klog, '{"log":"half', ""].join("\n"));
    const [only, ...more] = new Pieces(1000).push({ body: text, bytes: text.length, cut: false });
    expect(more).toEqual([]);
    expect(only?.body).toBe(text);
  });
});

describe("the log file source", () => {
  let folder: string;
  const runner = sourceRunner();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tiercel-pieces-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("a process that dies between two pieces leaves the line whole for the next one", async () => {
    const path = join(folder, "0.log");
    const config = logFileConfig.parse({ type: "log-file", path, poll_interval_secs: 0.01 });
    const [first, ...others] = cri(event("b", 40_000));
    await writeFile(path, `${cri(event("a")).join("")}${first}`, "latin1");
    const dying = kitWorld("log-file");
    const one = await runner.start(logFile.open(config, dying));
    await expect.poll(() => dying.lines().length).toBe(1);
    await wait(30);
    await runner.stop(one);
    await appendFile(path, others.join(""), "latin1");
    const next = kitWorld("log-file", dying.remembered);
    await runner.start(logFile.open(config, next));
    await expect.poll(() => next.lines().length).toBe(1);
    const ids = [dying, next].flatMap(({ kept }) =>
      kept.flatMap(({ text }) => [...decode(Buffer.from(text))].map(told)),
    );
    expect(ids).toEqual(["a", "b"]);
  });

  test("a file that is done with gives up the pieces that were never ended", async () => {
    const path = join(folder, "0.log");
    await writeFile(path, `${cri(event("a", 40_000))[0]}`, "latin1");
    const world = kitWorld("log-file");
    await runner.start(logFile.open(logFileConfig.parse({ type: "log-file", path, poll_interval_secs: 0.01 }), world));
    await wait(50);
    expect(world.kept).toEqual([]);
    await rename(path, join(folder, "0.log.20261123-201441"));
    await writeFile(path, cri(event("b")).join(""), "latin1");
    await expect.poll(() => world.kept.length).toBe(2);
    expect(world.kept.flatMap(({ text }) => [...decode(Buffer.from(text))].map(told))).toEqual(["rejected", "b"]);
  });
});
