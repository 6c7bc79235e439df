import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decode } from "../../domain/decode.ts";
import { freePort, hasPeer, peerPath, startPeer } from "../peers.kit.ts";
import { type KitWorld, kitWorld, sourceRunner } from "../world.kit.ts";
import { Refused } from "./client.ts";
import { cloudLoggingConfig } from "./config.ts";
import { cloudLogging } from "./index.ts";
import { filterOf } from "./question.ts";
import { wordsOf } from "./words.ts";

// Google's client would ask the machine's metadata server who it is: tests talk to 127.0.0.1 only.
process.env.METADATA_SERVER_DETECTION = "none";

const parse = (options: object) =>
  cloudLoggingConfig.parse({ type: "cloud-logging", project: "a-project", ...options });

test("the question goes by receipt, and its bounds are told", () => {
  const config = parse({ gke_cluster: "prod", filter: 'severity="NOTICE" OR severity="ERROR"' });
  const from = Date.parse("2026-01-02T00:00:00Z");
  expect(filterOf(config, { from, to: from + 1500 }).split(" AND ")).toEqual([
    'logName=("projects/a-project/logs/cloudaudit.googleapis.com%2Factivity" OR "projects/a-project/logs/cloudaudit.googleapis.com%2Fdata_access")',
    'protoPayload.serviceName="k8s.io"',
    'resource.type="k8s_cluster"',
    'resource.labels.cluster_name="prod"',
    'timestamp >= "2026-01-01T00:00:00.000Z"',
    'receiveTimestamp >= "2026-01-02T00:00:00.000Z"',
    'receiveTimestamp <= "2026-01-02T00:00:01.500Z"',
    '(severity="NOTICE" OR severity="ERROR")',
  ]);
});

test("refusals are told with their remedy", () => {
  const words = (reason: string) => wordsOf(new Refused(400, reason, "no"), parse({}));
  expect(words("RESOURCE_EXHAUSTED")).toContain("reads_per_minute");
  expect(words("PERMISSION_DENIED")).toContain("roles/logging.viewer");
  expect(words("UNAUTHENTICATED")).toContain("Workload Identity");
  expect(words("INVALID_ARGUMENT")).toContain("`filter`");
});

