/** What every index answers to those who filter, count, group and follow; each kind is put through it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Asked,
  type DetectionFacet,
  type DetectionFilter,
  detectionFacets,
  noValue,
  type Triage,
} from "../domain/asked.ts";
import { severities } from "../domain/detection.ts";
import { BadCursor, type Index } from "../domain/store.ts";
import { aDetection, anActivity, type IndexPlace, judged } from "./index.kit.ts";

type Row = ReturnType<typeof detection>;

const pick = <T>(items: readonly T[], at: number): T => items[at % items.length] as T;

/** Rows that differ in everything that can be asked for, some of it absent. */
function detection(nth: number) {
  return aDetection({
    id: `d-${String(nth).padStart(4, "0")}`,
    time: new Date(Date.UTC(2026, 2, 2, 8) + nth * 61_000).toISOString().replace("Z", "000Z"),
    cluster: pick(["prod", "stage"], nth),
    rule: pick(["Exec", "Privileged", "Secrets", "50% off_\\ of"], nth),
    priority: pick(["Notice", "Warning", "Critical"] as const, nth),
    policy: pick(["Suspicious", "All other rules"], nth >> 1),
    severity: pick(severities, nth),
    output: `output of ${nth} in Straße`,
    tags: pick([["k8s"], ["k8s", "mitre_execution"], ["T1609", "k8s"], []], nth >> 2),
    user: pick(["alice", "bob", "o'brien", null], nth >> 1),
    verb: pick(["create", "get"], nth),
    namespace: pick(["shop", null, "pay"], nth),
    resource: pick(["pods", "pods/exec", "secrets"], nth),
    name: pick(["web-1", "web-2", null], nth),
    sourceIP: pick(["10.0.0.1", "::1", null], nth),
    userAgent: pick(["kubectl", "curl/8"], nth >> 3),
    fingerprint: `f-${nth % 11}`,
    activity: `a-${nth % 50}`,
  });
}

const valuesOf = (row: Row, facet: DetectionFacet): readonly string[] => {
  if (facet === "tag") return row.tags.length === 0 ? [noValue] : row.tags;
  const value = row[facet];
  return [value === null ? noValue : String(value)];
};

/** The filter as it is meant, over plain values. */
function accepts(row: Row, { from, to, text, not = {}, fingerprint, activity, ...is }: DetectionFilter): boolean {
  const has = (facet: DetectionFacet, wanted: readonly string[]) =>
    valuesOf(row, facet).some(
      (value) => wanted.includes(value) || (facet === "resource" && wanted.includes(value.split("/")[0] ?? "")),
    );
  const facets = (set: typeof not) => Object.entries(set) as [DetectionFacet, readonly string[]][];
  return (
    (from === undefined || Date.parse(row.time) >= Date.parse(from)) &&
    (to === undefined || Date.parse(row.time) < Date.parse(to)) &&
    (fingerprint?.includes(row.fingerprint) ?? true) &&
    (activity?.includes(row.activity) ?? true) &&
    facets(is).every(([facet, wanted]) => has(facet, wanted)) &&
    facets(not).every(([facet, refused]) => !has(facet, refused)) &&
    (text === undefined ||
      [row.rule, row.output, row.user, row.resource, row.namespace, row.name].some((one) =>
        one?.toLowerCase().includes(text.toLowerCase()),
      ))
  );
}

const rows = Array.from({ length: 300 }, (_, nth) => detection(nth));
const filters: readonly DetectionFilter[] = [
  {},
  { user: ["alice"] },
  { user: ["alice", noValue] },
  { not: { user: ["alice"] } },
  { not: { user: [noValue] } },
  { user: [] },
  { severity: ["0", "7"], cluster: ["prod"] },
  { tag: ["k8s"], not: { tag: ["mitre_execution"] } },
  { tag: [noValue] },
  { resource: ["pods"] },
  { resource: ["pods/exec"], not: { verb: ["get"] } },
  { not: { resource: ["pods"] } },
  { text: "STRASSE" },
  { text: "straße" },
  { text: "50% OFF_\\" },
  { text: "output of 29" },
  { user: ["o'brien"], text: "exec" },
  { from: "2026-03-02T09:00:00Z", to: "2026-03-02T10:00:00.000000Z", namespace: [noValue] },
  { fingerprint: ["f-3"], activity: ["a-3", "a-14"] },
  { policy: ["Suspicious"], sourceIP: ["::1"], userAgent: ["curl/8"], name: ["web-2"] },
];

