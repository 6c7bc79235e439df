/** Sessions from the stages of the requests that opened them. */
import { describe, expect, test } from "vitest";
import { activitiesFrom } from "./recorded.kit.ts";
import { sessionOf, sessionsOf } from "./session-of.ts";

interface Asked {
  readonly uri?: string;
  readonly user?: string;
  readonly agent?: string;
  readonly code?: number;
  readonly subresource?: string;
  /** Seconds after 08:00 at which it was received, started and ended. */
  readonly at?: number;
  readonly started?: number;
  readonly ended?: number;
  readonly panic?: true;
}

const clock = (second: number) => new Date(Date.UTC(2026, 2, 2, 8) + second * 1000).toISOString();

let asked = 0;
function stagesOf({ subresource = "exec", ...ask }: Asked): object[] {
  const { uri = "", user = "alice", agent = "kubectl/v1.31.0 (linux)", code = 101, at = 0, started, ended } = ask;
  const of = (stage: string, second: number) => ({
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID: `a-${asked}`, stage },
    requestURI: `/api/v1/namespaces/shop/pods/web/${subresource}${uri}`,
    verb: "create",
    user: { username: user },
    sourceIPs: ["192.0.2.7"],
    userAgent: agent,
    objectRef: { resource: "pods", subresource, namespace: "shop", name: "web" },
    responseStatus: stage === "RequestReceived" ? undefined : { code },
    requestReceivedTimestamp: clock(at),
    stageTimestamp: clock(second),
  });
  asked++;
  return [
    of("RequestReceived", at),
    ...(started === undefined ? [] : [of("ResponseStarted", started)]),
    ...(ended === undefined ? [] : [of(ask.panic ? "Panic" : "ResponseComplete", ended)]),
  ];
}
const sessions = (...asks: Asked[]) => sessionsOf(activitiesFrom(asks.flatMap(stagesOf)));
const shell = "?command=sh&command=-c&command=ls%20-l&container=app&stdin=true&stdout=true&tty=true";

test("an exec is told whole: who, with what, where, what, from when to when", () => {
  const [session] = sessions({ uri: shell, at: 1, started: 1.5, ended: 91.5 });
  expect(session).toEqual({
    id: session?.activities[0],
    activities: [expect.any(String)],
    kind: "exec",
    cluster: "prod",
    user: "alice",
    impersonatedUser: null,
    effectiveUser: "alice",
    actor: "human",
    sourceIP: "192.0.2.7",
    userAgent: "kubectl/v1.31.0 (linux)",
    tool: { name: "kubectl", version: "v1.31.0" },
    resource: "pods",
    namespace: "shop",
    name: "web",
    container: "app",
    command: ["sh", "-c", "ls -l"],
    tty: true,
    stdin: true,
    interactive: true,
    ports: [],
    paths: [],
    start: "2026-03-02T08:00:01.500000Z",
    startKnown: "started",
    end: "2026-03-02T08:01:31.500000Z",
    endKnown: "completed",
    durationMillis: 90_000,
    outcome: "done",
    code: 101,
    detections: 0,
    notes: ["An interactive shell: what was typed is not in audit data."],
  });
});

describe("what is not known is said", () => {
  test("no end was seen", () => {
    const [session] = sessions({ uri: shell, started: 1 });
    expect(session).toMatchObject({ end: null, endKnown: null, durationMillis: null });
    expect(session?.notes).toEqual([
      "An interactive shell: what was typed is not in audit data.",
      "No end was seen: it is still open, or its end was never sent to us.",
    ]);
  });
  test("no start was sent, only the end", () => {
    expect(sessions({ uri: shell, at: 1, ended: 61 })[0]).toMatchObject({
      start: "2026-03-02T08:00:01.000000Z",
      startKnown: "received",
      durationMillis: 60_000,
    });
  });
  test("no answer was seen", () => {
    expect(sessions({})[0]?.notes).toEqual([
      "The audit event does not say which command ran.",
      "No answer was seen: whether it was let through is not known.",
    ]);
  });
  test("it was refused, it broke off", () => {
    expect(sessions({ uri: shell, code: 403, ended: 0.1 })[0]).toMatchObject({
      outcome: "denied",
      notes: ["It was refused: nothing ran and nothing went through."],
    });
    expect(sessions({ uri: shell, started: 0.1, ended: 5, panic: true })[0]).toMatchObject({
      outcome: "failed",
      endKnown: "broken off",
    });
  });
  test("of a command, of an attach, of a forward", () => {
    const notes = (ask: Asked) => sessions({ started: 1, ended: 2, ...ask })[0]?.notes;
    expect(notes({ uri: "?command=id" })).toEqual(["The command is known; what it printed is not in audit data."]);
    expect(notes({ uri: "?command=psql&stdin=true" })).toEqual([
      "The command is known; what was sent to it and what it printed is not in audit data.",
    ]);
    expect(notes({ uri: "?command=psql&stdin=true&tty=true" })).toEqual([
      "An interactive program: what was typed is not in audit data.",
    ]);
    expect(notes({ subresource: "attach", uri: "?stdin=true" })).toEqual([
      "Attached to the container's own process: what was typed and shown is not in audit data.",
    ]);
    expect(notes({ subresource: "portforward" })).toEqual([
      "Which ports is agreed upon inside the connection: neither they nor what went through are in audit data.",
    ]);
  });
});

describe("requests that belong together are one session", () => {
  test("connections of a port-forward, as long as it is used", () => {
    const forward = { subresource: "portforward", uri: "?ports=8080" };
    const found = sessions(
      { ...forward, at: 0, started: 0, ended: 10 },
      { ...forward, at: 5, started: 5, ended: 60 },
      { ...forward, at: 200, started: 200, ended: 230 },
      { ...forward, at: 900, started: 900, ended: 901 },
      { ...forward, at: 20, started: 20, ended: 21, user: "bob" },
    );
    expect(
      found.map(({ user, activities, start, end, ports }) => [
        user,
        activities.length,
        start.slice(11, 19),
        end?.slice(11, 19),
        ports,
      ]),
    ).toEqual([
      ["alice", 1, "08:15:00", "08:15:01", [8080]],
      ["bob", 1, "08:00:20", "08:00:21", [8080]],
      ["alice", 3, "08:00:00", "08:03:50", [8080]],
    ]);
  });

  test("a WebSocket that was not taken, and SPDY after it", () => {
    const found = sessions(
      { uri: shell, at: 0, code: 400, ended: 0.1 },
      { uri: shell, at: 0.2, started: 0.3, ended: 30 },
    );
    expect(found.map(({ outcome, code, activities, end }) => [outcome, code, activities.length, end])).toEqual([
      ["done", 101, 2, "2026-03-02T08:00:30.000000Z"],
    ]);
  });

  test("but not the same command run twice", () => {
    const id = { uri: "?command=id" };
    expect(sessions({ ...id, started: 0, ended: 1 }, { ...id, at: 2, started: 2, ended: 3 })).toHaveLength(2);
  });
});

test("a request that opens no stream is no session", () => {
  const [activity] = activitiesFrom(stagesOf({ subresource: "log", started: 1 }));
  expect(activity && sessionOf(activity)).toBeUndefined();
});