describe.skipIf(!hasPeer("logging"))("against Cloud Logging in Google's own types", () => {
  let endpoint: string;
  let stop = async () => {};
  beforeEach(async () => {
    const port = await freePort();
    endpoint = `http://127.0.0.1:${port}`;
    ({ stop } = await startPeer(peerPath("logging/logging"), [String(port)], `${endpoint}/healthz`));
  });
  afterEach(() => stop());

  const runner = sourceRunner();
  async function started(options: object = {}, world: KitWorld = kitWorld("gke")) {
    const fast = { endpoint, poll_interval_secs: 0.05, reads_per_minute: 6000, begin: "2020-01-01T00:00:00Z" };
    const bounded = { max_lateness_secs: 30 * 86_400, overlap_secs: 86_400, ...options };
    const source = await runner.start(cloudLogging.open(parse({ ...fast, ...bounded }), world));
    return { source, ...world };
  }
  async function control(told: object): Promise<void> {
    const { status, text } = await ask("/control", told);
    expect(`${status}${text}`).toBe("200");
  }
  async function ask(path: string, told?: object) {
    const response = await fetch(`${endpoint}${path}`, told && { method: "POST", body: JSON.stringify(told) });
    return { status: response.status, text: await response.text() };
  }
  const asked = async () => JSON.parse((await ask("/asked")).text) as { asked: object[]; tokens: number };

  const minute = 60_000;
  const stamp = (millis: number) => new Date(millis).toISOString();
  /** By default it happened, and was received, two minutes ago. */
  interface Told {
    readonly at?: number;
    readonly received?: number;
    readonly cluster?: string;
    readonly pad?: string;
  }
  function entry(id: string, { at = Date.now() - 2 * minute, received, cluster = "prod", pad = "" }: Told = {}) {
    return {
      logName: "projects/a-project/logs/cloudaudit.googleapis.com%2Factivity",
      insertId: id,
      timestamp: stamp(at),
      receiveTimestamp: stamp(received ?? at),
      resource: { type: "k8s_cluster", labels: { cluster_name: cluster, project_id: "a-project", location: "eu" } },
      operation: { id, producer: "k8s.io", first: true, last: true },
      protoPayload: {
        "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
        serviceName: "k8s.io",
        methodName: "io.k8s.core.v1.pods.create",
        resourceName: `core/v1/namespaces/default/pods/${id}`,
        status: {},
        authenticationInfo: { principalEmail: "alice@example.com" },
        request: { "@type": "core.k8s.io/v1.Pod", spec: { hostNetwork: true, note: pad } },
      },
    };
  }
  const events = (lines: readonly string[]) =>
    [...(lines.length === 0 ? [] : decode(Buffer.from(lines.join("\n"))))].map((part) =>
      part.kind === "event" ? JSON.parse(part.event.raw) : part,
    );
  const ids = (lines: readonly string[]) => events(lines).map(({ auditID }) => auditID);

  test("all pages, each entry once however often it is asked for", async () => {
    const all = Array.from({ length: 25 }, (_, nth) => entry(`e-${nth}`, { cluster: nth % 2 ? "prod" : "test" }));
    await control({ entries: all });
    const { lines, kept, source } = await started({ page_size: 4 });
    await expect.poll(() => ids(lines()).length, { timeout: 10_000 }).toBe(25);
    const before = (await asked()).asked.length;
    await expect.poll(async () => (await asked()).asked.length, { timeout: 10_000 }).toBeGreaterThan(before + 7);
    expect(new Set(ids(lines())).size).toBe(25);
    expect(lines()).toHaveLength(25);
    // Whose each is, the judge reads off the entries.
    expect(kept.every(({ cluster, assumed }) => cluster === "a-project" && assumed)).toBe(true);
    const named = [...decode(Buffer.from(lines().join("\n")))].map(
      (part) => part.kind === "event" && part.cluster?.name,
    );
    expect(new Set(named)).toEqual(new Set(["prod", "test"]));
    expect(source.health().state).toBe("running");
    expect(events(lines())[0]).toMatchObject({
      verb: "create",
      user: { username: "alice@example.com" },
      objectRef: { resource: "pods", namespace: "default" },
      requestObject: { spec: { hostNetwork: true } },
      responseStatus: { code: 201 },
    });
  });

  test("entries of one moment, the halves of one operation, and those that come late", async () => {
    const at = Date.now() - 2 * minute;
    await control({ entries: [entry("a", { at }), entry("b", { at })] });
    const { lines } = await started();
    await expect.poll(() => ids(lines()).sort()).toEqual(["a", "b"]);
    await control({
      entries: [entry("a", { at: at + 1000 }), entry("c", { at: at - 600 * minute, received: Date.now() })],
    });
    await expect.poll(() => ids(lines()).sort(), { timeout: 10_000 }).toEqual(["a", "a", "b", "c"]);
  });

  test("over a restart nothing is lost and nothing comes twice", async () => {
    await control({ entries: [entry("a"), entry("b")] });
    const world = kitWorld("gke");
    const first = await started({}, world);
    await expect.poll(() => ids(first.lines())).toHaveLength(2);
    await runner.stop(first.source);
    await control({ entries: [entry("c")] });
    await started({}, world);
    await expect.poll(() => ids(world.lines()).sort(), { timeout: 10_000 }).toEqual(["a", "b", "c"]);
  });

  test("what is refused comes again, and what was killed in between is not lost", async () => {
    await control({ entries: Array.from({ length: 10 }, (_, nth) => entry(`e-${nth}`)) });
    const world = kitWorld("gke");
    world.disk.refusals = 1;
    const { source, lines } = await started({ page_size: 3 }, world);
    await expect.poll(() => source.health().why, { timeout: 10_000 }).toContain("the disk is full");
    await expect.poll(() => ids(lines()).length, { timeout: 20_000 }).toBe(10);
    expect(source.health().state).toBe("running");
    // Dies after two pages were kept, before it could remember the second.
    const dying = kitWorld("gke", new Map());
    dying.disk.dies = 2;
    const killed = await started({ page_size: 3 }, dying);
    await expect.poll(() => dying.lines().length, { timeout: 10_000 }).toBe(6);
    await runner.stop(killed.source);
    const after = kitWorld("gke", dying.remembered);
    await started({ page_size: 3 }, after);
    await expect.poll(() => new Set([...ids(dying.lines()), ...ids(after.lines())]).size, { timeout: 20_000 }).toBe(10);
  }, 60_000);

  test.each([
    ["429 RESOURCE_EXHAUSTED", "reads a minute are used up"],
    ["503 UNAVAILABLE", "UNAVAILABLE"],
    ["401 UNAUTHENTICATED", "Workload Identity"],
    ["403 PERMISSION_DENIED", "roles/logging.viewer"],
    ["garbage", "no JSON object"],
    ["half", "no JSON object"],
    ["reset", "is http://127.0.0.1"],
  ])(
    "after %s it says why, and goes on",
    async (fault, words) => {
      await control({ entries: [entry("a")], faults: [fault] });
      const { source, lines } = await started();
      await expect.poll(() => source.health().why, { timeout: 10_000 }).toContain(words);
      await expect.poll(() => ids(lines()), { timeout: 20_000 }).toEqual(["a"]);
      expect(source.health().state).toBe("running");
    },
    40_000,
  );

  test("a fault between two pages costs nothing", async () => {
    await control({ entries: Array.from({ length: 6 }, (_, nth) => entry(`e-${nth}`)), faults: ["nothing"] });
    const { lines } = await started({ page_size: 2 });
    await expect.poll(() => ids(lines()).length, { timeout: 10_000 }).toBe(6);
    await control({ entries: [entry("f-0"), entry("f-1"), entry("f-2")], faults: ["429 RESOURCE_EXHAUSTED"] });
    await expect.poll(() => new Set(ids(lines())).size, { timeout: 20_000 }).toBe(9);
    expect(lines()).toHaveLength(9);
  }, 40_000);

  test("an answer that never comes does not hold its stop", async () => {
    await control({ entries: [entry("a")], faults: ["silence"] });
    const { source } = await started();
    await expect
      .poll(async () => (await asked()).asked.length)
      .toBe(1)
      .catch(() => {});
    await runner.stop(source);
    expect(source.health().state).toBe("stopped");
  });

  test("pages in disorder with doubles, and large entries, come whole", async () => {
    const large = entry("large", { pad: "x".repeat(240_000) });
    await control({ entries: [entry("a"), large, entry("b")], disordered: true });
    const { lines } = await started();
    await expect.poll(() => ids(lines()).sort(), { timeout: 10_000 }).toEqual(["a", "b", "large"]);
    expect(events(lines()).find(({ auditID }) => auditID === "large").requestObject.spec.note).toHaveLength(240_000);
  });

  test("it asks no more often than it may", async () => {
    const { source } = await started({ reads_per_minute: 60, poll_interval_secs: 0.05 });
    await expect.poll(() => source.health().state, { timeout: 10_000 }).toBe("running");
    const world = await asked();
    expect(world.asked.length).toBeLessThanOrEqual(2);
  });

  test("credentials are Google's own, and are read anew when they are refused", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tiercel-gke-"));
    const key_file = join(folder, "federation.json");
    writeFileSync(join(folder, "token"), "a cluster's token of us");
    const federation = {
      type: "external_account",
      audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/k",
      subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
      token_url: `${endpoint}/token`,
      credential_source: { file: join(folder, "token") },
    };
    writeFileSync(key_file, JSON.stringify(federation));
    try {
      await control({ entries: [entry("a")], token: "first" });
      const { source, lines } = await started({ key_file });
      await expect.poll(() => ids(lines()), { timeout: 10_000 }).toEqual(["a"]);
      // The first token was revoked early: it would have held for an hour.
      await control({ entries: [entry("b")], token: "second" });
      await expect.poll(() => source.health().why, { timeout: 10_000 }).toContain("federation.json");
      await expect.poll(() => ids(lines()).sort(), { timeout: 20_000 }).toEqual(["a", "b"]);
      expect((await asked()).tokens).toBe(2);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 40_000);

  const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance");
  const recorded = join(root, "providers/gke/entries-list");
  test.skipIf(!existsSync(recorded))("recorded entries become the events they must", async () => {
    const read = (name: string) => readFileSync(join(recorded, name), "utf8");
    type Recorded = { logName: string; timestamp: string };
    const pages = [1, 2, 3].flatMap((page): Recorded[] => JSON.parse(read(`page-${page}.json`)).entries ?? []);
    // Their times of receipt were made up, and some are none.
    const entries = pages.map((one) => ({ ...one, receiveTimestamp: one.timestamp }));
    const project = entries[0]?.logName.split("/")[1];
    await control({ entries });
    const { lines } = await started({ project });
    const expected = read("expected.ndjson").split("\n").filter(Boolean);
    await expect.poll(() => lines().length, { timeout: 10_000 }).toBe(expected.length);
    const sorted = (all: readonly unknown[]) => all.map((one) => JSON.stringify(one)).sort();
    const order = (event: object) => Object.fromEntries(Object.entries(event).sort());
    expect(sorted(events(lines()).map(order))).toEqual(sorted(expected.map((line) => order(JSON.parse(line)))));
  });
});
