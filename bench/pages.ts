/**
 * How smoothly the Events page scrolls over many detections: `npm run bench:pages [DETECTIONS]`. Starts a server of its
 * own, fills it, scrolls a real Chromium through the list and prints the times between frames.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { chromium } from "playwright-core";
import { startServer } from "../src/cli/serve.kit.ts";

const wanted = Number(process.argv[2] ?? 100_000);
const token = "a-token-for-the-bench-alone";
const dir = mkdtempSync(join(tmpdir(), "tiercel-bench-pages-"));
const server = await startServer(dir, [], { TIERCEL_BOOTSTRAP_TOKEN: token });
try {
  const seeded = performance.now();
  await fill(wanted);
  say(`${wanted} detections were posted, judged and indexed in ${seconds(seeded)} s`);
  const browser = await chromium.launch({
    executablePath: process.env.TIERCEL_CHROMIUM ?? "/usr/bin/chromium",
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      extraHTTPHeaders: { authorization: `Bearer ${token}` },
    });
    const opened = performance.now();
    await page.goto(`${server.api}/?range=all`);
    await page.getByRole("row").nth(5).waitFor();
    say(`the first rows stood after ${seconds(opened)} s`);
    const { frames, rows } = await page.evaluate(scroll, 20_000);
    const sorted = frames.toSorted((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]?.toFixed(1);
    say(`scrolled over ${rows} rows in ${frames.length} frames`);
    say(`between frames: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, 99 % ${at(0.99)} ms, longest ${at(1)} ms`);
    const late = frames.filter((millis) => millis > 50).length;
    say(`${((late / frames.length) * 100).toFixed(2)} % of the frames came later than 50 ms`);
  } finally {
    await browser.close();
  }
} finally {
  server.signal("SIGTERM");
  await server.ended;
  rmSync(dir, { recursive: true, force: true });
}

/** Runs in the page: scrolls down for so long, as fast as a wheel is turned, and notes when each frame came. */
async function scroll(millis: number): Promise<{ frames: number[]; rows: number }> {
  const grid = document.querySelector<HTMLElement>("[role=grid] > [role=rowgroup]:last-of-type");
  if (grid === null) throw new Error("there is no list");
  const frames: number[] = [];
  const began = performance.now();
  let last = began;
  while (performance.now() - began < millis) {
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    grid.scrollTop += 220;
  }
  return { frames, rows: Math.round(grid.scrollTop / 28) };
}

async function fill(count: number): Promise<void> {
  const atOnce = 2000;
  const now = Date.now();
  for (let from = 0; from < count; from += atOnce) {
    const items = Array.from({ length: Math.min(atOnce, count - from) }, (_, at) => event(from + at, now));
    const response = await fetch(`${server.ingest}/k8s_audit/bench`, {
      method: "POST",
      body: JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items }),
    });
    if (!response.ok) throw new Error(`a batch was answered with ${response.status}`);
  }
  for (;;) {
    const answer = await fetch(`${server.api}/api/v1/detections/facets?facets=rule`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const { total } = (await answer.json()) as { total: number };
    if (total >= count) return;
    await pause(500);
  }
}

function event(nth: number, now: number): unknown {
  const time = new Date(now - nth * 700).toISOString().replace("Z", "000Z");
  const [namespace, name] = [`team-${nth % 40}`, `web-${nth % 900}`];
  return {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseStarted" },
    auditID: `00000000-0000-4000-8000-${String(nth).padStart(12, "0")}`,
    requestURI: `/api/v1/namespaces/${namespace}/pods/${name}/exec?command=sh&container=main&stdin=true&tty=true`,
    verb: "create",
    user: { username: `person-${nth % 60}@example.com`, groups: ["system:authenticated"] },
    sourceIPs: [`192.0.2.${nth % 250}`],
    userAgent: "kubectl/v1.33.2",
    objectRef: { resource: "pods", subresource: "exec", namespace, name, apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 101 },
    ...{ requestReceivedTimestamp: time, stageTimestamp: time },
  };
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function say(what: string): void {
  process.stdout.write(`${what}\n`);
}
