/** Minikube: files that it copies into the machine, and options of its start. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Distribution, here, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { hostPlan, hostUndo, webhookPair } from "./plan/host-files.ts";

/** The one folder that Minikube always mounts into the API server (reference 03 §1.13). */
const inPod = "/etc/ssl/certs";
const paths = { policy: `${inPod}/audit-policy.yaml`, webhook: `${inPod}/audit-webhook.yaml` };

interface Extra {
  readonly Component: string;
  readonly Key: string;
  readonly Value: string;
}

const profileOf = (wish: Wish): string => wish.options.profile ?? "minikube";
const homeOf = (world: World): string => `${world.home}/.minikube`;

/** The options of the last start, as the profile remembers them. */
async function extras(wish: Wish, world: World): Promise<readonly Extra[]> {
  const text = await world.read(here, `${homeOf(world)}/profiles/${profileOf(wish)}/config.json`);
  if (text === null) {
    world.assume("the profile's options of the last start", `start it once: minikube start -p ${profileOf(wish)}`);
    return [];
  }
  const config = JSON.parse(text) as { KubernetesConfig?: { ExtraOptions?: readonly Extra[] | null } };
  return config.KubernetesConfig?.ExtraOptions ?? [];
}

const files = (wish: Wish, world: World) => ({
  own: webhookPair(wish, paths).map((file) => ({ ...file, path: `${homeOf(world)}/files${file.path}` })),
  shared: [],
  restart: [],
});

const isAudit = ({ Component, Key }: Extra): boolean => Component === "apiserver" && Key.startsWith("audit-");

function starts(wish: Wish, options: readonly string[]): Step[] {
  const of = ["-p", profileOf(wish)];
  return [
    {
      kind: "run",
      on: here,
      title: "Files are copied and options taken at a start, so it stops first",
      argv: ["minikube", "stop", ...of],
      restarts: { what: "the whole of Minikube", secs: 120 },
    },
    { kind: "run", on: here, title: "It starts with what is told", argv: ["minikube", "start", ...of, ...options] },
  ];
}

const option = ({ Component, Key, Value }: Extra): string => `--extra-config=${Component}.${Key}=${Value}`;

export const minikube: Distribution = {
  name: "minikube",
  aliases: ["minikube-1.11", "minikube-1.12", "minikube-1.13"],
  title: "Minikube (Kubernetes 1.11 and later)",
  doc: "The API server posts to us; Minikube starts it with our files and flags.",
  tools: ["minikube"],
  options: [{ name: "profile", doc: "Minikube's profile", default: "minikube" }],
  route: "webhook",
  verifyWithinSecs: 30,
  async plan(wish, world) {
    const there = await extras(wish, world);
    const flags = auditFlags(paths);
    const foreign = there.find(
      ({ Key, Value, ...rest }) =>
        isAudit({ Key, Value, ...rest }) && Key.endsWith("-file") && !Value.startsWith(inPod),
    );
    if (foreign !== undefined && wish.merge === undefined) throw alreadyOn(`${foreign.Key}=${foreign.Value}`);
    const steps = await hostPlan(world, [here], files(wish, world));
    const wanted = flags.map(({ name: Key, value: Value }): Extra => ({ Component: "apiserver", Key, Value }));
    const set = wanted.every(({ Key, Value }) => there.some((one) => one.Key === Key && one.Value === Value));
    if (set && steps.length === 0) return { steps: [] };
    const others = there.filter((one) => !isAudit(one));
    return {
      steps: [...steps, ...starts(wish, [...others, ...wanted].map(option))],
      notes: ["A receiver on the developer's own machine is `host.minikube.internal` from within Minikube."],
    };
  },
  async undo(wish, world) {
    const path = `${homeOf(world)}/profiles/${profileOf(wish)}/config.json`;
    const before = await world.read(here, path);
    const ours = (one: Extra) =>
      isAudit(one) && auditFlags(paths).some(({ name, value }) => one.Key === name && one.Value === value);
    const steps: Step[] = [];
    if (before !== null && (await extras(wish, world)).some(ours)) {
      const config = JSON.parse(before);
      const left = config.KubernetesConfig.ExtraOptions.filter((one: Extra) => !ours(one));
      config.KubernetesConfig.ExtraOptions = left.length === 0 ? null : left;
      const after = `${JSON.stringify(config, null, "\t")}${before.endsWith("\n") ? "\n" : ""}`;
      const title = "The profile forgets the options of its last start";
      steps.push({ kind: "file", on: here, title, path, before, after, mode: "0600", secret: false });
      steps.push(...starts(wish, []));
    }
    return { steps: [...steps, ...(await hostUndo(world, [here], files(wish, world)))] };
  },
};
