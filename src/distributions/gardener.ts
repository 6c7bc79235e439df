/** Gardener: who owns a shoot sets its policy; where events go is the operator's to say. */
import { stringify } from "yaml";
import type { Distribution, Wish } from "./plan/contract.ts";
import { anything, type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

const configMap = "tiercel-audit-policy";

function things(wish: Wish): readonly Thing[] {
  const of = ["-n", wish.options.namespace as string];
  const shoot = wish.options.name ?? wish.cluster;
  const patch = (value: unknown) => [
    ...["kubectl", ...of, "patch", "shoot", shoot, "--type=merge", "-p"],
    JSON.stringify({ spec: { kubernetes: { kubeAPIServer: { auditConfig: value } } } }),
  ];
  const manifest = stringify(
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: configMap, namespace: wish.options.namespace },
      data: { policy: wish.policy },
    },
    { lineWidth: 0 },
  );
  return [
    {
      title: "The policy, in a ConfigMap of the project",
      look: {
        argv: ["kubectl", ...of, "get", "configmap", configMap, "-o", "jsonpath={.data.policy}"],
        is: (stdout) => stdout.trim() === wish.policy.trim(),
        some: anything,
      },
      make: { argv: ["kubectl", "apply", "-f", "-"], stdin: manifest },
      remove: { argv: ["kubectl", ...of, "delete", "configmap", configMap, "--ignore-not-found"] },
    },
    {
      title: "The shoot's API server takes it at the next reconciliation",
      look: {
        argv: [
          ...["kubectl", ...of, "get", "shoot", shoot, "-o"],
          "jsonpath={.spec.kubernetes.kubeAPIServer.auditConfig.auditPolicy.configMapRef.name}",
        ],
        is: (stdout) => stdout.trim() === configMap,
      },
      make: {
        argv: patch({ auditPolicy: { configMapRef: { name: configMap } } }),
        restarts: { what: "the shoot's API server, rolled", secs: 300 },
      },
      remove: { argv: patch(null) },
    },
  ];
}

export const gardener: Distribution = {
  name: "gardener",
  title: "Gardener (a shoot's policy)",
  doc: "The shoot records what our rules read; its operator sends the events to us.",
  tools: ["kubectl"],
  options: [
    { name: "namespace", doc: "the project's namespace in the garden cluster", required: true },
    { name: "name", doc: "the shoot's name, where it is not --cluster" },
  ],
  route: "source",
  verifyWithinSecs: 120,
  plan: async (wish, world) => ({
    steps: await thingsPlan(world, things(wish)),
    notes: [
      `Where events go is the garden operator's to set: ask for the webhook ${wish.receiver}.`,
      "KUBECONFIG must be the garden cluster's, not the shoot's.",
    ],
  }),
  undo: (wish, world) => thingsUndo(world, things(wish)),
};
