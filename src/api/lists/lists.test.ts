/** Lists asked for by HTTP, out of a real index and a real state. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Activity } from "../../domain/activity.ts";
import type { Change } from "../../domain/documents.ts";
import type { Role } from "../../domain/people.ts";
import type { Index, State } from "../../domain/store.ts";
import { openIndex } from "../../stores/index/index.ts";
import { aDetection, anActivity, judged } from "../../stores/index.kit.ts";
import { openState } from "../../stores/state/index.ts";
import type { Parts } from "../parts.ts";
import { api } from "../server.ts";

const dir = mkdtempSync(join(tmpdir(), "tiercel-lists-"));
const listeners = new Set<() => void>();
let index: Index;
let state: State;
let app: ReturnType<typeof api>;
let position = 0;

/** As the follower does: written, then told. */
async function arrive(of: Parameters<typeof judged>[1]) {
  await index.write(judged(++position, of));
  for (const listener of listeners) listener();
}

const ask = (path: string, init: RequestInit = {}, role: Role = "viewer") =>
  app.request(new URL(`/api/v1/${path}`, "http://tiercel.test"), {
    ...init,
    headers: { authorization: `Bearer ${role}-secret`, "content-type": "application/json", ...init.headers },
  });
const get = async (path: string) => {
  const response = await ask(path);
  // biome-ignore lint/suspicious/noExplicitAny: what a test expects says what it is.
  return { status: response.status, body: (await response.json()) as any };
};
const idsOf = ({ body }: Awaited<ReturnType<typeof get>>) => body.items.map(({ id }: { id: string }) => id);

const minute = (at: number) => `2026-03-02T08:${String(at).padStart(2, "0")}:00.000000Z`;
const detections = [
  aDetection({ id: "d1", time: minute(1), user: "alice", severity: 2, tags: ["k8s", "T1609"], fingerprint: "f/1" }),
  aDetection({ id: "d2", time: minute(2), user: "CN=bob,O=x", rule: "Secrets", severity: 6, fingerprint: "f2" }),
  aDetection({ id: "d3", time: minute(3), user: null, name: null, output: 'said "no", twice', fingerprint: "f2" }),
  aDetection({ id: "d4", time: minute(4), user: "alice", userAgent: "=HYPERLINK(1)", tags: [], fingerprint: "f/1" }),
];
const activities = [
  anActivity({ id: "r1", time: minute(1), outcome: "denied", code: 403 }),
  anActivity({ id: "r2", time: minute(2), actor: "machine", user: "system:node:a", subresource: "exec", count: 1 }),
];

beforeAll(async () => {
  index = await openIndex({ dir: join(dir, "index") });
  state = await openState({ dir: join(dir, "state") });
  await arrive({
    detections: detections.map((one) => ({ ...one, event: { verb: "create", of: one.id } })),
    activities,
  });
  const tokens: Pick<State, "tokenOwner"> = {
    tokenOwner: async (secret) => ({ name: `the ${secret}`, role: secret.split("-")[0] as Role, cluster: null }),
  };
  app = api({
    version: "1.2.3",
    index,
    state: new Proxy(state, {
      get: (target, name) => (name === "tokenOwner" ? tokens.tokenOwner : Reflect.get(target, name, target)),
    }),
    onWritten: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => new Date("2026-03-02T09:00:00Z"),
    events: {
      attach: async (of: readonly Activity[]) =>
        of.map((one) =>
          one.id === "r1" ? { ...one, event: { kind: "Event" } } : { ...one, eventMissing: "it is gone" },
        ),
    },
    auth: { logins: { session: async () => undefined }, signIn: { providers: [] }, isProxy: () => false },
    log: (_level: string, message: string, error: unknown) => {
      throw new Error(message, { cause: error });
    },
    openMetrics: false,
  } as unknown as Parts);
});
afterAll(async () => {
  await index.close();
  await state.close();
  rmSync(dir, { recursive: true });
});

