/** What every index answers about activities to those who filter, search, count and follow; each kind is put through it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Activity, outcomes } from "../domain/activity.ts";
import { type ActivityFacet, type ActivityFilter, activityFacets, noValue } from "../domain/asked.ts";
import { outcomeOf } from "../domain/outcome.ts";
import type { Index } from "../domain/store.ts";
import { anActivity, type IndexPlace, judged } from "./index.kit.ts";

const pick = <T>(items: readonly T[], at: number): T => items[at % items.length] as T;

/** Requests that differ in everything that can be asked for, some of it absent, not quite in order. */
function request(nth: number): Activity {
  const namespace = pick(["shop", null, "pay", "web-3"], nth);
  const name = pick(["web-1", "WEB-3", null, "straße", ""], nth >> 1);
  const code = pick([200, 403, null, 500], nth);
  const time = new Date(Date.UTC(2026, 2, 2, 8) + (nth ^ 5) * 61_000).toISOString().replace("Z", "000Z");
  return anActivity({
    id: nth % 3 === 0 ? `odd-${nth}` : nth.toString(16).padStart(32, "0"),
    ...{ time, lastTime: time, namespace, name, latencyMicros: 0 },
    cluster: pick(["prod", "stage"], nth),
    user: pick(["alice", "CN=Bob,O=x", "system:node:a", null, ""], nth >> 2),
    impersonatedUser: pick([null, null, "root"], nth),
    verb: pick(["create", "get"], nth),
    resource: pick(["pods", "secrets", null], nth),
    subresource: pick([null, "exec", null, null], nth),
    requestURI: pick(
      [`/api/v1/namespaces/${namespace}/pods/${name}/log?container=${name}`, `/api/v1/pods?rv=${nth}`, null],
      nth,
    ),
    sourceIPs: pick([["10.0.0.1"], ["10.9.9.9", "::1"], []], nth),
    userAgent: pick(["kubectl/v1", "Mozilla/5.0", null], nth >> 3),
    code,
    level: pick(["Metadata", null], nth >> 1),
    actor: pick(["human", "machine", "anonymous"] as const, nth >> 1),
    outcome: outcomeOf(code, ["ResponseComplete"]),
    count: nth % 7 === 0 ? 1 : 0,
  });
}

const withSub = ({ resource, subresource }: Activity) =>
  resource === null || subresource === null ? resource : `${resource}/${subresource}`;

function shownValue(row: Activity, facet: ActivityFacet): string {
  const value = {
    ...row,
    resource: withSub(row),
    sourceIP: row.sourceIPs.at(-1) ?? null,
    detected: row.detections > 0 ? "yes" : "no",
  }[facet];
  return value === null || value === "" ? noValue : String(value);
}

/** The filter as it is meant, over plain values. */
function accepts(row: Activity, { from, to, text, not = {}, ...is }: ActivityFilter): boolean {
  const has = (facet: ActivityFacet, wanted: readonly string[]) => {
    const value = shownValue(row, facet);
    return wanted.includes(value) || (facet === "resource" && wanted.includes(value.split("/")[0] ?? ""));
  };
  const facets = (set: typeof not) => Object.entries(set) as [ActivityFacet, readonly string[]][];
  const { user, impersonatedUser, verb, namespace, name, requestURI, userAgent } = row;
  return (
    (from === undefined || Date.parse(row.time) >= Date.parse(from)) &&
    (to === undefined || Date.parse(row.time) < Date.parse(to)) &&
    facets(is).every(([facet, wanted]) => has(facet, wanted)) &&
    facets(not).every(([facet, refused]) => !has(facet, refused)) &&
    (text === undefined ||
      [user, impersonatedUser, verb, withSub(row), namespace, name, requestURI, userAgent].some((one) =>
        one?.toLowerCase().includes(text.toLowerCase()),
      ))
  );
}