export function indexAskingContract(name: string, place: () => Promise<IndexPlace>): void {
  describe(`${name} answers what is asked of it`, () => {
    let here: IndexPlace;
    let index: Index;
    beforeAll(async () => {
      here = await place();
      index = await here.open();
      for (let at = 0; at < rows.length; at += 60) {
        const detections = rows.slice(at, at + 60).map((row) => ({ ...row, event: { of: row.id } }));
        await index.write(judged(at / 60 + 1, { detections }));
      }
    });
    afterAll(async () => {
      await index.close();
      await here.remove();
    });
    const asked = (filter: DetectionFilter): Asked => ({ list: "detections", filter });
    const matching = (filter: DetectionFilter) => rows.filter((row) => accepts(row, filter));

    test.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))("a list by %s", async (_, filter) => {
      const { items } = await index.detections({ ...filter, limit: 1000 });
      const expected = matching(filter).toReversed();
      expect(items.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
      expect(await index.count(asked(filter))).toBe(expected.length);
      expect(items).toEqual(JSON.parse(JSON.stringify(expected)));
    });

    test.each(filters.map((filter) => [JSON.stringify(filter), filter] as const))("counts by %s", async (_, filter) => {
      const counted = await index.facets(
        asked(filter),
        detectionFacets.map((facet) => ({ facet, limit: 100 })),
      );
      for (const facet of detectionFacets) {
        const { [facet]: _is, not = {}, ...others } = filter;
        const { [facet]: _not, ...refused } = not;
        const counts = new Map<string, number>();
        for (const row of matching({ ...others, not: refused }))
          for (const value of valuesOf(row, facet)) counts.set(value, (counts.get(value) ?? 0) + 1);
        expect(new Map(counted[facet]?.map(({ value, count }) => [value, count])), facet).toEqual(counts);
      }
    });

    test("a facet's values are the most frequent first, no more than wished for, and can be searched", async () => {
      const { rule, name } = await index.facets(asked({ cluster: ["prod"] }), [
        { facet: "rule", limit: 1 },
        { facet: "name", limit: 10, search: "EB-1" },
      ]);
      expect(rule).toEqual([{ value: "Exec", count: 75 }]);
      expect(name).toEqual([{ value: "web-1", count: 50 }]);
    });

    test("the bars of a histogram hold each item once, by severity, in stretches of a round length", async () => {
      const filter = { from: "2026-03-02T08:00:30Z", to: "2026-03-02T11:00:00Z", cluster: ["stage"] };
      const { from, to, stepMillis, series } = await index.histogram(asked(filter), 20);
      expect([from, to, stepMillis]).toEqual(["2026-03-02T08:00:00.000000Z", "2026-03-02T11:00:00.000000Z", 600_000]);
      for (const severity of severities) {
        const counts = Array.from({ length: 18 }, () => 0);
        for (const row of matching({ ...filter, severity: [String(severity)] })) {
          const at = Math.floor((Date.parse(row.time) - Date.parse(from)) / stepMillis);
          counts[at] = (counts[at] ?? 0) + 1;
        }
        const bar = series.find(({ key }) => key === String(severity));
        expect(bar?.counts ?? counts.map(() => 0), `severity ${severity}`).toEqual(counts);
      }
    });

    test("a histogram of nothing has no bars", async () => {
      const empty = await index.histogram(asked({ user: ["nobody"] }), 20);
      expect(empty).toEqual({ from: "", to: "", stepMillis: 0, series: [] });
    });

    test("groups are one a fingerprint, last seen first, page by page", async () => {
      const now = new Date("2026-03-03T00:00:00Z");
      const first = await index.groups({ limit: 7 }, [], undefined, now);
      const second = await index.groups({ limit: 7, cursor: first.next ?? "" }, [], undefined, now);
      expect(second.next).toBeNull();
      const groups = [...first.items, ...second.items];
      const expected = Array.from({ length: 11 }, (_, back) => {
        const latest = rows[299 - back];
        const of = rows.filter(({ fingerprint }) => fingerprint === latest?.fingerprint);
        return [latest?.fingerprint, of.length, of[0]?.time, latest?.time, "open", latest?.id];
      });
      expect(
        groups.map((one) => [one.fingerprint, one.count, one.firstSeen, one.lastSeen, one.state, one.latest.id]),
      ).toEqual(expected);
      for (const { spark, count } of groups) expect(spark.reduce((sum, one) => sum + one, 0)).toBe(count);
    });

    test("what was decided holds until it comes again, or until its time is over", async () => {
      const decided = (fingerprint: string, rest: Partial<Triage>): Triage => ({
        ...{ fingerprint, state: "resolved", at: "2026-03-02T23:00:00Z", by: "alice" },
        ...rest,
      });
      const triage = [
        decided("f-0", {}),
        decided("f-1", { at: "2026-03-02T08:30:00Z" }),
        decided("f-2", { state: "muted", until: "2026-03-02T23:30:00Z" }),
        decided("f-3", { state: "muted", until: "2026-03-04T00:00:00Z" }),
        decided("f-4", { state: "acknowledged" }),
      ];
      const states = async (wanted: Parameters<Index["groups"]>[2]) => {
        const { items } = await index.groups({ limit: 100 }, triage, wanted, new Date("2026-03-03T00:00:00Z"));
        return Object.fromEntries(items.map(({ fingerprint, state }) => [fingerprint, state]));
      };
      expect(await states(undefined)).toMatchObject({
        ...{ "f-0": "resolved", "f-1": "open", "f-2": "open", "f-3": "muted", "f-4": "acknowledged", "f-5": "open" },
      });
      expect(await states(["muted", "acknowledged"])).toEqual({ "f-3": "muted", "f-4": "acknowledged" });
      expect(await states([])).toEqual({});
      // A range that ends before it came again changes nothing about the state, which is that of now.
      const early = { to: "2026-03-02T08:20:00Z", fingerprint: ["f-0", "f-1"], limit: 10 };
      const { items } = await index.groups(early, triage, undefined, new Date("2026-03-03T00:00:00Z"));
      expect(items.map(({ fingerprint, state, count }) => [fingerprint, state, count])).toEqual([
        ["f-1", "open", 2],
        ["f-0", "resolved", 2],
      ]);
    });

    test("one detection comes with the event that made it, one activity with its latest", async () => {
      expect(JSON.parse(JSON.stringify(await index.detection("d-0007")))).toEqual({
        ...JSON.parse(JSON.stringify(rows[7])),
        event: { of: "d-0007" },
      });
      expect(await index.detection("nobody's")).toBeUndefined();
      expect(await index.activity("nobody's")).toBeUndefined();
    });

    test("each rule's record says how often, when last, and when", async () => {
      const range = { from: "2026-03-02T08:00:00Z", to: "2026-03-02T13:00:00Z", stretches: 5 };
      const records = await index.ruleRecords(range);
      const exec = records.find(({ rule }) => rule === "Exec");
      const of = matching({ rule: ["Exec"], from: range.from, to: range.to });
      expect([exec?.count, exec?.last]).toEqual([of.length, of.at(-1)?.time]);
      expect(exec?.spark).toHaveLength(5);
      expect(exec?.spark.reduce((sum, one) => sum + one, 0)).toBe(of.length);
    });

    test("of detections of one group at one moment, the one that lists show first is its latest", async () => {
      const same = { time: "2026-03-01T00:00:00.000000Z", cluster: "twins", fingerprint: "f-twins" };
      await index.write(judged(6, { detections: ["b", "c", "a"].map((id) => aDetection({ ...same, id })) }));
      const filter = { cluster: ["twins"], limit: 10 };
      const { items: groups } = await index.groups(filter, [], undefined, new Date("2026-03-03T00:00:00Z"));
      const { items: list } = await index.detections(filter);
      expect([groups[0]?.latest.id, groups[0]?.count, list[0]?.id]).toEqual(["c", 3, "c"]);
    });

    test("what arrives is told once, in pages, from the moment of asking", async () => {
      const filter = { cluster: ["arrivals"] };
      const { items: none, next: start } = await index.arrivals(asked(filter), undefined, 10);
      expect(none).toEqual([]);
      const arriving = Array.from({ length: 25 }, (_, nth) => ({
        ...detection(nth),
        id: `n-${nth}`,
        cluster: "arrivals",
      }));
      await index.write(judged(7, { detections: arriving.slice(0, 13) }));
      await index.write(judged(8, { detections: [...arriving.slice(13), { ...detection(1), id: "other" }] }));
      const told: string[] = [];
      let after = start;
      for (let page = 0; page < 5; page++) {
        const { items, next } = await index.arrivals(asked(filter), after, 10);
        told.push(...items.map(({ id }) => id));
        after = next;
      }
      expect(told.toSorted()).toEqual(arriving.map(({ id }) => id).toSorted());
      await expect(index.arrivals(asked(filter), "foreign", 10)).rejects.toThrow(BadCursor);
    });

    test("activities are filtered and counted by who acts and what came of it", async () => {
      const activities = [
        anActivity({ id: "x1", actor: "human", outcome: "done", code: 200, sourceIPs: ["1.1.1.1", "2.2.2.2"] }),
        anActivity({ id: "x2", actor: "machine", outcome: "denied", code: 403, impersonatedUser: "root" }),
        anActivity({ id: "x3", actor: "human", outcome: "unfinished", code: null, count: 2, level: null }),
      ];
      await index.write(judged(9, { activities }));
      const ids = async (filter: Asked["filter"]) =>
        (await index.activities({ ...filter, limit: 10 } as never)).items.map(({ id }) => id).toSorted();
      expect(await ids({ actor: ["human"] } as never)).toEqual(["x1", "x3"]);
      expect(await ids({ not: { outcome: ["denied"] } } as never)).toEqual(["x1", "x3"]);
      expect(await ids({ code: [noValue], level: [noValue] } as never)).toEqual(["x3"]);
      expect(await ids({ detected: ["yes"] } as never)).toEqual(["x3"]);
      expect(await ids({ impersonatedUser: ["root"] } as never)).toEqual(["x2"]);
      expect(await ids({ sourceIP: ["2.2.2.2"] } as never)).toEqual(["x1"]);
      const bars = await index.histogram({ list: "activities", filter: {} }, 10);
      expect(bars.series.map(({ key }) => key)).toEqual(["denied", "done", "unfinished"]);
    });
  });
}
