/** IKS: one webhook for each cluster, set by IBM's command; the policy is one of IBM's two. */
import {
  type Asked,
  CannotSee,
  type Distribution,
  here,
  Refused,
  type Step,
  type Wish,
  type World,
} from "./plan/contract.ts";
import { alreadyOn } from "./plan/flag-lists.ts";
import { reasonOf, remedyOf } from "./plan/things.ts";

const nameOf = ({ options, cluster }: Asked): string => options.name ?? cluster;
const base = (wish: Asked): readonly string[] => ["ibmcloud", wish.options.plugin ?? "ks", "cluster", "master"];
const webhook = (wish: Asked, verb: string, ...more: readonly string[]): readonly string[] => [
  ...[...base(wish), "audit-webhook", verb, "--cluster", nameOf(wish)],
  ...more,
];
const kept = "webhook";

/** Where a webhook is set, its address. IBM's command prints it in a table or says that there is none. */
async function current(wish: Wish, world: World): Promise<string | undefined> {
  const answer = await world.try(webhook(wish, "get"));
  const doubt = "whether a webhook is set already";
  if (answer === undefined) {
    world.assume(doubt, "put `ibmcloud` on PATH, with its plug-in for Kubernetes, and log in");
    return undefined;
  }
  const address = /https?:\/\/[^\s"',|]+/.exec(answer.stdout)?.[0];
  const hasNone = /no audit webhook|not (been )?(set|configured|found)|does not (have|exist)/i.test(
    answer.stderr + answer.stdout,
  );
  if (answer.code !== 0 && !(hasNone && !/log ?in|cluster .*not found/i.test(answer.stderr + answer.stdout))) {
    if (/not a registered command|plug-in/i.test(answer.stderr + answer.stdout))
      throw new CannotSee(reasonOf(answer), "install the plug-in: ibmcloud plugin install kubernetes-service");
    world.assume(`${doubt}: ${reasonOf(answer)}`, remedyOf("ibmcloud", answer));
  }
  return answer.code === 0 ? address : undefined;
}

const refresh = (wish: Wish): Step => ({
  kind: "run",
  on: here,
  follows: true,
  title: "The master takes it over, within some minutes",
  argv: [...base(wish), "refresh", "--cluster", nameOf(wish)],
  restarts: { what: "the cluster's API server", secs: 300 },
});

const certificates = ["ca-cert", "client-cert", "client-key"] as const;

export const iks: Distribution = {
  name: "iks",
  aliases: ["roks"],
  title: "IBM Cloud Kubernetes Service",
  doc: "The master posts to us; IBM's command sets the webhook.",
  tools: ["ibmcloud"],
  options: [
    { name: "name", doc: "the cluster's name or id at IBM, where it is not --cluster" },
    {
      name: "policy-kind",
      doc: "IBM's policy: default (without most bodies) or verbose",
      default: "verbose",
      choices: ["default", "verbose"],
    },
    { name: "plugin", doc: "ks, or oc for OpenShift on IBM Cloud", default: "ks", choices: ["ks", "oc"] },
    { name: "ca-cert", doc: "file with the authority that IBM's master trusts for the receiver" },
    { name: "client-cert", doc: "file with the certificate that the master shows (IBM's own service proxy wants one)" },
    { name: "client-key", doc: "file with that certificate's key" },
  ],
  route: "webhook",
  policy: "theirs",
  verifyWithinSecs: 120,
  async plan(wish, world) {
    const there = await current(wish, world);
    if (there === wish.receiver) return { steps: [] };
    if (there !== undefined && wish.merge !== "replace") {
      if (wish.merge === "keep")
        throw new Refused(`the cluster's one webhook is ${there}`, "there is room for one: `--merge replace` takes it");
      throw alreadyOn(`the cluster's one webhook is ${there}`);
    }
    const files = certificates.flatMap((name) =>
      wish.options[name] === undefined ? [] : [`--${name}`, wish.options[name]],
    );
    const kind = wish.options["policy-kind"] ?? "verbose";
    const argv = webhook(wish, "set", "--remote-server", wish.receiver, "--policy", kind, ...files);
    const undo = there === undefined ? webhook(wish, "unset") : webhook(wish, "set", "--remote-server", there);
    const keeps = there === undefined || isOurs(wish, there) ? {} : { keeps: { what: kept, value: there } };
    return {
      steps: [{ kind: "run", on: here, title: "The cluster's webhook", argv, undo, ...keeps }, refresh(wish)],
      notes,
    };
  },
  async undo(wish, world) {
    const there = await current(wish, world);
    if (!isOurs(wish, there))
      return {
        steps: [],
        notes: there === undefined ? [] : [`The webhook is ${there}, which is not ours: left alone.`],
      };
    const theirs = await world.kept(kept);
    const step: Step =
      typeof theirs === "string"
        ? {
            kind: "run",
            on: here,
            title: "The cluster's webhook is the one it had before",
            argv: webhook(wish, "set", "--remote-server", theirs),
            drops: kept,
          }
        : { kind: "run", on: here, title: "The cluster's webhook is unset", argv: webhook(wish, "unset") };
    return { steps: [step, refresh(wish)] };
  },
};

/** Whatever address it was given, our path with this cluster's name is at its end. */
const isOurs = ({ cluster }: Asked, address: string | undefined): boolean =>
  address?.endsWith(`/k8s_audit/${encodeURIComponent(cluster)}`) === true;

const notes: readonly string[] = [
  "The policy is IBM's: `default` leaves most bodies out, so rules that read them keep silent; `verbose` has them.",
  "On clusters with Konnectivity the master cannot reach a ClusterIP: give an address that it can route to, or its own service proxy: --receiver https://127.0.0.1:2040/api/v1/namespaces/NS/services/https:tiercel-ingest:ingest/proxy, with an administrator's certificate (--ca-cert, --client-cert, --client-key). Each delivery is then a request that is audited too.",
  "IBM's master sends no token: the receiver must take events from its address without one, or by a client certificate.",
];
