import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, get, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parseAllDocuments } from "yaml";
import { kitWorld } from "../world.kit.ts";
import { authorities } from "./authorities.ts";
import { admission } from "./index.ts";
import { ownCertificate } from "./own-certificate.ts";
import { type ApiServer, keptBundle } from "./registration.ts";
import { rbacYaml, webhookYaml } from "./webhook-yaml.ts";

/** An API server that holds one ValidatingWebhookConfiguration, and grants or refuses. */
let server: Server;
let folder: string;
let api: ApiServer;
let webhooks: { name: string; clientConfig: { caBundle?: string } }[] | undefined;
let refused: string[];
let asked: string[];

beforeEach(async () => {
  const memory = { get: async () => undefined, set: async () => {} };
  const { cert, key, ca } = await ownCertificate(["127.0.0.1"], memory, new Date());
  webhooks = [{ name: "audit.tiercel.dev", clientConfig: { caBundle: "b2xk" } }];
  refused = [];
  asked = [];
  server = createServer({ cert, key }, (request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      asked.push(`${request.method} ${request.url?.split("/").at(-1)} ${request.headers.authorization}`);
      const answer = (status: number, value: unknown = {}) => response.writeHead(status).end(JSON.stringify(value));
      if (refused.includes(request.method ?? "")) return answer(403);
      if (webhooks === undefined) return answer(404);
      if (request.method === "PATCH")
        for (const { op, path, value } of JSON.parse(body) as { op: string; path: string; value: string }[]) {
          const at = Number(path.split("/")[2]);
          const webhook = webhooks[at];
          if (webhook === undefined || (op === "test" && webhook.name !== value)) return answer(422);
          if (op === "add") webhook.clientConfig.caBundle = value;
        }
      answer(200, { webhooks });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  folder = mkdtempSync(join(tmpdir(), "tiercel-registration-"));
  const [token_file, ca_file] = [join(folder, "token"), join(folder, "ca.crt")];
  writeFileSync(token_file, "a-token\n");
  writeFileSync(ca_file, ca);
  api = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, token_file, ca_file };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

const ours = { bundle: "ours", gone: [] };

test("another authority's bundle is replaced by ours, once, with the token of the file", async () => {
  expect(await keptBundle(api, "tiercel-audit", ours)).toEqual({ kind: "mended" });
  expect(webhooks?.[0]?.clientConfig.caBundle).toBe(Buffer.from("ours").toString("base64"));
  expect(await keptBundle(api, "tiercel-audit", ours)).toEqual({ kind: "right" });
  const line = "tiercel-audit Bearer a-token";
  expect(asked).toEqual([`GET ${line}`, `PATCH ${line}`, `GET ${line}`]);
});

const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
const bundled = () => Buffer.from(webhooks?.[0]?.clientConfig.caBundle ?? "", "base64").toString();

test("a former authority stays in the bundle for a day, over restarts, and then goes", async () => {
  const remembered = new Map<string, string>();
  const memory = {
    get: async (key: string) => remembered.get(key),
    set: async (key: string, value: string) => void remembered.set(key, value),
  };
  let time = Date.parse("2026-01-01T00:00:00Z");
  const now = () => new Date(time);
  const first = await authorities(memory, now);
  expect(await first.sign(pem("A"))).toBe(false);
  expect(await first.sign(pem("A"))).toBe(false);
  expect(await first.sign(pem("B"))).toBe(true);
  const second = await authorities(memory, now);
  expect(await second.sign(pem("B"))).toBe(false);
  expect([second.bundle(), second.gone()]).toEqual([pem("B") + pem("A"), []]);
  await keptBundle(api, "tiercel-audit", { bundle: second.bundle(), gone: second.gone() });
  expect(bundled()).toBe(pem("B") + pem("A"));
  // A replica that has not heard of B finds itself trusted, and leaves it at that.
  expect(await keptBundle(api, "tiercel-audit", { bundle: pem("A"), gone: [] })).toEqual({ kind: "right" });
  time += 25 * 3_600_000;
  expect([second.bundle(), second.gone()]).toEqual([pem("B"), [pem("A")]]);
  await keptBundle(api, "tiercel-audit", { bundle: second.bundle(), gone: second.gone() });
  expect(bundled()).toBe(pem("B"));
  expect(await second.sign(pem("A"))).toBe(true);
  expect([second.bundle(), second.gone()]).toEqual([pem("A") + pem("B"), []]);
});

test("when authority and certificate change, an API server trusts whatever certificate it meets", async () => {
  const tls = {
    cert_file: join(folder, "tls.crt"),
    key_file: join(folder, "tls.key"),
    ca_file: join(folder, "own-ca.crt"),
  };
  const write = async () => {
    const made = await ownCertificate(["127.0.0.1"], { get: async () => undefined, set: async () => {} }, new Date());
    writeFileSync(tls.cert_file, made.cert);
    writeFileSync(tls.key_file, made.key);
    writeFileSync(tls.ca_file, made.ca);
    return new X509Certificate(made.cert).fingerprint256;
  };
  const before = await write();
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const world = kitWorld("admission");
  const source = admission.open(
    admission.config.parse({ type: "admission", listen: "127.0.0.1:0", api_server: api, tls }),
    world,
  );
  await source.start();
  try {
    const ask = () => met(source.address ?? "", bundled());
    await expect.poll(() => ask().catch(String)).toBe(before);
    const after = await write();
    vi.advanceTimersByTime(10_000);
    const seen = new Set<string>();
    while (!seen.has(after)) seen.add(await ask());
    expect(seen).toEqual(new Set([before, after]));
    expect(bundled().match(/BEGIN/g)).toHaveLength(2);
  } finally {
    vi.useRealTimers();
    await source.stop();
  }
}, 30_000);

/** The fingerprint of the certificate that is met there; rejects where this bundle does not trust it. */
function met(address: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(`${address}/healthz`, { ca, agent: false }, (response) => {
      const { fingerprint256 } = (response.socket as TLSSocket).getPeerCertificate();
      response.resume().on("end", () => resolve(fingerprint256));
    });
    asked.on("error", reject);
  });
}

test("without the right it says which one is missing, and where it is printed", async () => {
  refused = ["PATCH"];
  const wrong = await keptBundle(api, "tiercel-audit", ours);
  expect(wrong).toMatchObject({ kind: "wrong", why: expect.stringContaining("grant `patch`") });
  refused = ["GET"];
  const untold = await keptBundle(api, "tiercel-audit", ours);
  expect(untold).toMatchObject({ kind: "untold", why: expect.stringContaining("`/rbac.yaml`") });
  expect(await keptBundle({ ...api, url: "https://127.0.0.1:1" }, "a", ours)).toMatchObject({ kind: "untold" });
});

test("the source tells in its health what is wrong with its registration", async () => {
  webhooks = undefined;
  const world = kitWorld("admission");
  const options = { type: "admission", listen: "127.0.0.1:0", api_server: api };
  const source = admission.open(admission.config.parse(options), world);
  await source.start();
  try {
    await expect.poll(() => source.health().why).toBe("there is no ValidatingWebhookConfiguration tiercel-audit");
    expect(source.health().state).toBe("running");
  } finally {
    await source.stop();
  }
});

const registration = {
  ...{ name: "tiercel-audit", target: { service: "security/tiercel" }, path: "/k8s_admission/prod", ca: "ca" },
  ...{ timeoutSeconds: 5, account: "tiercel" },
};
const webhookOf = (kubernetes: string | undefined) =>
  parseAllDocuments(webhookYaml({ ...registration, kubernetes }))[0]?.toJS().webhooks[0];

test("conditions stand where the API server knows them: ourselves and kubelets' tokens need not be asked about", () => {
  for (const version of [undefined, "1.27", "nonsense"]) expect(webhookOf(version).matchConditions).toBeUndefined();
  for (const version of ["1.28", "v1.34.1"])
    expect(webhookOf(version).matchConditions).toEqual([
      {
        name: "not-ourselves",
        expression: 'request.userInfo.username != "system:serviceaccount:security:tiercel"',
      },
      { name: "not-kubelets-tokens", expression: expect.stringContaining('"system:nodes" in request.userInfo.groups') },
    ]);
});

test("the rights are two verbs on one object", () => {
  const text = rbacYaml({ registration: "tiercel-audit", namespace: "security", account: "tiercel" });
  const [role, binding] = parseAllDocuments(text).map((document) => document.toJS());
  expect(role.rules).toEqual([
    {
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["validatingwebhookconfigurations"],
      resourceNames: ["tiercel-audit"],
      verbs: ["get", "patch"],
    },
  ]);
  expect(binding.subjects).toEqual([{ kind: "ServiceAccount", namespace: "security", name: "tiercel" }]);
});