const rows = Array.from({ length: 300 }, (_, nth) => request(nth));
const newestFirst = [...rows].sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : a.id < b.id ? 1 : -1));
const filters: readonly ActivityFilter[] = [
  {},
  { user: ["alice"] },
  { user: ["alice", noValue], cluster: ["prod"] },
  { not: { user: ["alice"] } },
  { not: { user: [noValue] }, verb: ["get"] },
  { user: [] },
  { user: ["nobody"] },
  { resource: ["pods"] },
  { resource: ["secrets/exec", "pods/exec"], not: { outcome: ["denied"] } },
  { not: { resource: ["secrets", noValue] } },
  { impersonatedUser: ["root"], code: ["403", noValue], level: [noValue] },
  { sourceIP: ["::1", noValue], detected: ["yes"] },
  { text: "KUBECTL" },
  { text: "STRASSE" },
  { text: "straße" },
  { text: "web-3" },
  { text: "/pods/WEB-1" },
  { text: "namespaces/web-3/pods" },
  { text: "/log?" },
  { text: "rv=29", verb: ["get"] },
  { text: "nowhere to be found" },
  { from: "2026-03-02T09:00:00Z", to: "2026-03-02T10:00:00.000000Z", namespace: [noValue] },
  { from: "2026-03-02T12:00:00.000001Z", actor: ["human"], userAgent: ["kubectl/v1"] },
  { to: "2026-03-02T08:30:00Z", name: ["web-1", noValue] },
];

