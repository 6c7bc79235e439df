import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { testWorld } from "../contract-world.kit.ts";
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

test("another authority's bundle is replaced by ours, once, with the token of the file", async () => {
  expect(await keptBundle(api, "tiercel-audit", "ours")).toEqual({ kind: "mended" });
  expect(webhooks?.[0]?.clientConfig.caBundle).toBe(Buffer.from("ours").toString("base64"));
  expect(await keptBundle(api, "tiercel-audit", "ours")).toEqual({ kind: "right" });
  const line = "tiercel-audit Bearer a-token";
  expect(asked).toEqual([`GET ${line}`, `PATCH ${line}`, `GET ${line}`]);
});

test("without the right it says which one is missing, and where it is printed", async () => {
  refused = ["PATCH"];
  const wrong = await keptBundle(api, "tiercel-audit", "ours");
  expect(wrong).toMatchObject({ kind: "wrong", why: expect.stringContaining("grant `patch`") });
  refused = ["GET"];
  const untold = await keptBundle(api, "tiercel-audit", "ours");
  expect(untold).toMatchObject({ kind: "untold", why: expect.stringContaining("`/rbac.yaml`") });
  expect(await keptBundle({ ...api, url: "https://127.0.0.1:1" }, "a", "ours")).toMatchObject({ kind: "untold" });
});

test("the source tells in its health what is wrong with its registration", async () => {
  webhooks = undefined;
  const world = testWorld("admission");
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
