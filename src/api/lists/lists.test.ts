/** Lists asked for by HTTP, out of a real index and a real state. */
import { afterAll, describe, expect, test } from "vitest";
import type { Change } from "../../domain/documents.ts";
import type { Role } from "../../domain/people.ts";
import { aDetection } from "../../stores/index.kit.ts";
import { activities, detections, openLists } from "./lists.kit.ts";

const { state, ask, get, arrive, close } = await openLists();
afterAll(close);

const idsOf = ({ body }: Awaited<ReturnType<typeof get>>) => body.items.map(({ id }: { id: string }) => id);

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
