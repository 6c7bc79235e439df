import { afterEach, beforeEach, expect, test } from "vitest";
import { kitWorld, sourceRunner } from "../world.kit.ts";
import { CloudWatch, type LogEvent } from "./cloudwatch.kit.ts";
import { cloudWatchConfig } from "./config.ts";
import { cloudWatch } from "./index.ts";

process.env.AWS_ACCESS_KEY_ID = "a-key";
process.env.AWS_SECRET_ACCESS_KEY = "a-secret";

let cloud: CloudWatch;
let endpoint: string;
beforeEach(async () => {
  cloud = new CloudWatch();
  endpoint = await cloud.listen();
});
afterEach(() => cloud.close());
const runner = sourceRunner();

async function started(options: object = {}) {
  const world = kitWorld("eks");
  const begin = new Date(Date.now() - 60_000).toISOString();
  const told = { type: "cloudwatch", eks_cluster: "demo", region: "eu-west-1", endpoint, live_tail: true };
  const config = cloudWatchConfig.parse({ ...told, poll_interval_secs: 3600, begin, ...options });
  const source = await runner.start(cloudWatch.open(config, world));
  return { ...world, source };
}

const logStreamName = "kube-apiserver-audit-0123456789abcdef0123456789abcdef";
const event = (nth: number): LogEvent & { logStreamName: string } => ({
  eventId: String(nth).padStart(56, "0"),
  timestamp: Date.now(),
  message: `{"kind":"Event","auditID":"${nth}"}`,
  logStreamName,
});
const messages = (...nths: number[]) => nths.map((nth) => event(nth).message);
const gaps = { source: "eks", cluster: "demo" };
const patience = { timeout: 20_000 };

test("what the tail shows is kept at once, and polling brings the rest, each once", async () => {
  const { lines, source } = await started({ poll_interval_secs: 0.3 });
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  const [first, second, other] = [event(1), event(2), { ...event(3), logStreamName: "authenticator-1" }];
  cloud.tails.show([first, other]);
  await expect.poll(lines, patience).toEqual(messages(1));
  cloud.events = [first, second];
  await expect.poll(lines, patience).toEqual(messages(1, 2));
  cloud.tails.show([second]);
  cloud.tails.show([event(4)]);
  await expect.poll(() => lines().at(-1), patience).toBe(messages(4)[0]);
  const asked = cloud.asked.length;
  await expect.poll(() => cloud.asked.length, patience).toBeGreaterThan(asked + 3);
  expect(lines().slice(0, -1)).toEqual(messages(1, 2));
  expect(source.health()).toMatchObject({ state: "running" });
  expect(source.health().why).toBeUndefined();
}, 60_000);

test("a tail that shows only some says so until it shows all", async () => {
  const { lines, source, signals, said } = await started();
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  cloud.tails.show([event(1)], true);
  await expect
    .poll(() => source.health(), patience)
    .toMatchObject({
      state: "running",
      why: expect.stringContaining("polling brings the rest"),
    });
  expect(signals.value("tiercel_source_tail_gaps_total", gaps)).toBe(1);
  cloud.tails.show([event(2)]);
  await expect.poll(() => source.health().why, patience).toBeUndefined();
  expect(lines()).toEqual(messages(1, 2));
  expect(said).toHaveLength(1);
}, 60_000);

test("a session that ends by time or is torn is followed by another", async () => {
  const { lines, source } = await started();
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  cloud.tails.timeOut();
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  cloud.tails.show([event(1)]);
  await expect.poll(lines, patience).toEqual(messages(1));
  expect(source.health().why).toBeUndefined();
  cloud.tails.tear();
  await expect.poll(() => source.health().why, patience).toContain("polling goes on");
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  cloud.tails.show([event(2)]);
  await expect.poll(lines, patience).toEqual(messages(1, 2));
  await expect.poll(() => source.health().why, patience).toBeUndefined();
}, 60_000);

test("where the tail is not allowed polling alone goes on, and it says why", async () => {
  cloud.tailError = "AccessDeniedException";
  const { lines, source } = await started({ poll_interval_secs: 0.1 });
  cloud.events = [event(1)];
  await expect.poll(lines, patience).toEqual(messages(1));
  await expect.poll(() => source.health().why, patience).toContain("logs:StartLiveTail");
  expect(source.health().state).toBe("running");
}, 60_000);

test("what the tail showed and could not be kept comes by polling", async () => {
  const { lines, disk } = await started({ poll_interval_secs: 0.5 });
  await expect.poll(() => cloud.tails.count, patience).toBe(1);
  disk.refusals = 1;
  const first = event(1);
  cloud.tails.show([first]);
  cloud.events = [first];
  await expect.poll(lines, patience).toEqual(messages(1));
}, 60_000);

test("the tail is asked at an address of its own, everything else at the other one", async () => {
  const tailing = new CloudWatch();
  try {
    const { lines } = await started({ live_tail_endpoint: await tailing.listen(), poll_interval_secs: 0.1 });
    await expect.poll(() => tailing.tails.count, patience).toBe(1);
    await expect.poll(() => cloud.asked.length, patience).toBeGreaterThan(0);
    tailing.tails.show([event(1)]);
    await expect.poll(lines, patience).toEqual(messages(1));
    expect([cloud.tails.count, tailing.asked]).toEqual([0, []]);
  } finally {
    tailing.close();
  }
}, 60_000);
