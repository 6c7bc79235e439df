import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { distributionOf } from "../../distributions/index.ts";
import type { Distribution } from "../../distributions/plan/contract.ts";
import { manifestPath } from "../../distributions/plan/static-pod.ts";
import { freePort, hasPeer } from "../../sources/peers.kit.ts";
import { doctor } from "../enabling/doctor.ts";
import { verifyWith } from "../enabling/verify.ts";
import { authority } from "./authority.kit.ts";
import { peer } from "./control-plane.kit.ts";
import { enabledCluster } from "./enabled-cluster.kit.ts";
import type { EnabledHost } from "./enabled-host.kit.ts";
import { kubeadmManifest } from "./kubeadm-manifest.kit.ts";
import { adminToken, clusterName, ingestToken, type OwnServer } from "./own-server.kit.ts";

const kubeadm = distributionOf("kubeadm") as Distribution;

describe.skipIf(!hasPeer(peer))("the way from a real API server", () => {
  let ours: OwnServer;
  let host: EnabledHost;
  let enabled: string;
  const files = { policy: "var/lib/k8s_audit/audit-policy.yaml", webhook: "var/lib/k8s_audit/webhook-config.yaml" };
  const at = (path: string) => join(host.plane.root, path);

  enabledCluster(async (cluster) => {
    ({ host, ours } = cluster);
    const { code, io } = await host.turn("enable", "kubeadm", { host: ["cp1"] });
    expect(code, io.err()).toBe(0);
    await host.settled();
    enabled = readFileSync(at(manifestPath), "utf8");
    await mirrorPod(enabled);
  });

  /** The kubelet shows the static pod to the API server. */
  async function mirrorPod(manifest: string): Promise<void> {
    const { plane } = host;
    await plane.kubectl(["delete", "pod", "-n", "kube-system", "kube-apiserver-cp1", "--grace-period=0", "--force"]);
    const pod = manifest
      .replace(/^ {2}annotations:\n/m, "  annotations:\n    kubernetes.io/config.mirror: x\n")
      .replace(/^ {2}name: kube-apiserver$/m, "  name: kube-apiserver-cp1")
      .replace(/^spec:\n/m, "spec:\n  nodeName: cp1\n");
    await plane.does(["create", "-f", "-"], { stdin: pod });
  }

  const asked = (env: NodeJS.ProcessEnv = {}) => host.io({ TIERCEL_TOKEN: adminToken, ...env });
  const flags = () => ({ cluster: clusterName, server: ours.api, receiver: ours.receiver });

  /** What `verify` says where no event comes. It waits for longer than a batch does. */
  async function walked(within = 20): Promise<string> {
    const proof = asked();
    expect(await verifyWith(kubeadm, { ...flags(), within }, proof), proof.out()).toBe(1);
    return proof.out();
  }

  const brokenLinks = (walk: string): readonly string[] =>
    [...walk.matchAll(/^broken +(\S+(?: \S+)*?) {2,}/gm)].map(([, name]) => name ?? "");

  /** The API server runs with one of its two files changed; both are as they were at the end. */
  async function broken(file: keyof typeof files, change: (text: string) => string, look: () => Promise<void>) {
    const path = at(files[file]);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    expect(after).not.toBe(before);
    writeFileSync(path, after);
    try {
      await host.plane.run(enabled);
      await look();
    } finally {
      writeFileSync(path, before);
    }
  }

  test("a real ConfigMap's event proves it", async () => {
    const proof = asked();
    expect(await verifyWith(kubeadm, flags(), proof), proof.out()).toBe(0);
    expect(proof.out()).toMatch(/^It came: cluster prod is heard/);
    const walk = asked();
    expect(await doctor(flags(), walk), walk.out()).toBe(0);
    expect(walk.out()).not.toMatch(/broken|unknown/);
    expect(walk.out()).toMatch(/^ok +audit backend +\d+ events recorded since its start, none lost$/m);
  }, 300_000);

  test("a port where nobody listens", async () => {
    const port = await freePort();
    const elsewhere = (text: string) => text.replace(ours.receiver, `https://127.0.0.1:${port}`);
    await broken("webhook", elsewhere, async () => {
      const seen = await walked();
      expect(brokenLinks(seen)).toEqual(["route"]);
      expect(seen).toMatch(new RegExp(`gets no answer from 127\\.0\\.0\\.1:${port}`));
    });
  }, 300_000);

  test("a path that is not ours", async () => {
    const elsewhere = (text: string) => text.replace("/k8s_audit/", "/audit/");
    await broken("webhook", elsewhere, async () => {
      const seen = await walked();
      expect(brokenLinks(seen)).toEqual(["route"]);
      expect(seen).toMatch(/127\.0\.0\.1:\d+ answers 404 to the API server/);
    });
  }, 300_000);

  test("nobody's token", async () => {
    await broken(
      "webhook",
      (text) => text.replace(ingestToken, "tiercel_another"),
      async () => {
        expect(brokenLinks(await walked())).toEqual(["token"]);
      },
    );
  }, 300_000);

  test("another certificate authority", async () => {
    const other = Buffer.from((await authority("somebody else")).cert).toString("base64");
    const untrusting = (text: string) =>
      text.replace(/certificate-authority-data: .*/, `certificate-authority-data: ${other}`);
    await broken("webhook", untrusting, async () => {
      expect(brokenLinks(await walked())).toEqual(["TLS"]);
    });
  }, 300_000);

  test("a policy that records no ConfigMaps", async () => {
    const none = '- level: None\n    resources: [{group: "", resources: [configmaps]}]\n  ';
    await broken(
      "policy",
      (text) => text.replace(/^rules:\n(?: *#.*\n)* {2}/m, `rules:\n  ${none}`),
      async () => {
        expect(brokenLinks(await walked())).toEqual(["audit policy"]);
      },
    );
  }, 300_000);

  test("an API server without the flags, whether it shows them or not", async () => {
    await host.plane.run(kubeadmManifest);
    await mirrorPod(kubeadmManifest);
    expect(brokenLinks(await walked(5))).toEqual(["audit flags", "audit backend"]);
    const walk = asked();
    expect(await doctor(flags(), walk)).toBe(1);
    expect(walk.err()).toContain("the broken link is audit flags: the API server runs without --audit-policy-file");
    await host.plane.does(["delete", "pod", "-n", "kube-system", "kube-apiserver-cp1", "--grace-period=0", "--force"]);
    expect(brokenLinks(await walked(5))).toEqual(["audit backend"]);
  }, 300_000);

  test("our server is down", async () => {
    await host.plane.run(enabled);
    await ours.stop();
    const proof = asked();
    expect(await verifyWith(kubeadm, flags(), proof)).toBe(3);
    expect(proof.err()).toContain("cannot be reached");
    const walk = asked();
    expect(await doctor(flags(), walk)).toBe(3);
    expect(walk.err()).toContain("the broken link is Tiercel");
  }, 300_000);
});