describe("a list", () => {
  test.each([
    ["detections", ["d4", "d3", "d2", "d1"]],
    ["detections?user=alice", ["d4", "d1"]],
    ["detections?user=CN%3Dbob%5C,O%3Dx,(none)", ["d3", "d2"]],
    ["detections?not_user=alice&not_user=(none)", ["d2"]],
    ["detections?severity=2,6", ["d2", "d1"]],
    ["detections?not_tag=T1609", ["d4", "d3", "d2"]],
    ["detections?tag=(none)", ["d4"]],
    ["detections?text=SAID", ["d3"]],
    ["detections?not_priority=warning", []],
    ["detections?fingerprint=f2&from=2026-03-02T08:03:00Z", ["d3"]],
    ["activities?outcome=denied,failed", ["r1"]],
    ["activities?not_actor=human", ["r2"]],
    ["activities?resource=pods/exec&detected=yes", ["r2"]],
    ["activities?code=403&events=omit", ["r1"]],
  ])("%s", async (path, ids) => {
    expect(idsOf(await get(path))).toEqual(ids);
  });

  test("comes with events of activities unless they are left out, and never with those of detections", async () => {
    const events = async (path: string) =>
      (await get(path)).body.items.map(
        ({ event, eventMissing }: { event?: unknown; eventMissing?: string }) => event ?? eventMissing ?? "none",
      );
    expect(await events("activities")).toEqual(["it is gone", { kind: "Event" }]);
    expect(await events("activities?limit=1&events=omit")).toEqual(["none"]);
    expect(await events("detections?limit=1")).toEqual(["none"]);
  });

  test("one item is asked for by its id, with its event", async () => {
    expect((await get("detections/d2")).body).toEqual({ ...detections[1], event: { verb: "create", of: "d2" } });
    const whole = { ...activities[0], event: { kind: "Event" } };
    expect((await get("activities/r1")).body).toEqual(JSON.parse(JSON.stringify(whole)));
    expect((await get("activities/r2")).body).toMatchObject({ event: null, eventMissing: "it is gone" });
    expect((await get("detections/d9")).status).toBe(404);
    expect((await get("activities/r9")).status).toBe(404);
  });
});

describe("what is counted", () => {
  test("values of facets, under all filters but those on the facet itself", async () => {
    const { body } = await get("detections/facets?facets=user,severity&user=alice&facet_limit=2");
    expect(body).toEqual({
      facets: {
        user: [
          { value: "alice", count: 2 },
          { value: "CN=bob,O=x", count: 1 },
        ],
        severity: [
          { value: "2", count: 1 },
          { value: "4", count: 1 },
        ],
      },
      total: 2,
    });
    const { body: searched } = await get("activities/facets?facets=user&facet_search=NODE");
    expect(searched).toEqual({ facets: { user: [{ value: "system:node:a", count: 1 }] }, total: 2 });
  });

  test("a facet that there is none of is refused, with those that there are", async () => {
    expect(await get("activities/facets?facets=rule")).toMatchObject({
      status: 400,
      body: { error: { code: "invalid", message: "no facet is called `rule`" } },
    });
  });

  test("bars of a round length; a range that is open ends now", async () => {
    const { body } = await get("detections/histogram?from=2026-03-02T08:00:00Z&buckets=6");
    expect(body).toEqual({
      from: "2026-03-02T08:00:00.000000Z",
      to: "2026-03-02T09:00:00.000000Z",
      stepMillis: 600_000,
      series: [
        { key: "2", counts: [1, 0, 0, 0, 0, 0] },
        { key: "4", counts: [2, 0, 0, 0, 0, 0] },
        { key: "6", counts: [1, 0, 0, 0, 0, 0] },
      ],
    });
    const { body: all } = await get("activities/histogram?buckets=1");
    expect(all.series).toEqual([
      { key: "denied", counts: [1] },
      { key: "done", counts: [1] },
    ]);
  });
});

