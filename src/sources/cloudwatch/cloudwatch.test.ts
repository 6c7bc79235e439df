import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decode } from "../../domain/decode.ts";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { CloudWatch, type LogEvent } from "./cloudwatch.kit.ts";
import { cloudWatchConfig } from "./config.ts";
import { cloudWatch } from "./index.ts";

let cloud: CloudWatch;
let endpoint: string;
const runner = sourceRunner();
beforeEach(async () => {
  process.env.AWS_ACCESS_KEY_ID = "a-key";
  process.env.AWS_SECRET_ACCESS_KEY = "a-secret";
  cloud = new CloudWatch();
  endpoint = await cloud.listen();
});
afterEach(() => cloud.close());

interface Start {
  readonly refusals?: number;
  readonly now?: () => Date;
}

async function started(remembered?: Map<string, string>, { refusals = 0, now = () => new Date() }: Start = {}) {
  const world = { ...kitWorld("eks", remembered), now };
  world.disk.refusals = refusals;
  const config = cloudWatchConfig.parse({
    ...{ type: "cloudwatch", eks_cluster: "demo", region: "eu-west-1", endpoint, poll_interval_secs: 0.05 },
    begin: "2020-01-01T00:00:00Z",
  });
  const source = await runner.start(cloudWatch.open(config, world));
  return { source, ...world, memory: world.remembered };
}

const now = Date.now() - 60_000;
const event = (nth: number, timestamp = now + nth): LogEvent => ({
  eventId: `301795464820858${String(nth).padStart(41, "0")}`,
  timestamp,
  message: `{"kind":"Event","auditID":"${nth}"}`,
});
const messages = (...nths: number[]) => nths.map((nth) => event(nth).message);

test("all pages, empty ones between, each event once however often it is asked for", async () => {
  cloud.events = [0, 1, 2, 3, 4, 5, 6].map((nth) => event(nth));
  const { lines, source } = await started();
  await expect.poll(lines).toEqual(messages(0, 1, 2, 3, 4, 5, 6));
  const asked = cloud.asked.length;
  await expect.poll(() => cloud.asked.length).toBeGreaterThan(asked + 10);
  expect(lines()).toHaveLength(7);
  expect(source.health().state).toBe("running");
  expect(cloud.asked[0]).toMatchObject({
    logGroupName: "/aws/eks/demo/cluster",
    logStreamNamePrefix: "kube-apiserver-audit-",
  });
});

test("what comes late, or in the millisecond of the last one, comes", async () => {
  cloud.events = [event(1), event(5)];
  const { lines } = await started();
  await expect.poll(lines).toHaveLength(2);
  cloud.events.push(event(2), { ...event(6), timestamp: event(5).timestamp });
  await expect.poll(() => lines().sort()).toEqual(messages(1, 2, 5, 6));
});

test("after a restart it goes on; what was delivered last comes again at most", async () => {
  cloud.events = [event(1), event(2)];
  const first = await started();
  await expect.poll(first.lines).toHaveLength(2);
  await expect.poll(() => first.memory.get("cursor")).toContain(String(event(2).timestamp));
  await runner.stop(first.source);
  cloud.events.push(event(3));
  const second = await started(first.memory);
  await expect.poll(second.lines).toEqual(messages(3));
});

test("a batch that is refused comes again, and the cursor has not moved", async () => {
  cloud.events = [event(1), event(2)];
  const { lines, source } = await started(new Map(), { refusals: 1 });
  await expect.poll(() => source.health().state).toBe("failing");
  expect(source.health().why).toContain("the disk is full");
  await expect.poll(lines, { timeout: 10_000 }).toEqual(messages(1, 2));
});

test.each([
  ["ThrottlingException", 400, "ThrottlingException"],
  ["ServiceUnavailableException", 503, "ServiceUnavailableException"],
  ["ExpiredTokenException", 400, "have expired"],
  ["AccessDeniedException", 400, "grant `logs:FilterLogEvents`"],
  ["ResourceNotFoundException", 400, "turn audit logging on"],
])("%s is told with a remedy, and it goes on", async (type, status, words) => {
  cloud.events = [event(1)];
  cloud.errors.push({ status, type }, { status, type });
  const { lines, source } = await started();
  await expect.poll(() => source.health().why, { timeout: 10_000 }).toContain(words);
  await expect.poll(lines, { timeout: 20_000 }).toEqual(messages(1));
});

