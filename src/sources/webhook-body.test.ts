/** Bodies received into lent memory: whatever comes how, and however many at once, each is kept as it was sent. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import type { Batch } from "../domain/batch.ts";
import { heldSignals } from "../domain/signals.ts";
import type { Source } from "../domain/source.ts";
import { bodyMemory } from "./body-memory.ts";
import { webhook } from "./webhook.ts";
import { webhookConfig } from "./webhook-config.ts";

describe("bodies received into lent memory", () => {
  const sources: Source[] = [];
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.stop();
  });

  /** Keeps slowly, and looks at a body again when others have come meanwhile. */
  async function serving(config: Record<string, unknown> = {}) {
    const kept: { body: string; cut: boolean; changed: boolean }[] = [];
    const signals = heldSignals();
    const deliver = async ({ body, cut = false }: Batch) => {
      const before = Buffer.from(body);
      await pause(20);
      kept.push({ body: before.toString("latin1"), cut, changed: !before.equals(body) });
    };
    const source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0", ...config }), {
      name: "webhook",
      deliver,
      memory: { get: async () => undefined, set: async () => {} },
      clusters: { tokenOwner: async () => undefined, isKnown: async () => true, register: async () => false },
      signals,
      now: () => new Date("2026-03-01T12:00:00Z"),
      log: () => {},
    });
    await source.start();
    sources.push(source);
    return { kept, signals, port: Number(new URL(source.address!).port) };
  }

  /** Writes a request in pieces with pauses between, and answers the status line. */
  async function send(port: number, head: string, body: Buffer, piece = body.length, ending: "wait" | "half" = "wait") {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answered = "";
    socket.setEncoding("latin1").on("data", (text) => (answered += text));
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.write(`POST /k8s_audit HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${head}\r\n`);
    for (let at = 0; at < body.length; at += piece) {
      socket.write(body.subarray(at, at + piece));
      if (piece < body.length) await pause(1);
    }
    if (ending === "half") socket.end();
    socket.on("end", () => socket.end());
    await once(socket, "close");
    return answered.split("\r\n", 1)[0];
  }
  const whole = (port: number, body: Buffer, piece?: number) =>
    send(port, `content-length: ${body.length}\r\n`, body, piece);
  const ok = "HTTP/1.1 200 OK";

  /** No two alike, of every size at which something changes. */
  const sizes = [1, 1000, 65_535, 65_536, 65_537, 131_072, 200_000, 262_145, 900_000, 1_048_577, 3_000_000];
  const texts = () =>
    sizes.map((size) =>
      randomBytes(Math.ceil(size / 2))
        .toString("hex")
        .slice(0, size),
    );

  test("are kept as sent, many at once, again and again", async () => {
    const { kept, port } = await serving();
    const sent: string[] = [];
    for (let round = 0; round < 4; round++) {
      const bodies = [...texts(), ...texts()];
      sent.push(...bodies);
      const answers = await Promise.all(bodies.map((body) => whole(port, Buffer.from(body, "latin1"))));
      expect(new Set(answers)).toEqual(new Set([ok]));
    }
    expect(kept.map(({ body }) => body).sort()).toEqual(sent.sort());
    expect(kept.filter(({ changed, cut }) => changed || cut)).toEqual([]);
  });

  test("are kept as sent where they come slowly, chunked, packed, or break off, beside one another", async () => {
    const { kept, signals, port } = await serving({ max_body_bytes: 4_000_000 });
    const [slow, chunked, packed, cut, plain] = [400_000, 700_000, 900_000, 300_000, 900_000].map((size) =>
      randomBytes(size / 2).toString("hex"),
    ) as [string, string, string, string, string];
    const chunks = chunked.match(/.{1,70001}/g)!.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`);
    const answers = await Promise.all([
      whole(port, Buffer.from(slow), 20_011),
      send(port, "transfer-encoding: chunked\r\n", Buffer.from(`${chunks.join("")}0\r\n\r\n`), 90_001),
      send(port, `content-encoding: gzip\r\ncontent-length: ${gzipSync(packed).length}\r\n`, gzipSync(packed), 50_021),
      send(port, "content-length: 5000000\r\n", Buffer.alloc(5_000_000)),
      send(port, "transfer-encoding: chunked\r\n", Buffer.from(`4c4b40\r\n${"x".repeat(5_000_000)}\r\n0\r\n\r\n`)),
      send(port, "content-length: 3000000\r\n", Buffer.from(cut), 30_011, "half"),
      ...Array.from({ length: 5 }, () => whole(port, Buffer.from(plain))),
    ]);
    const tooLarge = "HTTP/1.1 413 Payload Too Large";
    expect(answers).toEqual([ok, ok, ok, tooLarge, tooLarge, ok, ok, ok, ok, ok, ok]);
    const wanted = [slow, chunked, packed, ...Array<string>(5).fill(plain)].sort();
    expect(
      kept
        .filter((one) => !one.cut)
        .map(({ body }) => body)
        .sort(),
    ).toEqual(wanted);
    expect(kept.filter((one) => one.cut).map(({ body }) => body)).toEqual([cut]);
    expect(kept.filter(({ changed }) => changed)).toEqual([]);
    expect(signals.value("tiercel_ingest_in_flight_bytes")).toBe(0);
  });
});

describe("lent memory", () => {
  test("is lent again, with no more than a quarter of it in vain", () => {
    const memory = bodyMemory(10 << 20);
    for (const bytes of [131_073, 900_000, 1 << 20, (1 << 20) + 1, 9_999_999]) {
      const lent = memory.lend(bytes);
      expect(lent.length).toBeGreaterThanOrEqual(bytes);
      expect(lent.length).toBeLessThanOrEqual(bytes * 1.25 + 1);
      memory.giveBack(lent);
      expect(memory.lend(bytes)).toBe(lent);
    }
  });

  test("that waits is bounded", () => {
    const memory = bodyMemory(3 << 20);
    const lent = Array.from({ length: 10 }, () => memory.lend(1 << 20));
    for (const one of lent) memory.giveBack(one);
    expect(memory.idle).toBe(3 << 20);
    memory.giveBack(memory.lend(100 << 20));
    expect(memory.idle).toBe(3 << 20);
  });
});
