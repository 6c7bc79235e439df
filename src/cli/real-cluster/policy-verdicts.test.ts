import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readPolicy } from "../../coverage/index.ts";
import { auditPolicy } from "../../distributions/audit-policy.ts";
import { hasPeer } from "../../sources/peers.kit.ts";
import { type ControlPlane, controlPlane, peer } from "./control-plane.kit.ts";
import { kubeadmManifest } from "./kubeadm-manifest.kit.ts";

const rules = (text: string, head = "apiVersion: audit.k8s.io/v1\nkind: Policy") => `${head}\nrules:\n${text}\n`;
const of = (members: string) => rules(`- {level: Metadata, ${members}}`);

/** Ours, what it takes although it is hardly meant, and what it refuses. */
const policies: readonly string[] = [
  ...(["RequestResponse", "Request", "Metadata"] as const).map((levelCap) =>
    auditPolicy({ kubernetes: "1.37", levelCap }),
  ),
  rules("- level: None"),
  rules("- level: Metadata\n  omitStage: [Panic]"),
  rules("- level: None\n  level: Metadata"),
  rules(
    "- level: Metadata",
    "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: []\nmetadata: {name: ours}\nmore: 1",
  ),
  of('verbs: ["*"], users: ["*"], namespaces: ["*"]'),
  of('resources: [{group: "", resources: ["*/*", "pods/*", "*/status"], resourceNames: [a]}]'),
  of('resources: [{group: "*"}]'),
  of("nonResourceURLs: [/a*, '*']"),
  of("resources: [{}]"),
  of("resources:, users: ~"),
  of("omitStages: [RequestReceived, ResponseStarted, ResponseComplete, Panic], omitManagedFields: true"),
  "",
  "[1",
  "- level: None",
  "{}",
  rules("- level: None", "apiVersion: audit.k8s.io/v2\nkind: Policy"),
  rules("- level: None", "apiVersion: v1\nkind: Policy"),
  rules("- level: None", "apiVersion: audit.k8s.io/v1\nkind: Policies"),
  rules("- level: None", "kind: Policy"),
  rules("- level: None", "apiVersion: audit.k8s.io/v1"),
  rules("- level: None", "apiVersion: audit.k8s.io/v1\nkind: Event"),
  rules("", "apiVersion: audit.k8s.io/v1\nkind: Policy"),
  rules("[]").replace("\n[", " ["),
  rules("- users: [a]"),
  rules("- level: metadata"),
  rules("- level:"),
  rules("level: None"),
  rules("- None"),
  of("omitStages: [Done]"),
  of("omitStages: RequestReceived"),
  rules("- level: None", "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [requestReceived]"),
  of("verbs: [1]"),
  of("verbs: get"),
  of("users: [yes]"),
  of("users: [no, On, OFF]"),
  of("users: [y, n]"),
  of("users: [1e3]"),
  of("users: [0x1f]"),
  of("users: [0o17]"),
  of("users: [1_000]"),
  of("users: [2001-12-14]"),
  of("users: [1:20]"),
  of("users: [.inf]"),
  of("users: [null]"),
  of("users: [[a]]"),
  of("namespaces: ['1']"),
  of("omitManagedFields: 'yes'"),
  of("omitManagedFields: yes"),
  of("nonResourceURLs: [healthz]"),
  of("nonResourceURLs: ['/a*/b']"),
  of("nonResourceURLs: ['']"),
  of("nonResourceURLs: [/a], namespaces: [b]"),
  of("nonResourceURLs: [/a], resources: [{group: ''}]"),
  of("resources: [{group: '', resourceNames: [b]}]"),
  of("resources: [{group: rbac.authorization.k8s.io/v1}]"),
  of("resources: [{group: Apps}]"),
  of("resources: [{group: a_b}]"),
  of("resources: [pods]"),
  of("resources: {group: ''}"),
  of(`resources: [{group: ${"a".repeat(254)}}]`),
  rules("- level: None\n---\nkind: Policy"),
  rules("- &one {level: None}\n- *one"),
  rules("- &one {level: None}\n- {<<: *one, users: [a]}"),
  rules("\t- level: None"),
  JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "None" }] }),
];

describe.skipIf(!hasPeer(peer))("a real API server and our reading of a policy", () => {
  let folder: string;
  let plane: ControlPlane;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tiercel-verdicts-"));
    plane = await controlPlane(folder);
  });
  afterAll(async () => {
    await plane?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What it says against the policy; undefined where it takes it, and stumbles over what comes next. */
  async function complaint(policy: string): Promise<string | undefined> {
    const file = join(folder, "policy.yaml");
    writeFileSync(file, policy);
    const said = await plane.refused(kubeadmManifest, {
      "audit-policy-file": file,
      "audit-log-path": join(folder, "audit.log"),
      "admission-control-config-file": join(folder, "none"),
    });
    const line = said.split("\n").findLast((one) => /audit policy|admission/.test(one));
    expect(line, said).toBeDefined();
    return line?.includes("audit policy") ? line : undefined;
  }

  test.for(policies.map((policy, at) => [at, policy] as const))("%i: the same verdict on %s", async ([, policy]) => {
    const theirs = await complaint(policy);
    const read = readPolicy({ name: "policy.yaml", text: policy });
    const said = read.ok ? "" : read.problems.map(({ message }) => message).join("; ");
    expect(read.ok, `ours: ${said}; theirs: ${theirs}`).toBe(theirs === undefined);
  });
});