export function indexActivitiesContract(name: string, place: () => Promise<IndexPlace>): void {
  describe(`${name} answers what is asked of activities`, () => {
    let here: IndexPlace;
    let index: Index;
    beforeAll(async () => {
      here = await place();
      index = await here.open();
      for (let at = 0; at < rows.length; at += 50) {
        const activities = rows.slice(at, at + 50);
        // Some come twice, as a feed that is sent again brings them, and some at a stage before.
        const former = activities.slice(0, 5).map((row) => ({ ...row, place: { entry: 1, item: 1, length: 1 } }));
        await index.write(judged(at + 1, { activities: former }));
        await index.write(judged(at + 2, { activities: [...activities, ...rows.slice(0, at).slice(-3)] }));
      }
    });
    afterAll(async () => {
      await index.close();
      await here.remove();
    });
    const matching = (filter: ActivityFilter) => newestFirst.filter((row) => accepts(row, filter));
    const asked = (filter: ActivityFilter) => ({ list: "activities", filter }) as const;
    const each = filters.map((filter) => [JSON.stringify(filter), filter] as const);

    test.each(each)("a list by %s", async (_, filter) => {
      const expected = matching(filter);
      const { items } = await index.activities({ ...filter, limit: 1000 });
      expect(items.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      expect(items).toEqual(expected);
      expect(await index.count(asked(filter))).toBe(expected.length);
      const paged: string[] = [];
      for (let cursor: string | undefined, pages = 0; pages < 60; pages++) {
        const page = await index.activities({ ...filter, limit: 7, cursor });
        paged.push(...page.items.map(({ id }) => id));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(paged).toEqual(expected.map(({ id }) => id));
    });

    test.each(each)("counts by %s", async (_, filter) => {
      const counted = await index.facets(
        asked(filter),
        activityFacets.map((facet) => ({ facet, limit: 100 })),
      );
      for (const facet of activityFacets) {
        const { [facet]: _is, not = {}, ...others } = filter;
        const { [facet]: _not, ...refused } = not;
        const counts = new Map<string, number>();
        for (const row of matching({ ...others, not: refused }))
          counts.set(shownValue(row, facet), (counts.get(shownValue(row, facet)) ?? 0) + 1);
        expect(new Map(counted[facet]?.map(({ value, count }) => [value, count])), facet).toEqual(counts);
      }
    });

    test.each(each)("bars by %s", async (_, filter) => {
      const range = { from: "2026-03-02T08:10:00Z", to: "2026-03-02T14:00:00Z", ...filter };
      const { from, stepMillis, series } = await index.histogram(asked(range), 20);
      const found = matching(range);
      for (const outcome of outcomes) {
        const counts = series.find(({ key }) => key === outcome)?.counts ?? [];
        const bars = counts.map(() => 0);
        for (const row of found.filter((one) => one.outcome === outcome)) {
          const at = Math.floor((Date.parse(row.time) - Date.parse(from)) / stepMillis);
          bars[at] = (bars[at] ?? 0) + 1;
        }
        expect(counts, outcome).toEqual(bars);
      }
      const all = await index.histogram(asked(filter), 20);
      const sum = all.series.flatMap(({ counts }) => counts).reduce((a, b) => a + b, 0);
      expect(sum).toBe(matching(filter).length);
    });

    test("a facet's values are the most frequent first, no more than wished for, and can be searched", async () => {
      const { user, userAgent } = await index.facets(asked({}), [
        { facet: "user", limit: 2 },
        { facet: "userAgent", limit: 10, search: "MOZ" },
      ]);
      const [first, second] = user ?? [];
      expect([first?.value, user?.length]).toEqual([noValue, 2]);
      expect((first?.count ?? 0) >= (second?.count ?? 0)).toBe(true);
      expect(userAgent?.map(({ value }) => value)).toEqual(["Mozilla/5.0"]);
    });

    test("one is found by its id, whatever its id is", async () => {
      for (const row of rows.slice(0, 40)) expect(await index.activity(row.id)).toEqual(row);
      expect(await index.activity("f".repeat(32))).toBeUndefined();
      expect(await index.activity("\ud800")).toBeUndefined();
    });

    test("a year far from the others takes no time from them", async () => {
      const own = await place();
      const far = await own.open();
      const times = ["2026-03-02T08:00:00.000001Z", "2199-12-31T23:59:59.999999Z", "2026-03-02T08:00:01.000000Z"];
      const activities = times.map((time, nth) => anActivity({ id: `far-${nth}`, time }));
      await far.write(judged(1, { activities }));
      for (let position = 2; position < 20; position++)
        await far.write(judged(position, { activities: [anActivity({ id: `late-${position}`, time: times[2]! })] }));
      const { items } = await far.activities({ limit: 100 });
      expect(items.map(({ time }) => time).toSorted()).toEqual([...times, ...Array(18).fill(times[2])].toSorted());
      await far.close();
      await own.remove();
    });

    test("what arrives is told once, in pages, and what was merged is told again", async () => {
      const { next: start } = await index.arrivals(asked({}), undefined, 10);
      const arriving = Array.from({ length: 25 }, (_, nth) => ({ ...request(nth + 1000), cluster: "arrivals" }));
      await index.write(judged(1001, { activities: arriving.slice(0, 13) }));
      await index.write(judged(1002, { activities: [...arriving.slice(12), request(2000)] }));
      const told: string[] = [];
      let after = start;
      for (let page = 0; page < 5; page++) {
        const { items, next } = await index.arrivals(asked({ cluster: ["arrivals"] }), after, 10);
        told.push(...items.map(({ id }) => id));
        after = next;
      }
      expect(told.toSorted()).toEqual(arriving.map(({ id }) => id).toSorted());
    });

    test("what is asked again tells what has changed since", async () => {
      const detectedTimes = (row: Activity, detections: number) => ({
        ...row,
        detections,
        events: row.events.map((event) => ({ ...event, detections })),
      });
      const first = Array.from({ length: 60 }, (_, nth) =>
        detectedTimes({ ...request(nth + 3000), cluster: "again" }, 0),
      );
      await index.write(judged(2001, { activities: first }));
      const found = { cluster: ["again"], detected: ["yes"] };
      const [all, detected] = [asked({ cluster: ["again"] }), asked(found)];
      for (let stage = 0; stage < 3; stage++) {
        for (let time = 0; time < 2; time++) {
          expect([await index.count(all), await index.count(detected)]).toEqual([60, stage * 7]);
          expect((await index.activities({ ...found, limit: 100 })).items).toHaveLength(stage * 7);
        }
        const again = first.slice(stage * 7, stage * 7 + 7).map((row) => detectedTimes(row, 1));
        await index.write(judged(2002 + stage, { activities: again }));
      }
    });
  });
}
