/** Minikube: files that it copies into the machine, and options of its start. */
import { auditFlags } from "./plan/audit-flags.ts";
import { type Asked, type Distribution, here, Refused, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { type HostSetup, hostPlan, hostUndo, webhookPair } from "./plan/host-files.ts";

/** The one folder that Minikube always mounts into the API server (reference 03 §1.13). */
const inPod = "/etc/ssl/certs";
const paths = { policy: `${inPod}/audit-policy.yaml`, webhook: `${inPod}/audit-webhook.yaml` };
const flags = auditFlags(paths);

interface Extra {
  readonly Component: string;
  readonly Key: string;
  readonly Value: string;
}

interface Profile {
  KubernetesConfig?: { KubernetesVersion?: string; ExtraOptions?: readonly Extra[] | null };
}

const profileOf = ({ options }: Asked): string => options.profile ?? "minikube";
const homeOf = (world: World): string => `${world.home}/.minikube`;
const configOf = (wish: Asked, world: World): string => `${homeOf(world)}/profiles/${profileOf(wish)}/config.json`;
const kept = "the options of its start";

/** As its last start left it. */
async function profile(wish: Asked, world: World): Promise<Profile> {
  const path = configOf(wish, world);
  const text = await world.read(here, path);
  if (text === null) {
    world.assume("the profile's options of the last start", `start it once: minikube start -p ${profileOf(wish)}`);
    return {};
  }
  try {
    return JSON.parse(text) as Profile;
  } catch {
    throw new Refused(`${path} is no JSON`, `start the profile once: minikube start -p ${profileOf(wish)}`);
  }
}

const extrasOf = ({ KubernetesConfig }: Profile): readonly Extra[] => KubernetesConfig?.ExtraOptions ?? [];

const files = (wish: Wish, world: World, keepsPolicy: boolean): HostSetup => ({
  own: webhookPair(wish, paths)
    .slice(keepsPolicy ? 1 : 0)
    .map((file) => ({ ...file, path: `${homeOf(world)}/files${file.path}` })),
  shared: [],
  restart: [],
});

const isOf = (one: Extra, key: string): boolean => one.Component === "apiserver" && one.Key === key;
const isOurs = (one: Extra): boolean => flags.some(({ name, value }) => isOf(one, name) && one.Value === value);

function starts(wish: Wish, options: readonly string[]): Step[] {
  const of = ["-p", profileOf(wish)];
  return [
    {
      kind: "run",
      on: here,
      follows: true,
      title: "Files are copied and options taken at a start, so it stops first",
      argv: ["minikube", "stop", ...of],
      restarts: { what: "the whole of Minikube", secs: 120 },
    },
    {
      kind: "run",
      on: here,
      follows: true,
      title: "It starts with what is told, and waits for its API server",
      argv: ["minikube", "start", ...of, ...options],
    },
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
  version: async (wish, world) => (await profile(wish, world)).KubernetesConfig?.KubernetesVersion,
  async plan(wish, world) {
    const there = extrasOf(await profile(wish, world));
    const foreign = there.find(
      (one) => one.Component === "apiserver" && /^audit-.*-file$/.test(one.Key) && !isOurs(one),
    );
    if (foreign !== undefined && wish.merge === undefined) throw alreadyOn(`${foreign.Key}=${foreign.Value}`);
    const keepsPolicy =
      wish.merge === "keep" && there.some((one) => isOf(one, "audit-policy-file") && one.Value !== paths.policy);
    const steps = await hostPlan(world, [here], files(wish, world, keepsPolicy));
    const wanted = flags
      .filter(({ name }) => !keepsPolicy || name !== "audit-policy-file")
      .map(({ name: Key, value: Value }): Extra => ({ Component: "apiserver", Key, Value }));
    const set = wanted.every(({ Key, Value }) => there.some((one) => isOf(one, Key) && one.Value === Value));
    if (set && steps.length === 0) return { steps: [] };
    // A start takes all options it is told in place of all it had.
    const others = there.filter((one) => !wanted.some(({ Key }) => isOf(one, Key)));
    const [stop, start] = starts(wish, [...others, ...wanted].map(option)) as [Step, Step];
    const replaced = there.filter((one) => !others.includes(one) && !isOurs(one));
    const keeps = replaced.length === 0 ? {} : { keeps: { what: kept, value: replaced } };
    return {
      steps: [...steps, stop, { ...start, ...keeps } as Step],
      notes: ["A receiver on the developer's own machine is `host.minikube.internal` from within Minikube."],
    };
  },
  async undo(wish, world) {
    const path = configOf(wish, world);
    const before = await world.read(here, path);
    const there = before === null ? [] : extrasOf(await profile(wish, world));
    const steps: Step[] = [];
    if (before !== null && there.some(isOurs)) {
      const config = JSON.parse(before) as Required<Profile>;
      const theirs = ((await world.kept(kept)) ?? []) as readonly Extra[];
      const left = [...there.filter((one) => !isOurs(one)), ...theirs];
      const after = `${JSON.stringify({ ...config, KubernetesConfig: { ...config.KubernetesConfig, ExtraOptions: left.length === 0 ? null : left } }, null, "\t")}${before.endsWith("\n") ? "\n" : ""}`;
      const title = "The profile forgets the options of its last start that are ours";
      steps.push({ kind: "file", on: here, title, path, before, after, mode: "0600", secret: false });
      const [stop, start] = starts(wish, left.map(option)) as [Step, Step];
      steps.push(stop, { ...start, drops: kept } as Step);
    }
    return { steps: [...steps, ...(await hostUndo(world, [here], files(wish, world, false)))] };
  },
};
