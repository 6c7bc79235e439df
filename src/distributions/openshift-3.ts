/** OpenShift 3.11 and MiniShift 3.11: Kubernetes 1.11 below, so the policy is `v1beta1`. */
import { auditFlags, telling } from "./plan/audit-flags.ts";
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
  // Without a policy file nothing is sent at all (reference 04 §2.2); a policy may stand in the file itself.
  const { webHookMode, webHookKubeConfig, policyFile } = auditConfig;
  const policy = there.policyFile === undefined && there.policyConfiguration === undefined ? { policyFile } : {};
  return setYaml(text, ["auditConfig"], { ...there, enabled: true, webHookMode, webHookKubeConfig, ...policy });
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
      help: "`/usr/local/bin/master-logs api api` on that master says why",
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
const ours: Readonly<Record<string, readonly string[]>> = {
  "audit-log-path": [`${seen}/k8s_audit_events.log`],
  "audit-log-maxbackup": ["1"],
  "audit-log-maxsize": ["10"],
  ...Object.fromEntries(auditFlags(paths).map(({ name, value }) => [name, [value]])),
};

const configSet = (values: Readonly<Record<string, readonly string[] | null>>): readonly string[] => [
  ...["minishift", "openshift", "config", "set", "--target", "kube", "--patch"],
  JSON.stringify({ kubernetesMasterConfig: { apiServerArguments: values } }),
];

type Arguments = Readonly<Record<string, readonly string[]>>;
const nulls = (values: Arguments) => Object.fromEntries(Object.keys(values).map((name) => [name, null]));
const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
const kept = "the API server's arguments";

/** The arguments as they are set now. */
async function argumentsNow(world: World): Promise<Arguments> {
  const view = await world.ask(["minishift", "openshift", "config", "view", "--target", "kube"], "");
  return (readYaml(view, ["kubernetesMasterConfig", "apiServerArguments"]) ?? {}) as Arguments;
}

const vm: Place = { via: "minishift", name: "" };
const vmSetup = (wish: Wish, keepsPolicy: boolean): HostSetup => ({
  own: webhookPair(wish, paths)
    .slice(keepsPolicy ? 1 : 0)
    .map((file) => ({
      ...file,
      path: file.path.replace(seen, "/var/lib/minishift/base/kube-apiserver"),
    })),
  shared: [],
  restart: [],
});

const restart: Step = {
  kind: "run",
  on: here,
  follows: true,
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
    const there = await argumentsNow(world);
    const foreign = telling.find((name) => there[name] !== undefined && !same(there[name], ours[name]));
    if (foreign !== undefined && wish.merge === undefined) throw alreadyOn(`${foreign}: ${there[foreign]}`);
    const keepsPolicy = wish.merge === "keep" && foreign !== undefined && there["audit-policy-file"] !== undefined;
    const wanted = Object.fromEntries(
      Object.entries(ours).filter(([name]) => {
        const isTheirs = there[name] !== undefined && !same(there[name], ours[name]);
        // The log that is there stays with its policy.
        return !(wish.merge === "keep" && isTheirs && (name === "audit-policy-file" || name.startsWith("audit-log-")));
      }),
    );
    const files = await hostPlan(world, [vm], vmSetup(wish, keepsPolicy));
    const set = Object.entries(wanted).every(([name, value]) => same(there[name], value));
    if (set) return { steps: files.length === 0 ? [] : [...files, restart] };
    const clear = configSet(nulls(wanted));
    const replaced = Object.fromEntries(
      Object.entries(there).filter(([name, value]) => name in wanted && !same(value, ours[name])),
    );
    const keeps = Object.keys(replaced).length === 0 ? {} : { keeps: { what: kept, value: replaced } };
    const steps: readonly Step[] = [
      { kind: "run", on: here, title: "Lists would be merged: old ones are emptied first", argv: clear, ...keeps },
      { kind: "run", on: here, title: "The API server's arguments", argv: configSet(wanted), undo: clear },
    ];
    return { steps: [...files, ...steps, restart] };
  },
  async undo(wish, world) {
    const there = await argumentsNow(world);
    const mine = Object.fromEntries(Object.entries(ours).filter(([name, value]) => same(there[name], value)));
    const theirs = ((await world.kept(kept)) ?? {}) as Arguments;
    const steps: Step[] =
      Object.keys(mine).length === 0
        ? []
        : [
            { kind: "run", on: here, title: "The API server's arguments are taken out", argv: configSet(nulls(mine)) },
            ...(Object.keys(theirs).length === 0
              ? []
              : ([
                  { kind: "run", on: here, title: "What was there before", argv: configSet(theirs), drops: kept },
                ] satisfies Step[])),
            restart,
          ];
    return { steps: [...steps, ...(await hostUndo(world, [vm], vmSetup(wish, false)))] };
  },
};