describe("groups", () => {
  const states = async (path: string) =>
    (await get(path)).body.items.map((one: { fingerprint: string; state: string }) => [one.fingerprint, one.state]);
  const decide = (fingerprint: string, body: object, role: Role) =>
    ask(`detections/groups/${encodeURIComponent(fingerprint)}`, { method: "PUT", body: JSON.stringify(body) }, role);

  test("are decided about by editors, told in the trail of changes, and open again when they come again", async () => {
    expect(await states("detections/groups")).toEqual([
      ["f/1", "open"],
      ["f2", "open"],
    ]);
    expect((await decide("f/1", { state: "resolved" }, "viewer")).status).toBe(403);
    const decided = await decide("f/1", { state: "resolved", note: "was me" }, "editor");
    expect(await decided.json()).toEqual({
      ...{ fingerprint: "f/1", state: "resolved", note: "was me" },
      ...{ at: "2026-03-02T09:00:00.000Z", by: "token the editor-secret" },
    });
    expect(await states("detections/groups?state=resolved")).toEqual([["f/1", "resolved"]]);
    expect(await states("detections/groups?state=open,muted")).toEqual([["f2", "open"]]);
    const [change] = await state.documents.changes({ limit: 1, kind: ["triage"] });
    expect(change).toMatchObject({
      kind: "triage",
      id: "f/1",
      by: "token the editor-secret",
      action: "create",
    } satisfies Partial<Change>);

    await arrive({ detections: [aDetection({ id: "d5", time: "2026-03-02T09:30:00Z", fingerprint: "f/1" })] });
    expect(await states("detections/groups?state=open")).toEqual([
      ["f/1", "open"],
      ["f2", "open"],
    ]);
    // Looked at from before it came again, it is open all the same: the state is that of now.
    expect(await states("detections/groups?to=2026-03-02T09:00:00Z&user=alice")).toEqual([["f/1", "open"]]);
  });

  test("are muted until a time, and not without one", async () => {
    expect((await decide("f2", { state: "muted" }, "editor")).status).toBe(400);
    expect((await decide("f2", { state: "muted", until: "2026-03-02T10:30:00+02:00" }, "editor")).status).toBe(200);
    expect(await states("detections/groups?fingerprint=f2")).toEqual([["f2", "open"]]);
    expect((await decide("f2", { state: "muted", until: "2026-03-02T12:30:00+02:00" }, "editor")).status).toBe(200);
    expect(await states("detections/groups?state=muted")).toEqual([["f2", "muted"]]);
  });
});

describe("a download", () => {
  test("as NDJSON holds every item that the filter accepts, each on its line", async () => {
    const response = await ask("detections/export?user=alice");
    expect([response.headers.get("content-type"), response.headers.get("content-disposition")]).toEqual([
      "application/x-ndjson",
      'attachment; filename="tiercel-detections.ndjson"',
    ]);
    const lines = (await response.text()).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([detections[3], detections[0]]);
  });

  test("as CSV quotes what needs it, and has nothing that a spreadsheet takes for a formula", async () => {
    const text = await (await ask("detections/export?format=csv&to=2026-03-02T08:30:00Z&not_rule=Secrets")).text();
    const lines = text.split("\r\n");
    expect(lines[0]).toBe(
      "time,severity,priority,rule,policy,cluster,user,verb,resource,namespace,name,sourceIP,userAgent,output,tags,auditID,stage,muted,fingerprint,activity,id",
    );
    expect(lines.slice(1)).toEqual([
      "2026-03-02T08:04:00.000000Z,4,Warning,Create Privileged Pod,Suspicious K8s Activity,prod,alice,create,pods,default,web,10.0.0.1,'=HYPERLINK(1),a pod (user=jane),[],a-1,ResponseComplete,false,f/1,activity-1,d4",
      '2026-03-02T08:03:00.000000Z,4,Warning,Create Privileged Pod,Suspicious K8s Activity,prod,,create,pods,default,,10.0.0.1,kubectl,"said ""no"", twice","[""k8s""]",a-1,ResponseComplete,false,f2,activity-1,d3',
      '2026-03-02T08:01:00.000000Z,2,Warning,Create Privileged Pod,Suspicious K8s Activity,prod,alice,create,pods,default,web,10.0.0.1,kubectl,a pod (user=jane),"[""k8s"",""T1609""]",a-1,ResponseComplete,false,f/1,activity-1,d1',
      "",
    ]);
  });

  test("goes on beyond a page, asks for no page that nobody takes yet, and has no event of an activity", async () => {
    const many = Array.from({ length: 2500 }, (_, nth) =>
      anActivity({ id: `m${nth}`, cluster: "many", time: `2026-03-01T00:00:00.${String(nth).padStart(6, "0")}Z` }),
    );
    await arrive({ activities: many });
    let pages = 0;
    const { activities: page } = index;
    index.activities = (query) => {
      pages++;
      return page.call(index, query);
    };
    const reader = (await ask("activities/export?cluster=many")).body?.getReader();
    const chunks: string[] = [];
    const decoder = new TextDecoder();
    for (let chunk = await reader?.read(); chunk?.done === false; chunk = await reader?.read()) {
      chunks.push(decoder.decode(chunk.value, { stream: true }));
      // One is read ahead.
      expect(pages).toBeLessThanOrEqual(chunks.length + 1);
    }
    index.activities = page;
    const rows = chunks
      .join("")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(rows.map(({ id }) => id)).toEqual(many.map(({ id }) => id).toReversed());
    expect(rows.filter(({ event }) => event !== null)).toEqual([]);
  });
});

