/** What every index promises; each kind is put through it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Activity } from "../domain/activity.ts";
import type { Page } from "../domain/asked.ts";
import { BadCursor, type Index } from "../domain/store.ts";
import { aDetection, anActivity, aRejected, type IndexPlace, judged, plain } from "./index.kit.ts";

/** What an index must hold whole although few requests are so. */
const awkward: readonly Partial<Activity>[] = [
  { user: "o'brien \u0000 🦅 \ud800", name: "\ud800", verb: "", apiGroup: "", reason: "\u0001" },
  { id: "0123456789abcdef0123456789abcdef", auditID: "0f7b3a52-9c64-4f0e-8a39-3f0f4f0d6c11" },
  { id: "0123456789ABCDEF0123456789ABCDEF", auditID: "0F7B3A52-9C64-4F0E-8A39-3F0F4F0D6C11", place: null },
  { auditID: null, user: null, verb: null, resource: null, namespace: null, name: null, requestURI: null, code: null },
  { requestURI: "/api/v1/namespaces/default/pods/web/log?container=web", groups: [], sourceIPs: [], level: null },
  { requestURI: "/api/v1/namespaces/default-2/pods/webs", sourceIPs: ["2001:db8::1", "", "10.0.0.1"], dryRun: true },
  { requestURI: "/\u0001/\u0002", resource: "a/b", subresource: "c", decision: null, impersonatedUser: "root" },
  { resource: null, subresource: "status", uncounted: ["A", "B"], detections: 3, latencyMicros: null },
  { time: "2026-03-02T08:00:00.000000123Z", lastTime: "2026-03-02T08:00:00.500000Z", latencyMicros: 499_999 },
  { time: "0001-01-01T00:00:00.000000Z", lastTime: "9999-12-31T23:59:59.999999Z", receivedAt: "2026-03-02T08:00:05Z" },
  { time: "2026-03-02T09:00:00+01:00", stages: ["RequestReceived", "ResponseComplete"], events: [] },
];

