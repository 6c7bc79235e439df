/** OpenShift 3.11 and MiniShift 3.11: Kubernetes 1.11 below, so the policy is `v1beta1`. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Place, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { type HostSetup, hostPlan, hostUndo, places, webhookPair } from "./plan/host-files.ts";
import { readYaml, removeYaml, setYaml } from "./plan/yaml-text.ts";

const seen = "/etc/origin/master";
const paths = { policy: `${seen}/audit-policy.yaml`, webhook: `${seen}/webhook-config.yaml` };

/** The capital H of `webHook` is OpenShift's (reference 03 §1.1). */
const auditConfig = {
  enabled: true,
  maximumFileSizeMegabytes: 10,
  maximumRetainedFiles: 1,
  auditFilePath: `${seen}/k8s_audit_events.log`,
  logFormat: "json",
  webHookMode: "batch",
  webHookKubeConfig: paths.webhook,
  policyFile: paths.policy,
};

export function putAuditConfig(text: string, { merge }: Pick<Wish, "merge">): string {
  const there = readYaml(text, ["auditConfig"]) as Record<string, unknown> | undefined;
  if (there?.webHookKubeConfig === paths.webhook) return text;
  if (
    there !== undefined &&
    merge === undefined &&
    (there.logFormat === "json" || there.webHookKubeConfig !== undefined)
  )
    throw alreadyOn(`auditConfig with logFormat ${there.logFormat}`);
  if (merge !== "keep" || there === undefined) return setYaml(text, ["auditConfig"], auditConfig);
  const { webHookMode, webHookKubeConfig } = auditConfig;
  return setYaml(text, ["auditConfig"], { ...there, webHookMode, webHookKubeConfig });
}

export const stripAuditConfig = (text: string): string =>
  readYaml(text, ["auditConfig", "webHookKubeConfig"]) === paths.webhook ? removeYaml(text, ["auditConfig"]) : text;

const masterRestart = (part: string) => ({
  title: `The master's ${part} start anew`,
  argv: ["/usr/local/bin/master-restart", part],
  restarts: { what: `this master's ${part}`, secs: 60 },
});

const setup311 = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths),
  shared: [
    {
      path: `${seen}/master-config.yaml`,
      title: "The master's configuration, with its auditConfig",
      usual: "apiVersion: master.config.openshift.io/v1\nkind: MasterConfig\n",
      put: (text) => putAuditConfig(text ?? "", wish),
      strip: stripAuditConfig,
    },
  ],
  restart: [
    masterRestart("api"),
    masterRestart("controllers"),
    {
      title: "The API server is ready again",
      argv: ["oc", "--config", `${seen}/admin.kubeconfig`, "get", "--raw", "/healthz"],
      expect: "^ok",
      everySecs: 5,
      withinSecs: 300,
    },
  ],
});

export const openshift311: Distribution = {
  name: "openshift-3.11",
  title: "OpenShift 3.11",
  doc: "The API server posts to us; the masters' configuration is changed, one master after the other.",
  tools: [],
  takesHosts: true,
  kubernetes: 11,
  route: "webhook",
  verifyWithinSecs: 60,
  plan: async (wish, world) => ({
    steps: await hostPlan(world, places(wish), setup311(wish)),
    notes: ["Name all masters with --host: each API server tells only of its own requests."],
  }),
  undo: async (wish, world) => ({ steps: await hostUndo(world, places(wish), setup311(wish)) }),
};

/** What MiniShift's hypershift turns into flags; `auditConfig` it does not (reference 03 §1.2). */
const apiServerArguments = (wish: Wish): Record<string, readonly string[]> => ({
  "audit-log-path": [`${seen}/k8s_audit_events.log`],
  "audit-log-maxbackup": ["1"],
  "audit-log-maxsize": ["10"],
  ...Object.fromEntries(
    auditFlags(paths)
      .filter(({ name }) => wish.merge !== "keep" || name !== "audit-policy-file")
      .map(({ name, value }) => [name, [value]]),
  ),
});

const configSet = (values: Readonly<Record<string, readonly string[] | null>>): readonly string[] => [
  ...["minishift", "openshift", "config", "set", "--target", "kube", "--patch"],
  JSON.stringify({ kubernetesMasterConfig: { apiServerArguments: values } }),
];

const nulls = (wish: Wish) => Object.fromEntries(Object.keys(apiServerArguments(wish)).map((name) => [name, null]));

async function isSet(wish: Wish, world: World): Promise<boolean> {
  const view = await world.ask(["minishift", "openshift", "config", "view", "--target", "kube"], "");
  const at = ["kubernetesMasterConfig", "apiServerArguments", "audit-webhook-config-file"];
  const there = readYaml(view, at);
  const ours = JSON.stringify(there) === JSON.stringify([paths.webhook]);
  if (there !== undefined && !ours && wish.merge === undefined) throw alreadyOn(`audit-webhook-config-file: ${there}`);
  return ours;
}

const vm: Place = { via: "minishift", name: "" };
const vmSetup = (wish: Wish): HostSetup => ({
  own: webhookPair(wish, paths).map((file) => ({
    ...file,
    path: file.path.replace(seen, "/var/lib/minishift/base/kube-apiserver"),
  })),
  shared: [],
  restart: [],
});

const restart: Step = {
  kind: "run",
  on: here,
  title: "OpenShift starts anew within the machine",
  argv: ["minishift", "openshift", "restart"],
  restarts: { what: "the whole of OpenShift", secs: 180 },
};

export const minishift311: Distribution = {
  name: "minishift-3.11",
  aliases: ["minishift"],
  title: "MiniShift 3.11",
  doc: "The API server posts to us; its arguments are patched within MiniShift's machine.",
  tools: ["minishift"],
  kubernetes: 11,
  route: "webhook",
  verifyWithinSecs: 60,
  async plan(wish, world) {
    const files = await hostPlan(world, [vm], vmSetup(wish));
    const set = await isSet(wish, world);
    if (set && files.length === 0) return { steps: [] };
    const clear = configSet(nulls(wish));
    const steps: Step[] = [
      ...files,
      ...(set
        ? []
        : ([
            { kind: "run", on: here, title: "Lists would be merged: old ones are emptied first", argv: clear },
            {
              kind: "run",
              on: here,
              title: "The API server's arguments",
              argv: configSet(apiServerArguments(wish)),
              undo: clear,
            },
          ] satisfies Step[])),
      restart,
    ];
    return { steps };
  },
  async undo(wish, world) {
    const set = await isSet({ ...wish, merge: "replace" }, world);
    const steps: Step[] = set
      ? [
          { kind: "run", on: here, title: "The API server's arguments are taken out", argv: configSet(nulls(wish)) },
          restart,
        ]
      : [];
    return { steps: [...steps, ...(await hostUndo(world, [vm], vmSetup(wish)))] };
  },
};