describe("what arrives", () => {
  /** Events as they come; `take` waits for the next one. */
  async function follow(path: string, headers: Readonly<Record<string, string>> = {}) {
    const leaving = new AbortController();
    const response = await ask(path, { headers, signal: leaving.signal });
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    let text = "";
    const take = async () => {
      for (;;) {
        const end = text.indexOf("\n\n");
        const block = text.slice(0, end);
        if (end >= 0) text = text.slice(end + 2);
        if (end >= 0 && block.startsWith("event: arrivals")) {
          const [, id = "", data = ""] = /^event: arrivals\nid: (.*)\ndata: (.*)$/.exec(block) ?? [];
          return { id, ...(JSON.parse(data) as { items: { id: string }[]; next: string }) };
        }
        if (end >= 0) continue;
        const chunk = await reader?.read();
        if (chunk?.value === undefined) throw new Error("the stream has ended");
        text += decoder.decode(chunk.value, { stream: true });
      }
    };
    return { response, take, leave: () => leaving.abort() };
  }

  test("is told from the moment of asking, by the filter, and goes on where a stream broke", async () => {
    const { response, take, leave } = await follow("detections/live?user=carol");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    await arrive({ detections: [aDetection({ id: "l1", user: "carol" }), aDetection({ id: "l2", user: "dave" })] });
    const first = await take();
    expect([first.items.map(({ id }) => id), first.id]).toEqual([["l1"], first.next]);
    leave();
    expect(listeners.size).toBe(0);

    await arrive({ detections: [aDetection({ id: "l3", user: "carol" })] });
    const again = await follow("detections/live?user=carol", { "last-event-id": first.id });
    expect((await again.take()).items.map(({ id }) => id)).toEqual(["l3"]);
    await arrive({ detections: [aDetection({ id: "l4", user: "carol" })] });
    expect((await again.take()).items.map(({ id }) => id)).toEqual(["l4"]);
    again.leave();
  });

  test("to somebody who reads slowly comes in parts, none missed and none twice", async () => {
    const { take, leave } = await follow("activities/live?cluster=slow&events=omit");
    const many = Array.from({ length: 1200 }, (_, nth) => anActivity({ id: `s${nth}`, cluster: "slow" }));
    for (let at = 0; at < many.length; at += 400) await arrive({ activities: many.slice(at, at + 400) });
    const told: string[] = [];
    while (told.length < many.length) told.push(...(await take()).items.map(({ id }) => id));
    expect(told.toSorted()).toEqual(many.map(({ id }) => id).toSorted());
    leave();
  });

  test("is not told from a place that is none", async () => {
    const response = await ask("detections/live", { headers: { "last-event-id": "yesterday" } });
    expect(response.status).toBe(400);
  });
});
