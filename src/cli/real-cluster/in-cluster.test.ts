import { describe, expect, test } from "vitest";
import { hasPeer } from "../../sources/peers.kit.ts";
import { testIo } from "../io.kit.ts";
import { printManifests } from "../manifests.ts";
import { type ControlPlane, peer } from "./control-plane.kit.ts";
import { enabledCluster } from "./enabled-cluster.kit.ts";
import type { EnabledHost } from "./enabled-host.kit.ts";
import type { OwnServer } from "./own-server.kit.ts";
import { until } from "./processes.kit.ts";

describe.skipIf(!hasPeer(peer))("in a real cluster", () => {
  let ours: OwnServer;
  let host: EnabledHost;
  let plane: ControlPlane;

  enabledCluster((cluster) => {
    ({ host, ours } = cluster);
    plane = host.plane;
  });

  test("what runs Tiercel is made, is the same when it is applied again, and goes", async () => {
    const io = testIo();
    const wish = {
      namespace: "tiercel",
      clusterIp: "10.96.77.65",
      image: "tiercel:1",
      cluster: "prod",
      storage: "50Gi",
    };
    await printManifests({ ...wish, output: "yaml" }, io);
    const stdin = io.out();
    const first = await plane.kubectl(["apply", "-f", "-"], { stdin });
    expect(first.code, first.stderr).toBe(0);
    expect(
      first.stdout
        .trim()
        .split("\n")
        .map((line) => line.split(" ").at(-1)),
    ).toEqual(Array(7).fill("created"));
    expect(first.stderr).toBe("");
    const again = await plane.does(["apply", "-f", "-"], { stdin });
    expect(
      again
        .trim()
        .split("\n")
        .map((line) => line.split(" ").at(-1)),
    ).toEqual(Array(7).fill("unchanged"));
    const address = await plane.does([
      "get",
      "service",
      "tiercel-ingest",
      "-n",
      "tiercel",
      "-o",
      "jsonpath={.spec.clusterIP}",
    ]);
    expect(address).toBe("10.96.77.65");
    await podIsAllowed();
    const gone = await plane.does(["delete", "--wait=false", "-f", "-"], { stdin });
    expect(gone.trim().split("\n")).toHaveLength(7);
  }, 120_000);

  /** What the StatefulSet's controller would make: the namespace's Pod Security Standard lets it in. */
  async function podIsAllowed(): Promise<void> {
    const set = JSON.parse(await plane.does(["get", "statefulset", "tiercel", "-n", "tiercel", "-o", "json"]));
    const { metadata, spec } = set.spec.template;
    const data = { name: "data", persistentVolumeClaim: { claimName: "data-tiercel-0" } };
    const pod = {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { ...metadata, name: "tiercel-0", namespace: "tiercel" },
      spec: { ...spec, volumes: [...spec.volumes, data] },
    };
    const made = await plane.kubectl(["create", "-f", "-"], { stdin: JSON.stringify(pod) });
    expect(made.code, made.stderr).toBe(0);
    expect(made.stderr).toBe("");
  }

  const activities = (query: Readonly<Record<string, string>> = {}) =>
    ours.all("/api/v1/activities", { namespace: "shop", ...query });

  test("the admission webhook tells of writes, and never stands in their way", async () => {
    await plane.does(["create", "namespace", "shop"]);
    await plane.does(["create", "serviceaccount", "default", "-n", "shop"]);
    const flags = { url: ours.admission };
    host.host.program("curl", 'exec /usr/bin/curl "$@"');
    const made = await host.turn("enable", "admission", flags);
    expect(made.code, made.io.err()).toBe(0);
    const again = await host.turn("enable", "admission", flags);
    expect(again.io.err()).toContain("nothing to do");
    // It asks from the next moment on: until then writes go unseen.
    let at = 0;
    await until(
      async () => {
        await plane.does(["create", "configmap", `settings-${at++}`, "-n", "shop", "--from-literal=a=b"]);
        return (await activities()).length > 0;
      },
      () => ours.said(),
    );
    const [first] = await activities();
    expect(first).toMatchObject({ cluster: "prod", user: "kubernetes-admin", verb: "create", resource: "configmaps" });

    await ours.kill();
    await plane.does(["create", "configmap", "unseen", "-n", "shop"]);
    await ours.start();
    await plane.does(["delete", "configmap", "unseen", "-n", "shop"]);
    await until(
      async () => (await activities({ name: "unseen" })).length > 0,
      () => ours.said(),
    );
    expect((await activities({ name: "unseen" })).map(({ verb }) => verb)).toEqual(["delete"]);

    const undone = await host.turn("disable", "admission", flags);
    expect(undone.code, undone.io.err()).toBe(0);
    expect(await plane.does(["get", "validatingwebhookconfigurations", "-o", "name"])).toBe("");
  }, 300_000);

  test("the registration of a Service is taken too", async () => {
    const { code, io } = await host.turn("enable", "admission", { url: ours.admission, service: "tiercel/tiercel" });
    expect(code, io.err()).toBe(0);
    const path = "jsonpath={.webhooks[0].clientConfig.service.path}";
    const kept = await plane.does(["get", "validatingwebhookconfiguration", "tiercel-audit", "-o", path]);
    expect(kept).toBe("/k8s-admission/prod");
    await host.turn("disable", "admission", { url: ours.admission });
  }, 120_000);
});
