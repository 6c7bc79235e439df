/** The links between the API server and us: our server, the route to it, TLS, the token. */
import type { Ground, Link } from "./chain.ts";

export const wayLinks = (ground: Ground): readonly Link[] => [
  oursLink(ground),
  routeLink(ground),
  tlsLink(ground),
  tokenLink(ground),
];

const fine = (name: string, says: string): Link => ({ name, state: "fine", says });

function oursLink({ heard, turnedAway }: Ground): Link {
  const name = "Tiercel";
  const reasons = ["disk-full", "unwritable", "overloaded", "slow", "too-large"];
  const refused = reasons.flatMap((reason) => (turnedAway(reason) > 0 ? [`${turnedAway(reason)} × ${reason}`] : []));
  if (refused.length === 0) return fine(name, "it answers");
  const says = `it answers, and refused requests since its start: ${refused.join(", ")}`;
  return heard ? fine(name, says) : { name, state: "broken", says, help: "its log says more" };
}

/** What reached us is no matter of the route. */
function routeLink({ cluster, heard, counts, turnedAway }: Ground): Link {
  const name = "route";
  if (heard) return fine(name, "events come");
  if (turnedAway("tls") > 0 || turnedAway("unauthorized") > 0) return fine(name, "requests reach us");
  if (!counts.ok)
    return {
      name,
      state: "unknown",
      says: "the API server's requests to us cannot be counted: its metrics cannot be read",
    };
  const { posts } = counts.value;
  const silent = posts.filter(({ delivered, unanswered }) => unanswered > 0 && delivered === 0);
  if (silent.length > 0)
    return {
      name,
      state: "broken",
      says: `the API server gets no answer from ${silent.map(({ host, unanswered }) => `${host} (${times(unanswered)} tried)`).join(", ")}`,
      help: "is that the address and port where Tiercel takes events in, and can every control-plane host reach it? The API server's log says what failed",
    };
  const wrong = posts.flatMap(({ host, delivered, answers }) =>
    delivered > 0 ? [] : answers.filter(({ status }) => status !== "401").map(({ status }) => ({ host, status })),
  );
  if (wrong.length > 0)
    return {
      name,
      state: "broken",
      says: `${wrong.map(({ host, status }) => `${host} answers ${status}`).join(", ")} to the API server`,
      help: `the webhook's kubeconfig names where Tiercel takes events in: https://ADDRESS:7765/k8s_audit/${cluster}`,
    };
  const delivered = posts.filter((one) => one.delivered > 0);
  if (delivered.length > 0)
    return fine(name, `the API server's requests are taken by ${delivered.map(({ host }) => host).join(", ")}`);
  const inVain = counts.value.lost.find(({ plugin }) => plugin === "webhook");
  if (inVain !== undefined)
    return {
      name,
      state: "broken",
      says: `${inVain.count} events were posted in vain`,
      help: "the API server's log says where it posts, and what failed",
    };
  return { name, state: "unknown", says: "the API server has posted nothing yet" };
}

function tlsLink({ heard, turnedAway }: Ground): Link {
  const name = "TLS";
  const failed = turnedAway("tls");
  if (failed === 0) return fine(name, "no handshake failed");
  const says = `${failed} handshakes failed`;
  if (heard) return fine(name, `${says}, not those of this cluster`);
  return {
    name,
    state: "broken",
    says: `${says}; who calls does not trust our certificate, or one side speaks plain HTTP`,
    help: "the webhook's kubeconfig needs the authority of Tiercel's certificate (`enable --ca-file`), and its address must stand in the certificate",
  };
}

function tokenLink({ heard, counts, turnedAway }: Ground): Link {
  const name = "token";
  const refused = turnedAway("unauthorized");
  const posts = counts.ok ? counts.value.posts : [];
  const told = posts.find(({ answers }) => answers.some(({ status }) => status === "401"));
  if (refused === 0 && (told === undefined || heard)) return fine(name, "nobody was turned away");
  const says = refused > 0 ? `${times(refused)} somebody was turned away` : `${told?.host} answers 401`;
  if (heard) return fine(name, `${says}, not this cluster`);
  return {
    name,
    state: "broken",
    says: `${says}: no token, or nobody's, or another cluster's`,
    help: "compare the token in the webhook's kubeconfig with the cluster's. By http:// an API server sends none",
  };
}

const times = (count: number): string => (count === 1 ? "once" : `${count} times`);
