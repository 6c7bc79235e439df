/** The way of an event from the API server to a rule, link by link, each looked at without changing anything. */
import { here } from "../../distributions/plan/contract.ts";
import { asker, type ServerChoice, Unreachable } from "../client.ts";
import { type Io, UsageError } from "../io.ts";
import { type Machine, Missing } from "./machine.ts";

export interface Link {
  readonly name: string;
  readonly state: "fine" | "broken" | "unknown";
  readonly says: string;
  readonly help?: string;
}

interface ClusterSeen {
  readonly name: string;
  readonly state: string;
  readonly why: string | null;
  readonly lastEvent: string | null;
  readonly events: number;
  readonly quarantined: number;
}

interface ClustersSeen {
  readonly items: readonly ClusterSeen[];
  readonly rejected: Readonly<Record<string, number>>;
}

/** From the far end to ours. A link that cannot be seen is `unknown`, never `fine`. */
export async function chain(cluster: string, choice: ServerChoice, machine: Machine, io: Io): Promise<readonly Link[]> {
  return [...(await apiServer(machine)), ...(await ours(cluster, choice, io))];
}

async function apiServer(machine: Machine): Promise<Link[]> {
  const kubectl = async (...argv: string[]): Promise<{ ok: boolean; text: string }> => {
    try {
      const { code, stdout, stderr } = await machine.run(here, ["kubectl", ...argv], { secs: 30 });
      return { ok: code === 0, text: code === 0 ? stdout : stderr.trim() };
    } catch (error) {
      if (error instanceof Missing) return { ok: false, text: error.message };
      throw error;
    }
  };
  const ready = await kubectl("get", "--raw", "/readyz");
  if (!ready.ok)
    return [
      {
        name: "API server",
        state: "unknown",
        says: ready.text,
        help: "put kubectl on PATH, with a kubeconfig that reaches the cluster",
      },
    ];
  return [
    { name: "API server", state: "fine", says: "it answers" },
    flagsLink(
      await kubectl(
        "-n",
        "kube-system",
        "get",
        "pods",
        "-l",
        "component=kube-apiserver",
        "-o",
        "jsonpath={.items[*].spec.containers[*].command}",
      ),
    ),
    metricsLink(await kubectl("get", "--raw", "/metrics")),
  ];
}

function flagsLink({ ok, text }: { ok: boolean; text: string }): Link {
  const name = "audit flags";
  if (!ok || text.trim() === "")
    return { name, state: "unknown", says: "the API server is no pod that can be looked at" };
  if (!text.includes("--audit-policy-file"))
    return {
      name,
      state: "broken",
      says: "the API server runs without --audit-policy-file: it records nothing",
      help: "`tiercel enable` turns it on",
    };
  if (!text.includes("--audit-webhook-config-file"))
    return {
      name,
      state: "broken",
      says: "the API server records, and posts to nobody",
      help: "`tiercel enable` adds the webhook; or follow its log by a `log-file` source",
    };
  return { name, state: "fine", says: "a policy and a webhook are set" };
}

/** Of Kubernetes' own metrics; counted since the API server's start (reference 03 §1.0). */
function metricsLink({ ok, text }: { ok: boolean; text: string }): Link {
  const name = "audit backend";
  if (!ok)
    return {
      name,
      state: "unknown",
      says: `its metrics cannot be read: ${text}`,
      help: "the right to get /metrics is needed",
    };
  const sum = (metric: RegExp): number =>
    text
      .split("\n")
      .filter((line) => metric.test(line))
      .reduce((all, line) => all + Number(line.split(/\s+/).at(-1)), 0);
  const events = sum(/^apiserver_audit_event_total\b/);
  const errors = sum(/^apiserver_audit_error_total\{[^}]*plugin="webhook"/);
  if (events === 0)
    return {
      name,
      state: "broken",
      says: "no event was recorded since the API server's start",
      help: "its policy records nothing, or it runs without one: `tiercel audit-policy lint` reads it",
    };
  if (errors > 0)
    return {
      name,
      state: "broken",
      says: `${errors} of ${events} events could not be sent by the webhook`,
      help: "from the control plane: is the address routable, is the certificate trusted, is the token right? The API server's log says which",
    };
  return { name, state: "fine", says: `${events} events recorded, none lost` };
}

async function ours(cluster: string, choice: ServerChoice, io: Io): Promise<Link[]> {
  const ask = asker(choice, io);
  try {
    const seen = (await ask("GET", "/api/v1/clusters")) as ClustersSeen;
    return [
      { name: "Tiercel", state: "fine", says: "it answers" },
      rejectedLink(seen),
      clusterLink(cluster, seen),
      decoderLink(cluster, seen),
    ];
  } catch (error) {
    if (!(error instanceof Unreachable) && !(error instanceof UsageError)) throw error;
    return [
      {
        name: "Tiercel",
        state: "broken",
        says: error.message,
        ...(error.help === undefined ? {} : { help: error.help }),
      },
    ];
  }
}

function rejectedLink({ rejected }: ClustersSeen): Link {
  const name = "token and route";
  const all = Object.entries(rejected).filter(([, count]) => count > 0);
  if (all.length === 0) return { name, state: "fine", says: "no request was turned away" };
  return {
    name,
    state: "broken",
    says: `requests were turned away: ${all.map(([why, count]) => `${count} × ${why}`).join(", ")}`,
    help: "compare the token in the webhook's kubeconfig with the cluster's",
  };
}

function clusterLink(cluster: string, { items }: ClustersSeen): Link {
  const name = "events";
  const one = items.find((each) => each.name === cluster);
  if (one === undefined || one.lastEvent === null)
    return {
      name,
      state: "broken",
      says: `nothing ever came from cluster ${cluster}`,
      help:
        items.length > 0
          ? `clusters that sent something: ${
              items
                .filter((each) => each.lastEvent !== null)
                .map((each) => each.name)
                .join(", ") || "none"
            }`
          : "no cluster sent anything yet",
    };
  if (one.state === "silent" || one.state === "error")
    return { name, state: "broken", says: one.why ?? `it is ${one.state}; the last batch came ${one.lastEvent}` };
  return { name, state: "fine", says: `${one.events} since our start, the last batch ${one.lastEvent}` };
}

function decoderLink(cluster: string, { items }: ClustersSeen): Link {
  const name = "decoder";
  const count = items.find((each) => each.name === cluster)?.quarantined ?? 0;
  if (count === 0) return { name, state: "fine", says: "everything could be read" };
  return {
    name,
    state: "broken",
    says: `${count} parts could not be read and are in quarantine`,
    help: "Integrations, Quarantine shows them with the reason",
  };
}
