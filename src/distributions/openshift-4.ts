/** OpenShift 4.2 and 4.3: an AuditSink, which the API server takes once dynamic auditing is on. Kubernetes 1.14 and 1.16. */
import { stringify } from "yaml";
import { openshiftVersion } from "./openshift-version.ts";
import { type Distribution, Refused, type Wish, type World } from "./plan/contract.ts";
import { anything, type Thing, thingsPlan, thingsUndo } from "./plan/things.ts";

const overrides = {
  "audit-dynamic-configuration": ["true"],
  "feature-gates": ["DynamicAuditing=true"],
  "runtime-config": ["auditregistration.k8s.io/v1alpha1=true"],
};

/** The sink's own policy governs what it gets, whatever the log's policy is (reference 03 §1.3, §4.2). */
const sink = ({ receiver }: Wish): string =>
  stringify({
    apiVersion: "auditregistration.k8s.io/v1alpha1",
    kind: "AuditSink",
    metadata: { name: "tiercel" },
    spec: {
      policy: { level: "RequestResponse", stages: ["ResponseComplete", "ResponseStarted"] },
      webhook: { throttle: { qps: 10, burst: 15 }, clientConfig: { url: receiver } },
    },
  });

const things = (wish: Wish): readonly Thing[] => [
  {
    title: "Dynamic auditing is switched on in the API servers. OpenShift calls this override unsupported",
    look: {
      argv: [
        "oc",
        "get",
        "kubeapiserver",
        "cluster",
        "-o",
        "jsonpath={.spec.unsupportedConfigOverrides.apiServerArguments}",
      ],
      is: (stdout) => stdout.includes("audit-dynamic-configuration"),
    },
    make: {
      argv: [
        ...["oc", "patch", "kubeapiserver", "cluster", "--type=merge", "-p"],
        JSON.stringify({ spec: { unsupportedConfigOverrides: { apiServerArguments: overrides } } }),
      ],
      restarts: { what: "each master's API server, one after the other", secs: 600 },
    },
    settled: [
      {
        title: "Every master runs the new revision",
        argv: [
          ...["oc", "get", "kubeapiserver", "cluster", "-o"],
          'jsonpath={.status.conditions[?(@.type=="NodeInstallerProgressing")].status}',
        ],
        expect: "^False$",
        everySecs: 30,
        withinSecs: 1200,
      },
    ],
    remove: {
      argv: [
        ...["oc", "patch", "kubeapiserver", "cluster", "--type=json", "-p"],
        JSON.stringify(
          Object.keys(overrides).map((name) => ({
            op: "remove",
            path: `/spec/unsupportedConfigOverrides/apiServerArguments/${name}`,
          })),
        ),
      ],
    },
    record: "dynamic-auditing",
  },
  {
    title: "The AuditSink: where events go",
    look: {
      argv: ["oc", "get", "auditsink", "tiercel", "-o", "jsonpath={.spec.webhook.clientConfig.url}"],
      is: (stdout) => stdout.trim() === wish.receiver,
      some: anything,
    },
    make: { argv: ["oc", "apply", "-f", "-"], stdin: sink(wish) },
    remove: { argv: ["oc", "delete", "auditsink", "tiercel", "--ignore-not-found"] },
  },
];

/** A merge patch takes the place of whole lists: somebody else's would be lost. */
async function refuseForeignOverrides(world: World): Promise<void> {
  const answer = await world.try([
    ...["oc", "get", "kubeapiserver", "cluster", "-o"],
    "jsonpath={.spec.unsupportedConfigOverrides.apiServerArguments}",
  ]);
  const text = answer?.code === 0 ? answer.stdout.trim() : "";
  const there = /^\{/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : {};
  const foreign = Object.entries(overrides).find(
    ([name, ours]) => there[name] !== undefined && JSON.stringify(there[name]) !== JSON.stringify(ours),
  );
  if (foreign !== undefined)
    throw new Refused(
      `the override ${foreign[0]} is there already: ${JSON.stringify(there[foreign[0]])}`,
      `add ${foreign[1].join(", ")} to it by hand (oc edit kubeapiserver cluster), and take out what nobody needs`,
    );
}

const dynamic = (version: string, kubernetes: number): Distribution => ({
  name: `openshift-${version}`,
  title: `OpenShift ${version}`,
  doc: "The API server posts to us by an AuditSink.",
  tools: ["oc"],
  kubernetes,
  route: "webhook",
  policy: "theirs",
  verifyWithinSecs: 60,
  async plan(wish, world) {
    const found = await openshiftVersion(world);
    if (found !== undefined && !found.startsWith(`${version}.`))
      throw new Refused(
        `this cluster is OpenShift ${found}`,
        /^4\.[23]\./.test(found) ? `tiercel enable openshift-${found.slice(0, 3)}` : "tiercel enable openshift",
      );
    await refuseForeignOverrides(world);
    return {
      steps: await thingsPlan(world, things(wish)),
      notes: [
        "`feature-gates` in the override takes the place of the operator's own list.",
        "An AuditSink sends no token: let only the masters reach the receiver, or give it a path that nobody guesses.",
      ],
    };
  },
  undo: (wish, world) => thingsUndo(world, things(wish)),
});

export const openshift42 = dynamic("4.2", 14);
export const openshift43 = dynamic("4.3", 16);
