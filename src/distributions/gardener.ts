/** Gardener: who owns a shoot sets its policy; where events go is the operator's to say. */
import { stringify } from "yaml";
import { type Distribution, here, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { anything, type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

const configMap = "tiercel-audit-policy";

const shootOf = ({ cluster, options }: Wish) => ({
  of: ["-n", options.namespace as string],
  shoot: options.name ?? cluster,
});

const patch = (wish: Wish, auditConfig: unknown): readonly string[] => {
  const { of, shoot } = shootOf(wish);
  return [
    ...["kubectl", ...of, "patch", "shoot", shoot, "--type=merge", "-p"],
    JSON.stringify({ spec: { kubernetes: { kubeAPIServer: { auditConfig } } } }),
  ];
};
const policyIn = (name: string) => ({ auditPolicy: { configMapRef: { name } } });

const policyThing = (wish: Wish): Thing => {
  const { of } = shootOf(wish);
  return {
    title: "The policy, in a ConfigMap of the project",
    look: {
      argv: ["kubectl", ...of, "get", "configmap", configMap, "-o", "jsonpath={.data.policy}"],
      is: (stdout) => stdout.trim() === wish.policy.trim(),
      some: anything,
    },
    make: {
      argv: ["kubectl", "apply", "-f", "-"],
      stdin: stringify(
        {
          apiVersion: "v1",
          kind: "ConfigMap",
          metadata: { name: configMap, namespace: wish.options.namespace },
          data: { policy: wish.policy },
        },
        { lineWidth: 0 },
      ),
    },
    remove: { argv: ["kubectl", ...of, "delete", "configmap", configMap, "--ignore-not-found"] },
  };
};

/** The ConfigMap that the shoot takes its policy from; empty where it takes none. */
async function policyNow(wish: Wish, world: World): Promise<string> {
  const { of, shoot } = shootOf(wish);
  const path = "jsonpath={.spec.kubernetes.kubeAPIServer.auditConfig.auditPolicy.configMapRef.name}";
  return (await world.ask(["kubectl", ...of, "get", "shoot", shoot, "-o", path], "")).trim();
}

const kept = "the shoot's policy";

async function enable(wish: Wish, world: World): Promise<readonly Step[]> {
  const there = await policyNow(wish, world);
  const isForeign = there !== "" && there !== configMap;
  if (isForeign && wish.merge === undefined) throw alreadyOn(`the shoot's policy is the ConfigMap ${there}`);
  if (isForeign && wish.merge === "keep") return [];
  const steps = await thingsPlan(world, [policyThing(wish)]);
  if (there === configMap) return steps;
  return [
    ...steps,
    {
      kind: "run",
      on: here,
      title: "The shoot's API server takes it at the next reconciliation",
      argv: patch(wish, policyIn(configMap)),
      undo: patch(wish, isForeign ? policyIn(there) : null),
      restarts: { what: "the shoot's API server, rolled", secs: 300 },
      ...(isForeign ? { keeps: { what: kept, value: there } } : {}),
    },
  ];
}

async function disable(wish: Wish, world: World): Promise<readonly Step[]> {
  const isOurs = (await policyNow(wish, world)) === configMap;
  const theirs = await world.kept(kept);
  const title = typeof theirs === "string" ? "The shoot's policy is the one it had before" : "The shoot has no policy";
  const auditConfig = typeof theirs === "string" ? policyIn(theirs) : null;
  const step: Step = { kind: "run", on: here, title, argv: patch(wish, auditConfig), drops: kept };
  const { steps } = await thingsUndo(world, [policyThing(wish)]);
  return isOurs ? [step, ...steps] : steps;
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
    steps: await enable(wish, world),
    notes: [
      `Where events go is the garden operator's to set: ask for the webhook ${wish.receiver}.`,
      "KUBECONFIG must be the garden cluster's, not the shoot's.",
    ],
  }),
  undo: async (wish, world) => ({ steps: await disable(wish, world) }),
};