test("what comes later than the overlap reaches back comes all the same, and is counted", async () => {
  const clock = { now: 1_800_000_000_000 };
  const at = (nth: number, secs: number) => ({
    ...event(nth, 1_800_000_000_000 + secs * 1000),
    ingestionTime: clock.now,
  });
  cloud.events = [at(2, -1)];
  const { lines, signals } = await started(new Map(), { now: () => new Date(clock.now) });
  await expect.poll(lines).toEqual(messages(2));
  clock.now += 300_000;
  cloud.events.push(at(3, 299));
  await expect.poll(lines).toEqual(messages(2, 3));
  const asked = cloud.asked.length;
  await expect.poll(() => cloud.asked.length).toBeGreaterThan(asked + 2);
  cloud.events.push(at(1, 0));
  clock.now += 601_000;
  await expect.poll(lines).toEqual(messages(2, 3, 1));
  const counted = () => signals.value("tiercel_source_late_events_total", { source: "eks", cluster: "demo" });
  await expect.poll(counted).toBe(1);
});

test("an event that was cut off keeps its time, and one of several lines spoils no neighbour", async () => {
  const cut =
    '{"kind":"Event","auditID":"1","stage":"ResponseComplete","verb":"get","user":{"username":"a"},"sour[Truncated...]';
  cloud.events = [{ ...event(1), message: cut }, { ...event(2), message: '{"half":\n' }, event(3)];
  const { lines } = await started();
  await expect.poll(() => lines().length).toBe(3);
  const parts = [...decode(Buffer.from(lines().join("\n")))];
  expect(parts.map(({ kind }) => kind)).toEqual(["event", "rejected", "rejected"]);
  const [first] = parts;
  expect(first?.kind === "event" && first.event.time).toBe(BigInt(event(1).timestamp) * 1_000_000n);
});

test("spent credentials are asked for anew where Pod Identity gives them", async () => {
  let given = 0;
  const agent = createServer((_, response) => {
    const Expiration = new Date(Date.now() + 3_600_000).toISOString();
    response.end(
      JSON.stringify({ AccessKeyId: `KEY${++given}`, SecretAccessKey: "s", Token: "t", Expiration, AccountId: "1" }),
    );
  });
  await new Promise<void>((resolve) => agent.listen(0, "127.0.0.1", resolve));
  delete process.env.AWS_ACCESS_KEY_ID;
  delete process.env.AWS_SECRET_ACCESS_KEY;
  process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI = `http://127.0.0.1:${(agent.address() as AddressInfo).port}/`;
  try {
    cloud.events = [event(1)];
    cloud.refusedKey = "KEY1";
    const { lines, source } = await started();
    await expect.poll(() => source.health().why, { timeout: 10_000 }).toContain("have expired");
    await expect.poll(lines, { timeout: 20_000 }).toEqual(messages(1));
    expect(given).toBeGreaterThan(1);
  } finally {
    delete process.env.AWS_CONTAINER_CREDENTIALS_FULL_URI;
    agent.close();
  }
});

const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance");
const sets = join(root, "providers/eks/filter-log-events");

describe.skipIf(!existsSync(sets))("recorded pages", () => {
  test.each(existsSync(sets) ? readdirSync(sets) : [])("%s: every event once, the late one too", async (set) => {
    const read = (name: string) => readFileSync(join(sets, set, name), "utf8");
    const page = (name: string): LogEvent[] => JSON.parse(read(name)).events;
    const pages = ["page-1.json", "page-3.json"].flatMap(page);
    cloud.events = [...new Map(pages.map((one) => [one.eventId, one])).values()];
    const late = page("next-poll-late-arrival.json").filter(
      ({ eventId }) => !pages.some((one) => one.eventId === eventId),
    );
    expect(late.length).toBeGreaterThan(0);
    const { lines } = await started();
    const first = cloud.events.length;
    await expect.poll(() => lines().length).toBe(first);
    cloud.events.push(...late);
    await expect.poll(() => lines().length).toBe(first + late.length);
    const parts = [...decode(Buffer.from(lines().join("\n")))];
    const events = parts.flatMap((part) => (part.kind === "event" ? [part.event.raw] : []));
    const expected = read("expected.ndjson").split("\n").filter(Boolean);
    expect(new Set(events.map((text) => JSON.stringify(JSON.parse(text))))).toEqual(
      new Set(expected.map((text) => JSON.stringify(JSON.parse(text)))),
    );
    expect(parts.filter(({ kind }) => kind === "rejected")).toHaveLength(1);
  });
});
