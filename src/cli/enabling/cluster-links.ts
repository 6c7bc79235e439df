/** The links on our side: the cluster is heard, its policy tells of what was asked, all could be read. */
import type { Clusters } from "../../api/clusters/schema.ts";
import type { Ground, Link } from "./chain.ts";
import { clusterOf } from "./ours-seen.ts";

export function clusterLinks({ cluster, ours, heard, wasAsked }: Ground): readonly Link[] {
  const events = eventsLink(cluster, ours);
  const judging = judgingLink(cluster, ours);
  const isUntold = wasAsked && heard && [events, judging].every(({ state }) => state === "fine");
  return [events, judging, ...(isUntold ? [untold(cluster)] : []), decoderLink(cluster, ours)];
}

function eventsLink(cluster: string, ours: Clusters): Link {
  const name = "events";
  const one = clusterOf(ours, cluster);
  if (one === undefined || one.lastEvent === null) {
    const others = ours.items.filter(({ lastEvent }) => lastEvent !== null).map((each) => each.name);
    return {
      name,
      state: "broken",
      says: `nothing ever came from cluster ${cluster}`,
      help: others.length > 0 ? `clusters that sent something: ${others.join(", ")}` : "no cluster sent anything yet",
    };
  }
  if (one.state === "silent" || one.state === "error")
    return { name, state: "broken", says: one.why ?? `it is ${one.state}; the last batch came ${one.lastEvent}` };
  return { name, state: "fine", says: `${one.events} since our start, the last batch ${one.lastEvent}` };
}

/** Longer than any batch of a server that keeps up. */
const mostLagSecs = 10;

function judgingLink(cluster: string, ours: Clusters): Link {
  const name = "judging";
  const lagSecs = clusterOf(ours, cluster)?.lagSecs ?? 0;
  if (lagSecs < mostLagSecs) return { name, state: "fine", says: "it keeps up with what comes" };
  return {
    name,
    state: "broken",
    says: `what came ${Math.round(lagSecs)} s ago is still to be judged`,
    help: "it catches up by itself, unless its log says otherwise",
  };
}

const untold = (cluster: string): Link => ({
  name: "audit policy",
  state: "broken",
  says: `${cluster} is heard, and does not tell of the ConfigMap: its policy does not record them`,
  help: "`tiercel audit-policy lint FILE` reads the policy, `tiercel audit-policy print` prints one that feeds our rules",
});

function decoderLink(cluster: string, ours: Clusters): Link {
  const name = "decoder";
  const count = clusterOf(ours, cluster)?.quarantined ?? 0;
  if (count === 0) return { name, state: "fine", says: "everything could be read" };
  return {
    name,
    state: "broken",
    says: `${count} parts could not be read and are in quarantine`,
    help: "Integrations, Quarantine shows them with the reason",
  };
}
