/** `serve -r k8s_audit_rules.yaml` detects what Falco alerts: policies hold nothing of it back. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { expect, test } from "vitest";
import { startServer } from "./serve.kit.ts";

const falco = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance", "falco");
const lines = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");

/** Without the zone, always UTC, and the noughts that end a fraction: Falco writes all nine digits. */
const told = (rule: string, time: string) => `${rule} ${time.replace(/(Z|[+-][\d:]+)$/, "").replace(/\.?0+$/, "")}`;
const once = (names: readonly string[]) => [...new Set(names)].sort();

test.skipIf(!existsSync(falco))(
  "every alert of Falco's on its traces is a detection, and no other rule detects",
  async () => {
    const dir = mkdtempSync(join(tmpdir(), "tiercel-falco-"));
    const official = join(falco, "rules", "k8s_audit_rules.yaml");
    const server = await startServer(dir, ["-r", official, "--rule-matching", "all"]);
    try {
      const traces = readdirSync(join(falco, "traces")).flatMap((name) => lines(join(falco, "traces", name)));
      for (const body of traces) expect((await server.post(body)).status).toBe(200);
      const alerts = lines(join(falco, "traces.golden.jsonl")).flatMap(
        (line) => (JSON.parse(line) as { alerts: { rule: string; time: string }[] }).alerts,
      );
      const expected = once(alerts.map(({ rule, time }) => told(rule, time)));
      const detected = async () => {
        const { body } = await server.get("/api/v1/detections?limit=500");
        const { items } = body as { items: { rule: string; time: string; source: string }[] };
        return once(items.filter(({ source }) => source !== "tiercel").map(({ rule, time }) => told(rule, time)));
      };
      for (let waited = 0; waited < 20_000 && (await detected()).length < expected.length; waited += 100)
        await pause(100);
      expect(await detected()).toEqual(expected);
    } finally {
      server.signal("SIGTERM");
      await server.ended;
      rmSync(dir, { recursive: true });
    }
  },
  60_000,
);
