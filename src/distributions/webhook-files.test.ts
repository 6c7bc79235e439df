import { expect, test } from "vitest";
import { parse } from "yaml";
import { webhookFiles } from "./webhook-files.ts";

const wish = { cluster: "prod-1", url: "https://10.0.0.5:7765/k8s_audit/prod-1", token: 'to"ken' };

test("the kubeconfig sends one cluster's events to its own path, with its token", () => {
  const { files } = webhookFiles(wish);
  expect(parse(files[0]?.content ?? "")).toEqual({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "tiercel", cluster: { server: "https://10.0.0.5:7765/k8s_audit/prod-1" } }],
    contexts: [{ name: "tiercel", context: { cluster: "tiercel", user: "tiercel" } }],
    "current-context": "tiercel",
    users: [{ name: "tiercel", user: { token: 'to"ken' } }],
  });
  expect(files.map(({ name, secret }) => [name, secret])).toEqual([
    ["webhook-config.yaml", true],
    ["audit-policy.yaml", false],
    ["additions.yaml", false],
  ]);
});

test("the policy is one that an API server takes: known levels and stages, wildcards at the end only, secrets without bodies", () => {
  const policy = parse(webhookFiles(wish).files[1]?.content ?? "");
  expect([policy.apiVersion, policy.kind, policy.omitStages]).toEqual([
    "audit.k8s.io/v1",
    "Policy",
    ["RequestReceived"],
  ]);
  for (const rule of policy.rules) {
    expect(["None", "Metadata", "Request", "RequestResponse"]).toContain(rule.level);
    for (const url of rule.nonResourceURLs ?? []) expect(url).toMatch(/^\/[^*]*\*?$/);
    if (rule.nonResourceURLs) expect([rule.resources, rule.namespaces]).toEqual([undefined, undefined]);
    for (const { group } of rule.resources ?? []) expect(group).toMatch(/^([a-z0-9.]*)$/);
  }
  const first = policy.rules.find((rule: { resources?: { resources?: string[] }[] }) =>
    rule.resources?.some(({ resources }) => resources?.includes("secrets")),
  );
  expect(first.level).toBe("Metadata");
  expect(policy.rules.at(-1)).toEqual({ level: "Metadata" });
});

test("each flag names a file of ours or a figure that outlives a restart", () => {
  const { flags, files } = webhookFiles(wish);
  for (const { path } of files.slice(0, 2)) expect(flags.some((flag) => flag.endsWith(`=${path}`))).toBe(true);
  expect(flags).toContain("--audit-webhook-truncate-enabled=true");
});

test("the manifest's additions are YAML with all flags, and mount what the flags name", () => {
  const { flags, files } = webhookFiles(wish);
  const { spec } = parse(files[2]?.content ?? "");
  expect(spec.containers[0].command).toEqual(["kube-apiserver", ...flags]);
  expect(spec.containers[0].volumeMounts[0].mountPath).toBe(spec.volumes[0].hostPath.path);
});

test("the steps begin with whether Tiercel can be reached, and notes tell what the address means", () => {
  expect(webhookFiles(wish).steps[0]?.commands).toBe("curl -sS 'https://10.0.0.5:7765/healthz'");
  expect(webhookFiles(wish).notes).toHaveLength(2);
  expect(webhookFiles({ ...wish, url: "http://10.0.0.5:7765/k8s_audit/prod-1" }).notes[0]).toMatch(/sends no token/);
});
