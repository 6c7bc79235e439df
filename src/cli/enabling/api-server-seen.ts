/** What an API server shows of its auditing: flags by its static pod, counts by its metrics. Read through `kubectl`. */
import { here } from "../../distributions/plan/contract.ts";
import { type Machine, Missing } from "./machine.ts";
import { samples, total } from "./metrics-text.ts";

/** `why`: what kept us from seeing it. */
export type Seen<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

export interface Counts {
  /** Events recorded since the API server's start. */
  readonly events: number;
  /** Events that never arrived, by the part that lost them: `webhook`, `buffered`, `truncate`, `log`. */
  readonly lost: readonly { readonly plugin: string; readonly count: number }[];
  readonly posts: readonly Posts[];
}

/** Requests that the API server posted to a host as a client, other API servers and itself left out. */
export interface Posts {
  /** `10.0.0.5:7765` */
  readonly host: string;
  readonly delivered: number;
  /** No answer: no connection, or a TLS handshake that failed. */
  readonly unanswered: number;
  /** Other answers by their HTTP status. */
  readonly answers: readonly { readonly status: string; readonly count: number }[];
}

export interface ApiServerSeen {
  readonly ready: Seen<true>;
  /** All words of the API servers' containers; not seen where they are no pods (managed clusters, K3s). */
  readonly flags: Seen<string>;
  readonly counts: Seen<Counts>;
}

export async function apiServerSeen(machine: Machine): Promise<ApiServerSeen> {
  const kubectl = (...argv: string[]) => kubectlSeen(machine, argv);
  const ready = await kubectl("get", "--raw", "/readyz");
  if (!ready.ok) return { ready, flags: ready, counts: ready };
  const words = await kubectl(
    ...["-n", "kube-system", "get", "pods", "-l", "component=kube-apiserver"],
    ...["-o", "jsonpath={.items[*].spec.containers[*]['command','args']}"],
  );
  return {
    ready: { ok: true, value: true },
    flags: words.ok && words.value.trim() === "" ? { ok: false, why: "the API server is no pod" } : words,
    counts: await countsSeen(machine),
  };
}

export async function countsSeen(machine: Machine): Promise<Seen<Counts>> {
  const page = await kubectlSeen(machine, ["get", "--raw", "/metrics"]);
  return page.ok ? { ok: true, value: countsOf(page.value) } : page;
}

async function kubectlSeen(machine: Machine, argv: readonly string[]): Promise<Seen<string>> {
  try {
    const { code, stdout, stderr } = await machine.run(here, ["kubectl", ...argv], { secs: 30 });
    return code === 0 ? { ok: true, value: stdout } : { ok: false, why: stderr.trim() };
  } catch (error) {
    if (error instanceof Missing) return { ok: false, why: error.message };
    throw error;
  }
}

/** Of Kubernetes' own metrics, counted since the API server's start (reference 04 §2.5), and of client-go's. */
export function countsOf(page: string): Counts {
  const lost = samples(page, "apiserver_audit_error_total").map(({ labels, value }) => ({
    plugin: labels.plugin ?? "",
    count: value,
  }));
  const posted = samples(page, "rest_client_requests_total").filter(({ labels }) => labels.method === "POST");
  const hosts = new Set(posted.map(({ labels }) => labels.host ?? "").filter((host) => host !== "" && !isSelf(host)));
  return {
    events: total(samples(page, "apiserver_audit_event_total")),
    lost: lost.filter(({ count }) => count > 0),
    posts: [...hosts].map((host): Posts => {
      const to = posted.filter(({ labels }) => labels.host === host);
      const of = (fits: (code: string) => boolean) => to.filter(({ labels }) => fits(labels.code ?? ""));
      return {
        host,
        delivered: total(of((code) => /^2\d\d$/.test(code))),
        unanswered: total(of((code) => code === "<error>")),
        answers: of((code) => /^[13-5]\d\d$/.test(code)).map(({ labels, value }) => ({
          status: labels.code ?? "",
          count: value,
        })),
      };
    }),
  };
}

/** What was counted since `before`; all of it where nothing was, or where the API server was started anew meanwhile. */
export function countsSince(now: Seen<Counts>, before: Seen<Counts> | undefined): Seen<Counts> {
  if (!now.ok || before?.ok !== true || before.value.events > now.value.events) return now;
  const { posts } = before.value;
  const less = (one: Posts): Posts => {
    const was = posts.find(({ host }) => host === one.host);
    return {
      host: one.host,
      delivered: one.delivered - (was?.delivered ?? 0),
      unanswered: one.unanswered - (was?.unanswered ?? 0),
      answers: one.answers
        .map(({ status, count }) => ({
          status,
          count: count - (was?.answers.find((earlier) => earlier.status === status)?.count ?? 0),
        }))
        .filter(({ count }) => count > 0),
    };
  };
  const since = now.value.posts.map(less);
  const isStill = since.every(({ delivered, unanswered, answers }) => delivered + unanswered + answers.length === 0);
  return isStill ? now : { ok: true, value: { ...now.value, posts: since } };
}

/** Its requests to the receiver alone; to all hosts where none is told, or where it asks another than was told. */
export function countsFor(receiver: string | undefined, counts: Seen<Counts>): Seen<Counts> {
  if (!counts.ok) return counts;
  const posts = counts.value.posts.filter(({ host }) => host === receiver);
  return posts.length === 0 ? counts : { ok: true, value: { ...counts.value, posts } };
}

/** The API server asks itself by this name. */
const isSelf = (host: string): boolean => host.startsWith("[::1]:") || host === "localhost";