export function indexContract(name: string, place: () => Promise<IndexPlace>): void {
  describe(`${name} keeps the index`, () => {
    let here: IndexPlace;
    let index: Index;
    beforeEach(async () => {
      here = await place();
      index = await here.open();
    });
    afterEach(async () => {
      await index.close();
      await here.remove();
    });
    const reopen = async () => {
      await index.close();
      index = await here.open();
    };
    const ids = async (list: Promise<Page<{ readonly id: string }>>) => (await list).items.map(({ id }) => id);

    test("a new index is empty and stands at 0", async () => {
      expect(await index.position()).toBe(0);
      expect(await index.counts()).toEqual({ activities: 0, detections: 0, quarantined: 0 });
      expect(await index.activities({ limit: 10 })).toEqual({ items: [], next: null });
    });

    test("what was written is read back whole, after a reopening too", async () => {
      const activities = awkward.map((of, at) => anActivity({ id: `${at}`, ...of }));
      await index.write(judged(7, { activities, detections: [aDetection()], quarantined: [aRejected()] }));
      await reopen();
      expect(await index.position()).toBe(7);
      expect(await index.counts()).toEqual({ activities: awkward.length, detections: 1, quarantined: 1 });
      for (const activity of activities) expect(plain(await index.activity(activity.id))).toEqual(plain(activity));
      expect((await index.detections({ limit: 10 })).items).toEqual([aDetection()]);
      expect((await index.quarantined({ limit: 10 })).items).toEqual([aRejected()]);
    });

    test("what could not be read is asked for and counted by where it came from", async () => {
      const quarantined = [
        aRejected({ id: "a", raw: '{"source":"demo","cluster":"oslo"}' }),
        aRejected({ id: "b", cluster: "oslo" }),
        aRejected({ id: "c", cluster: "oslo", source: "demo", receivedAt: "2026-03-02T08:00:09.000Z" }),
      ];
      await index.write(judged(1, { quarantined }));
      const found = (filter: object) => ids(index.quarantined({ limit: 10, ...filter }));
      expect(await found({ cluster: ["oslo"] })).toEqual(["c", "b"]);
      expect(await found({ cluster: ["oslo"], source: ["webhook"] })).toEqual(["b"]);
      expect(await found({ cluster: ["oslo"], to: "2026-03-02T08:00:09Z" })).toEqual(["b"]);
      expect(await found({ cluster: [] })).toEqual([]);
      expect(await index.quarantineCounts("2026-03-02T00:00:00Z")).toEqual([
        { source: "demo", cluster: "oslo", count: 1 },
        { source: "webhook", cluster: "oslo", count: 1 },
        { source: "webhook", cluster: "prod", count: 1 },
      ]);
      expect(await index.quarantineCounts("2026-03-02T08:00:06Z")).toEqual([
        { source: "demo", cluster: "oslo", count: 1 },
      ]);
    });

    test("lists are newest first, equal moments in a stable order, and pages neither skip nor repeat", async () => {
      const detections = Array.from({ length: 95 }, (_, at) =>
        aDetection({ id: `d-${String(at).padStart(2, "0")}`, time: `2026-03-02T08:00:0${at % 7}.00000${at % 3}Z` }),
      );
      await index.write(judged(1, { detections: detections.slice(0, 40) }));
      await index.write(judged(2, { detections: detections.slice(40) }));
      const expected = [...detections]
        .sort((a, b) => (a.time === b.time ? (a.id < b.id ? 1 : -1) : a.time < b.time ? 1 : -1))
        .map(({ id }) => id);
      const paged: string[] = [];
      let cursor: string | undefined;
      for (let pages = 0; pages < 100; pages++) {
        const page = await index.detections({ limit: 10, cursor });
        paged.push(...page.items.map(({ id }) => id));
        // What comes in between, newer than where the reader is, moves no page.
        await index.write(
          judged(3 + pages, { detections: [aDetection({ id: `n-${pages}`, time: "2026-03-03T00:00:00Z" })] }),
        );
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(paged).toEqual(expected);
    });

    test("a range includes its beginning and excludes its end, to the nanosecond and in any offset", async () => {
      const times = ["08:00:00Z", "08:00:00.000000001Z", "08:00:00.5Z", "08:00:01Z"];
      await index.write(
        judged(1, { detections: times.map((time, at) => aDetection({ id: `d${at}`, time: `2026-03-02T${time}` })) }),
      );
      const within = (from?: string, to?: string) => ids(index.detections({ limit: 10, from, to }));
      expect(await within("2026-03-02T08:00:00Z", "2026-03-02T08:00:01Z")).toEqual(["d2", "d1", "d0"]);
      expect(await within("2026-03-02T08:00:00.000000001Z")).toEqual(["d3", "d2", "d1"]);
      expect(await within("2026-03-02T08:00:00.0000000005Z", "2026-03-02T08:00:00.0000000011Z")).toEqual(["d1"]);
      expect(await within("2026-03-02T10:00:00.5+02:00", "2026-03-02T03:00:01.0-05:00")).toEqual(["d2"]);
      expect(await within("9999-12-31T23:59:59Z")).toEqual([]);
      expect(await within(undefined, "0001-01-01T00:00:00Z")).toEqual([]);
      await expect(within("yesterday")).rejects.toThrow("`from` is no RFC 3339 time");
    });

    test("each filter is a set of accepted values, whatever characters they hold", async () => {
      const hostile = "'); DROP TABLE detections; --";
      await index.write(
        judged(1, {
          detections: [
            aDetection({ id: "a", rule: hostile, resource: "pods/exec" }),
            aDetection({ id: "b", user: null, cluster: "dev", priority: "Critical", resource: "podtemplates" }),
            aDetection({ id: "c", namespace: null, verb: "get" }),
          ],
          activities: [
            anActivity({ id: "a", subresource: "exec" }),
            anActivity({ id: "b", user: hostile }),
            anActivity({ id: "c", name: null }),
          ],
        }),
      );
      const detections = (query: Record<string, readonly string[]>) => ids(index.detections({ limit: 10, ...query }));
      const activities = (query: Record<string, readonly string[]>) => ids(index.activities({ limit: 10, ...query }));
      expect(await detections({ rule: [hostile, "none"] })).toEqual(["a"]);
      expect(await detections({ cluster: ["dev", "prod"], priority: ["Critical"] })).toEqual(["b"]);
      expect(await detections({ user: ["jane"] })).toEqual(["c", "a"]);
      expect(await detections({ namespace: ["default"], verb: ["create"] })).toEqual(["b", "a"]);
      expect(await detections({ resource: ["pods"] })).toEqual(["c", "a"]);
      expect(await detections({ resource: ["pods/exec"] })).toEqual(["a"]);
      expect(await detections({ rule: [] })).toEqual([]);
      expect(await activities({ user: [hostile] })).toEqual(["b"]);
      expect(await activities({ resource: ["pods"], name: ["web"] })).toEqual(["b", "a"]);
      expect(await activities({ resource: ["pods/exec", "nodes"] })).toEqual(["a"]);
      expect(await index.counts()).toMatchObject({ detections: 3 });
    });

    test("rows too large to be kept whole are cut, and pages of large rows are shorter", async () => {
      const long = "x".repeat(2 ** 22);
      const at = (second: number) => `2026-03-02T08:00:${String(second).padStart(2, "0")}.000001Z`;
      await index.write(
        judged(1, {
          activities: Array.from({ length: 40 }, (_, second) =>
            anActivity({
              id: `${second}`,
              time: at(second),
              user: long,
              groups: Array.from({ length: 50_000 }, () => "a group of many"),
            }),
          ),
        }),
      );
      const pages: number[] = [];
      const seen: Activity[] = [];
      for (let cursor: string | undefined; pages.length < 40; ) {
        const page = await index.activities({ limit: 1000, user: [long], cursor });
        pages.push(page.items.length);
        seen.push(...page.items);
        if (page.next === null) break;
        cursor = page.next;
      }
      expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 40 }, (_, past) => `${39 - past}`));
      expect([seen[0]?.time, seen[0]?.verb, seen[0]?.user?.startsWith("xxxx")]).toEqual([at(39), "create", true]);
      expect(JSON.stringify(seen[0]).length).toBeLessThan(2 ** 21);
    });
    test("a cursor that no page of the list answered is refused", async () => {
      const detections = ["a", "b"].map((id) => aDetection({ id }));
      await index.write(judged(1, { detections, activities: ["a", "b"].map((id) => anActivity({ id })) }));
      const { next } = await index.activities({ limit: 1 });
      const forged = Buffer.from('["detections","99999999999999999999","a"]').toString("base64url");
      for (const cursor of ["", "x", `${next}`, forged, Buffer.from("[]").toString("base64url")]) {
        await expect(index.detections({ limit: 1, cursor })).rejects.toThrow(BadCursor);
      }
      expect(await ids(index.activities({ limit: 1, cursor: `${next}` }))).toEqual(["a"]);
    });

    test("a page holds at most a thousand items, and at least one", async () => {
      await index.write(
        judged(1, { detections: Array.from({ length: 1100 }, (_, at) => aDetection({ id: `d${at}` })) }),
      );
      expect((await index.detections({ limit: 5000 })).items.length).toBe(1000);
      expect((await index.detections({ limit: 0 })).items.length).toBe(1);
    });

    test("readers see whole writes only, while writing goes on", async () => {
      let writing = true;
      const writes = (async () => {
        for (let at = 1; at <= 15; at++) {
          const activities = Array.from({ length: 20 }, (_, n) => anActivity({ id: `a-${at}-${n}` }));
          await index.write(judged(at, { activities, detections: [aDetection({ id: `d-${at}` })] }));
        }
        writing = false;
      })();
      while (writing) {
        const { activities, detections } = await index.counts();
        expect(activities).toBe(detections * 20);
      }
      await writes;
      expect(await index.counts()).toMatchObject({ activities: 300, detections: 15 });
    });

    test("retention by age counts from receipt, and leaves the position", async () => {
      const old = { receivedAt: "2026-01-01T00:00:00.000Z" };
      await index.write(
        judged(9, {
          activities: [anActivity({ id: "old", ...old }), anActivity()],
          detections: [aDetection({ id: "old", ...old }), aDetection({ time: "2020-01-01T00:00:00Z" })],
          quarantined: [aRejected({ id: "old", ...old }), aRejected()],
        }),
      );
      expect(await index.retain({ before: new Date("2026-03-02T08:00:05.000Z") })).toEqual({ removedRows: 3 });
      expect(await index.retain({ before: new Date("2026-03-02T08:00:05.000Z") })).toEqual({ removedRows: 0 });
      expect(await ids(index.detections({ limit: 10 }))).toEqual(["detection-1"]);
      expect(await index.position()).toBe(9);
    });

    test("cleared, it is as new, and stays so", async () => {
      await index.write(judged(9, { activities: [anActivity()], detections: [aDetection()] }));
      await index.clear();
      await reopen();
      expect(await index.position()).toBe(0);
      expect(await index.counts()).toEqual({ activities: 0, detections: 0, quarantined: 0 });
    });

    test("closing waits for what was begun, and closing twice is closing once", async () => {
      const write = index.write(judged(1, { detections: [aDetection()] }));
      await Promise.all([write, index.close(), index.close()]);
      await expect(index.counts()).rejects.toThrow("the index is closed");
      index = await here.open();
      expect(await index.position()).toBe(1);
    });
  });
}
