/** Sessions: execs, attaches, port-forwards and proxied requests, from the stages of the requests that opened them. */
import type { Activity, Actor, Outcome } from "./activity.ts";
import { isShell, proxiedPath, requestUri } from "./request-uri.ts";
import { sessionNotes } from "./session-notes.ts";
import { compareMoments, millisBetween } from "./time.ts";
import { type Tool, toolOf } from "./tool.ts";

export const sessionKinds = ["exec", "attach", "port-forward", "proxy"] as const;
export type SessionKind = (typeof sessionKinds)[number];

export interface Session {
  /** The id of the activity that opened it. */
  readonly id: string;
  /** Ids of all its requests, oldest first. */
  readonly activities: readonly string[];
  readonly kind: SessionKind;
  readonly cluster: string;
  readonly user: string | null;
  readonly impersonatedUser: string | null;
  /** Whose rights were used: the impersonated user's, else the caller's own. */
  readonly effectiveUser: string | null;
  readonly actor: Actor;
  readonly sourceIP: string | null;
  readonly userAgent: string | null;
  readonly tool: Tool | null;
  /** `pods`, `services` or `nodes`. */
  readonly resource: string;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly container: string | null;
  /** As it was handed over, word by word; empty where none is known. */
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  /** Somebody could type into it. */
  readonly interactive: boolean;
  /** Forwarded ports; clients mostly name them inside the connection only. */
  readonly ports: readonly number[];
  /** What was asked for behind a proxy, each once. */
  readonly paths: readonly string[];
  /** When the stream began; where that stage was not sent, when the request was received. */
  readonly start: string;
  readonly startKnown: "started" | "received";
  /** Null where no end was seen: still open, or its end was not sent. */
  readonly end: string | null;
  readonly endKnown: "completed" | "broken off" | null;
  readonly durationMillis: number | null;
  readonly outcome: Outcome;
  readonly code: number | null;
  readonly detections: number;
  /** What the audit data cannot tell of it, in plain words. */
  readonly notes: readonly string[];
}

const kinds: Readonly<Record<string, SessionKind>> = {
  "pods/exec": "exec",
  "pods/attach": "attach",
  "pods/portforward": "port-forward",
  "pods/proxy": "proxy",
  "services/proxy": "proxy",
  "nodes/proxy": "proxy",
};

/** What `resource` filters accept to find the requests of sessions. */
export const sessionResources = Object.keys(kinds);

/** The session that a request opened; undefined for one that opens none. */
export function sessionOf(activity: Activity): Session | undefined {
  const { resource, subresource, outcome, user, impersonatedUser } = activity;
  const kind = kinds[`${resource}/${subresource}`];
  if (kind === undefined || resource === null) return undefined;
  const uri = requestUri(activity.requestURI);
  const stageTime = (stage: string) => activity.events.find((event) => event.stage === stage)?.time;
  const started = stageTime("ResponseStarted");
  const panicked = stageTime("Panic");
  const end = panicked ?? stageTime("ResponseComplete") ?? null;
  const start = started ?? activity.time;
  const [tty, stdin] = [uri.one("tty") === "true", uri.one("stdin") === "true"];
  const command = kind === "exec" ? uri.all("command") : [];
  const facts = {
    kind,
    command,
    tty,
    stdin,
    interactive: stdin && (tty || kind === "attach" || isShell(command)),
    ports: kind === "port-forward" ? portsOf(uri.all("ports")) : [],
    end,
    outcome,
    requests: 1,
  };
  return {
    id: activity.id,
    activities: [activity.id],
    cluster: activity.cluster,
    ...{ kind, user, impersonatedUser, effectiveUser: impersonatedUser ?? user, actor: activity.actor },
    sourceIP: activity.sourceIPs.at(-1) ?? null,
    userAgent: activity.userAgent,
    tool: toolOf(activity.userAgent),
    ...{ resource, namespace: activity.namespace, name: activity.name },
    container: uri.one("container") ?? null,
    ...{ command, tty, stdin, interactive: facts.interactive, ports: facts.ports },
    paths: kind === "proxy" ? [proxiedPath(uri.path)] : [],
    ...{ start, startKnown: started === undefined ? "received" : "started" },
    ...{ end, endKnown: end === null ? null : panicked === undefined ? "completed" : "broken off" },
    durationMillis: end === null ? null : millisBetween(start, end),
    ...{ outcome, code: activity.code, detections: activity.detections },
    notes: sessionNotes(facts),
  };
}

/** Connections this far apart are still one use of a forward or a proxy; a client that falls back does so at once. */
const quietMillis = 5 * 60_000;
const retryMillis = 10_000;

/**
 * The sessions of many requests, in any order, newest first. Requests of one actor, tool and target that belong
 * together are one: the connections of a port-forward, the requests through a proxy, and a WebSocket that was refused
 * before SPDY was tried instead.
 */
export function sessionsOf(activities: readonly Activity[]): Session[] {
  const found = activities
    .flatMap((activity) => sessionOf(activity) ?? [])
    .sort((a, b) => compareMoments(a.start, b.start));
  const latest = new Map<string, Session>();
  const done: Session[] = [];
  for (const session of found) {
    const key = keyOf(session);
    const before = latest.get(key);
    if (before !== undefined && belongs(before, session)) latest.set(key, joined(before, session));
    else {
      if (before !== undefined) done.push(before);
      latest.set(key, session);
    }
  }
  return [...done, ...latest.values()].sort((a, b) => compareMoments(b.start, a.start));
}

function keyOf({ kind, cluster, user, impersonatedUser, userAgent, sourceIP, ...session }: Session): string {
  const { resource, namespace, name, container, command } = session;
  return JSON.stringify([
    ...[kind, cluster, user, impersonatedUser, userAgent, sourceIP, resource, namespace, name],
    ...[container, command],
  ]);
}

function belongs(before: Session, session: Session): boolean {
  const gap = before.end === null ? null : millisBetween(before.end, session.start);
  if (before.kind === "port-forward" || before.kind === "proxy")
    return gap === null ? millisBetween(before.start, session.start) <= quietMillis : gap <= quietMillis;
  return before.outcome !== "done" && millisBetween(before.start, session.start) <= retryMillis;
}

function joined(a: Session, b: Session): Session {
  const tried = a.outcome === "done" || b.outcome !== "done" ? a : b;
  const isOpen = (a.end === null && a.outcome === "done") || (b.end === null && b.outcome === "done");
  const end = isOpen ? null : a.end === null || (b.end !== null && compareMoments(a.end, b.end) < 0) ? b.end : a.end;
  const outcome = a.outcome === "done" || b.outcome === "done" ? "done" : b.outcome;
  const activities = [...a.activities, ...b.activities];
  const ports = [...new Set([...a.ports, ...b.ports])];
  return {
    ...a,
    activities,
    ports,
    paths: [...new Set([...a.paths, ...b.paths])],
    startKnown: tried.startKnown,
    end,
    endKnown: end === null ? null : end === b.end ? b.endKnown : a.endKnown,
    durationMillis: end === null ? null : millisBetween(a.start, end),
    outcome,
    code: outcome === "done" && a.outcome === "done" && b.outcome !== "done" ? a.code : b.code,
    detections: a.detections + b.detections,
    notes: sessionNotes({ ...a, ports, end, outcome, requests: activities.length }),
  };
}

function portsOf(texts: readonly string[]): number[] {
  const ports = texts.flatMap((text) => text.split(",")).map(Number);
  return [...new Set(ports.filter((port) => Number.isInteger(port) && port > 0 && port < 65_536))];
}
