import { existsSync, readdirSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { Refusal } from "../../domain/batch.ts";
import { heldSignals } from "../../domain/signals.ts";
import type { Source } from "../../domain/source.ts";
import { admissionConfig } from "./config.ts";
import { admission } from "./index.ts";

const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../../shared/conformance");
const pairs = join(root, "providers/admission/live-pairs");
const has = existsSync(pairs);

let source: Source | undefined;
afterEach(async () => source?.stop());

async function opened(options: object = {}, memory = new Map<string, string>()) {
  const kept: string[] = [];
  const signals = heldSignals();
  const disk = { full: false };
  source = admission.open(admissionConfig.parse({ type: "admission", listen: "127.0.0.1:0", ...options }), {
    name: "admission",
    deliver: async ({ body, cluster }) => {
      if (disk.full) throw new Refusal("disk-full", "the disk is full");
      kept.push(
        ...Buffer.from(body)
          .toString()
          .split("\n")
          .filter(Boolean)
          .map((line) => `${cluster} ${line}`),
      );
    },
    clusters: {
      tokenOwner: async (secret) => (secret === "a-good-token" ? { role: "ingest", cluster: "prod" } : undefined),
      isKnown: async () => true,
      register: async () => false,
    },
    memory: { get: async (key) => memory.get(key), set: async (key, value) => void memory.set(key, value) },
    signals,
    now: () => new Date(),
    log: () => {},
  });
  await source.start();
  const address = source.address ?? "";
  const yaml = await send(`${address}/webhook.yaml?cluster=prod&service=security/tiercel`, undefined);
  const registration = parse(yaml.text);
  const ca = Buffer.from(registration.webhooks[0].clientConfig.caBundle, "base64").toString();
  const events = () => kept.map((line) => JSON.parse(line.slice(line.indexOf(" ") + 1)));
  const ask = (body: string, path = "/k8s_admission/prod?timeout=5s") => send(`${address}${path}`, body, ca);
  return { kept, events, signals, disk, address, ask, registration, ca };
}

/** As an API server does: the certificate is checked against the `caBundle`, once there is one. */
function send(url: string, body: string | undefined, ca?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const trust = ca === undefined ? { rejectUnauthorized: false } : { ca, servername: "tiercel.tiercel.svc" };
    const sent = request(url, { method: body === undefined ? "GET" : "POST", ...trust, agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

const review = (over: object = {}, version = "v1") =>
  JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid: "u-1",
      resource: { group: "", version: "v1", resource: "pods" },
      name: "web",
      namespace: "shop",
      operation: "DELETE",
      userInfo: { username: "alice" },
      oldObject: { metadata: { name: "web", uid: "p-1" } },
      ...over,
    },
  });

describe.skipIf(!has)("recorded reviews become the recorded events", () => {
  test("over TLS, the second review of a delete left out", async () => {
    const { ask, events } = await opened();
    const expected: { auditID: string }[] = [];
    for (const file of readdirSync(pairs)) {
      const step = JSON.parse(readFileSync(join(pairs, file), "utf8"));
      for (const { review } of step.admissionReviews) {
        const { status, text } = await ask(JSON.stringify(review));
        expect(status).toBe(200);
        expect(JSON.parse(text)).toEqual({
          apiVersion: review.apiVersion,
          kind: "AdmissionReview",
          response: { uid: review.request.uid, allowed: true },
        });
      }
      expected.push(...step.expectedFromAdmission);
    }
    const timeless = (event: object) => ({ ...event, requestReceivedTimestamp: "", stageTimestamp: "" });
    expect(events().map(timeless)).toEqual(expected.map(timeless));
  });
});

test("v1beta1 is answered in v1beta1", async () => {
  const { ask, events } = await opened();
  expect(JSON.parse((await ask(review({}, "v1beta1"))).text).apiVersion).toBe("admission.k8s.io/v1beta1");
  expect(events()).toHaveLength(1);
});

test("a slow disk holds nobody up, and what it would not take comes later", async () => {
  const { ask, events, disk } = await opened({ answer_within_ms: 50 });
  disk.full = true;
  expect(JSON.parse((await ask(review())).text).response.allowed).toBe(true);
  expect(source?.health()).toMatchObject({ state: "failing", why: "the disk is full" });
  disk.full = false;
  await expect.poll(() => events().length, { timeout: 5000 }).toBe(1);
  expect(source?.health().state).toBe("running");
});

test("what is too much is let through, counted and told", async () => {
  const { ask, signals, disk } = await opened({ answer_within_ms: 10, max_waiting_bytes: 1024 });
  disk.full = true;
  for (let nth = 0; nth < 5; nth++) {
    const { text } = await ask(review({ uid: `u-${nth}`, oldObject: { metadata: { name: "web", uid: `p-${nth}` } } }));
    expect(JSON.parse(text).response).toEqual({ uid: `u-${nth}`, allowed: true });
  }
  const labels = { source: "admission", cluster: "prod", reason: "overloaded" };
  expect(signals.value("tiercel_ingest_rejected_total", labels)).toBeGreaterThan(0);
  expect(source?.health().why).toContain("let through unseen");
  disk.full = false;
});

test.each(["", "no JSON", "[]", "{}", '{"kind":"AdmissionReview"}'])(
  "%j is allowed, and kept for the quarantine",
  async (body) => {
    const { ask, kept } = await opened();
    const { status, text } = await ask(body);
    expect(status).toBe(200);
    expect(JSON.parse(text).response.allowed).toBe(true);
    expect(kept).toEqual(body === "" ? [] : [`prod ${body}`]);
  },
);

test("with token_required the path must end in a token of that cluster", async () => {
  const { ask, kept } = await opened({ token_required: true });
  expect((await ask(review())).status).toBe(401);
  expect((await ask(review(), "/k8s_admission/stage/a-good-token")).status).toBe(401);
  expect(kept).toEqual([]);
  expect((await ask(review(), "/k8s_admission/prod/a-good-token")).status).toBe(200);
  expect(kept).toHaveLength(1);
  // API servers refuse capitals and `_` in a Service's path.
  const hex = Buffer.from("a-good-token").toString("hex");
  expect((await ask(review(), `/k8s-admission/stage/${hex}`)).status).toBe(401);
  expect(
    (
      await ask(
        review({ uid: "another", oldObject: { metadata: { name: "web", uid: "p-2" } } }),
        `/k8s-admission/prod/${hex}`,
      )
    ).status,
  ).toBe(200);
  expect(kept).toHaveLength(2);
});

test("beyond loopback somebody must say who may ask", () => {
  const { error } = admissionConfig.safeParse({ type: "admission", listen: "0.0.0.0:7767" });
  expect(error?.issues[0]?.message).toContain("token_required");
});

test("its registration never stands in the way, and names every subresource it wants", async () => {
  const { registration } = await opened();
  const [webhook] = registration.webhooks;
  expect(webhook).toMatchObject({ failurePolicy: "Ignore", sideEffects: "None", timeoutSeconds: 5 });
  expect(webhook.clientConfig.service).toEqual({
    namespace: "security",
    name: "tiercel",
    path: "/k8s-admission/prod",
    port: 443,
  });
  expect(webhook.namespaceSelector.matchExpressions[0]).toMatchObject({ operator: "NotIn", values: ["security"] });
  const resources = webhook.rules.flatMap((rule: { resources: string[] }) => rule.resources);
  expect(resources).toEqual(expect.arrayContaining(["pods", "pods/exec", "pods/attach", "deployments", "secrets"]));
});

test("its authority stays over restarts, and a certificate near its end is made anew", async () => {
  const memory = new Map<string, string>();
  const first = await opened({}, memory);
  await source?.stop();
  const second = await opened({}, memory);
  expect(second.ca).toBe(first.ca);
  const kept = JSON.parse(memory.get("certificate") ?? "");
  await source?.stop();
  memory.set("certificate", JSON.stringify({ ...kept, until: new Date().toISOString() }));
  const third = await opened({}, memory);
  expect(third.ca).toBe(first.ca);
  expect(JSON.parse(memory.get("certificate") ?? "").cert).not.toBe(kept.cert);
  expect((await third.ask(review())).status).toBe(200);
});
