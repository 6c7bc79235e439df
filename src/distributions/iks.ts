/** IKS: one webhook for each cluster, set by IBM's command; the policy is one of IBM's two. */
import { type Distribution, here, Refused, type Step, type Wish, type World } from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";

const nameOf = ({ cluster, options }: Wish): string => options.name ?? cluster;
const base = (wish: Wish): readonly string[] => ["ibmcloud", wish.options.plugin ?? "ks", "cluster", "master"];
const webhook = (wish: Wish, verb: string, ...more: readonly string[]): readonly string[] => [
  ...[...base(wish), "audit-webhook", verb, "--cluster", nameOf(wish)],
  ...more,
];

/** Where a webhook is set, its address. IBM's command prints it in a table or says that there is none. */
async function current(wish: Wish, world: World): Promise<string | undefined> {
  const answer = await world.try(webhook(wish, "get"));
  if (answer === undefined) {
    world.assume(
      "whether a webhook is set already",
      "put `ibmcloud` on PATH, with its plug-in for Kubernetes, and log in",
    );
    return undefined;
  }
  return /https?:\/\/[^\s"',|]+/.exec(answer.stdout)?.[0];
}

const refresh = (wish: Wish): Step => ({
  kind: "run",
  on: here,
  title: "The master takes it over, within some minutes",
  argv: [...base(wish), "refresh", "--cluster", nameOf(wish)],
  restarts: { what: "the cluster's API server", secs: 300 },
});

export const iks: Distribution = {
  name: "iks",
  aliases: ["roks"],
  title: "IBM Cloud Kubernetes Service",
  doc: "The master posts to us; IBM's command sets the webhook.",
  tools: ["ibmcloud"],
  options: [
    { name: "name", doc: "the cluster's name or id at IBM, where it is not --cluster" },
    { name: "policy-kind", doc: "IBM's policy: default (without most bodies) or verbose", default: "verbose" },
    { name: "plugin", doc: "ks, or oc for OpenShift on IBM Cloud", default: "ks" },
  ],
  route: "webhook",
  verifyWithinSecs: 120,
  async plan(wish, world) {
    const kind = wish.options["policy-kind"] ?? "verbose";
    if (!["default", "verbose"].includes(kind))
      throw new Refused(`\`${kind}\` is no policy of IBM's`, "default or verbose");
    const there = await current(wish, world);
    const undo = webhook(wish, "unset");
    if (there === wish.receiver) return { steps: [] };
    if (there !== undefined && wish.merge !== "replace") throw alreadyOn(`the cluster's one webhook is ${there}`);
    const argv = webhook(wish, "set", "--remote-server", wish.receiver, "--policy", kind);
    const steps: Step[] = [{ kind: "run", on: here, title: "The cluster's webhook", argv, undo }, refresh(wish)];
    return { steps, notes };
  },
  async undo(wish, world) {
    const there = await current(wish, world);
    // Whatever address it was given, our path with this cluster's name is at its end.
    const isOurs = there?.endsWith(`/k8s_audit/${encodeURIComponent(wish.cluster)}`) === true;
    if (!isOurs)
      return {
        steps: [],
        notes: there === undefined ? [] : [`The webhook is ${there}, which is not ours: left alone.`],
      };
    const title = "The cluster's webhook is unset";
    return { steps: [{ kind: "run", on: here, title, argv: webhook(wish, "unset") }, refresh(wish)] };
  },
};

const notes: readonly string[] = [
  "The policy is IBM's: `default` leaves most bodies out, so rules that read them keep silent; `verbose` has them.",
  "On clusters with Konnectivity the master cannot reach a ClusterIP: give an address that it can route to, or its own service proxy: https://127.0.0.1:2040/api/v1/namespaces/NS/services/http:SERVICE:PORT/proxy/k8s_audit, with the certificates of an administrator.",
];
