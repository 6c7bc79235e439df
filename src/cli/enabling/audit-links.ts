/** The links on the API server's side: it answers, it is told to record, it records. */
import type { ApiServerSeen, Counts, Seen } from "./api-server-seen.ts";
import type { Link } from "./chain.ts";

export function auditLinks({ ready, flags, counts }: ApiServerSeen): readonly Link[] {
  if (!ready.ok)
    return [
      {
        name: "API server",
        state: "unknown",
        says: ready.why,
        help: "put kubectl on PATH, with a kubeconfig that reaches the cluster",
      },
    ];
  return [{ name: "API server", state: "fine", says: "it answers" }, flagsLink(flags), backendLink(counts)];
}

function flagsLink(flags: Seen<string>): Link {
  const name = "audit flags";
  if (!flags.ok)
    return {
      name,
      state: "unknown",
      says: `they cannot be looked at: ${flags.why}`,
      help: "the API server's own flags, or the settings of whoever runs it, tell",
    };
  if (!flags.value.includes("--audit-policy-file"))
    return {
      name,
      state: "broken",
      says: "the API server runs without --audit-policy-file: it records nothing",
      help: "`tiercel enable` turns it on",
    };
  if (!flags.value.includes("--audit-webhook-config-file"))
    return {
      name,
      state: "broken",
      says: "the API server records, and posts to nobody",
      help: "`tiercel enable` adds the webhook; or follow its log by a `log-file` source",
    };
  return { name, state: "fine", says: "a policy and a webhook are set" };
}

function backendLink(counts: Seen<Counts>): Link {
  const name = "audit backend";
  if (!counts.ok)
    return {
      name,
      state: "unknown",
      says: `its metrics cannot be read: ${counts.why}`,
      help: "the right to get /metrics is needed",
    };
  const { events, lost } = counts.value;
  if (events === 0)
    return {
      name,
      state: "broken",
      says: "no event was recorded since the API server's start",
      help: "its policy records nothing, or it runs without one: `tiercel audit-policy lint` reads it",
    };
  const all = lost.map(({ plugin, count }) => `${count} by ${lostBy[plugin] ?? plugin}`).join(", ");
  return {
    name,
    state: "fine",
    says: `${events} events recorded since its start, ${all === "" ? "none lost" : `lost: ${all}`}`,
  };
}

const lostBy: Readonly<Record<string, string>> = {
  webhook: "posting in vain (5 attempts)",
  buffered: "a full buffer",
  truncate: "being too large",
  log: "its log file",
};
