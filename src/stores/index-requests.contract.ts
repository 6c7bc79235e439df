/** What every index makes of requests that come in several events, and of those that come again; each kind is put through it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Activity } from "../domain/activity.ts";
import { eventKeys } from "../domain/request-id.ts";
import type { Index } from "../domain/store.ts";
import { aDetection, anActivity, aRejected, type IndexPlace, judged, plain } from "./index.kit.ts";

export function indexRequestsContract(name: string, place: () => Promise<IndexPlace>): void {
  describe(`${name} keeps a request once`, () => {
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

    test("stages of a request become one activity, in one write or in several and in any order", async () => {
      const [received, started, complete] = ["RequestReceived", "ResponseStarted", "ResponseComplete"].map(
        (stage, at) =>
          anActivity({
            stage,
            lastTime: `2026-03-02T08:00:0${at}.000000Z`,
            code: at === 0 ? null : 100 + at,
            count: at,
            place: { entry: at, item: 1, length: 1 },
          }),
      ) as [Activity, Activity, Activity];
      await index.write(judged(1, { activities: [complete, { ...received, id: "activity-2" }] }));
      await index.write(judged(2, { activities: [received, anActivity({ id: "activity-3" }), started] }));
      const { items } = await index.activities({ limit: 10 });
      expect(items.map(({ id }) => id)).toEqual(["activity-3", "activity-2", "activity-1"]);
      expect(items[2]).toMatchObject({
        stages: ["RequestReceived", "ResponseStarted", "ResponseComplete"],
        code: 102,
        detections: 3,
        lastTime: "2026-03-02T08:00:02.000000Z",
      });
      expect(items[2]?.place).toEqual({ entry: 2, item: 1, length: 1 });
    });

    test("requests of one and the same moment are told apart by their ids, however many and however often they come", async () => {
      const requests = (stage: string) =>
        Array.from({ length: 300 }, (_, nth) =>
          anActivity({
            id: nth % 3 === 0 ? `odd-${nth}` : nth.toString(16).padStart(32, "0"),
            ...{ stage, count: 1, place: { entry: 1, item: nth, length: 1 } },
            lastTime: stage === "ResponseStarted" ? "2026-03-02T08:00:01Z" : "2026-03-02T08:00:02Z",
          }),
        );
      const [started, complete] = [requests("ResponseStarted"), requests("ResponseComplete")];
      for (let at = 0; at < 300; at += 60)
        await index.write(judged(at + 1, { activities: started.slice(at, at + 60) }));
      await index.write(judged(400, { activities: started.slice(0, 200) }));
      expect((await index.counts()).activities).toBe(300);
      for (let at = 0; at < 300; at += 50)
        await index.write(judged(at + 500, { activities: complete.slice(at, at + 100) }));
      const { items } = await index.activities({ limit: 1000 });
      expect(items.map(({ id }) => id).toSorted()).toEqual(started.map(({ id }) => id).toSorted());
      expect(new Set(items.map(({ detections, stages }) => `${detections} ${stages}`))).toEqual(
        new Set(["2 ResponseStarted,ResponseComplete"]),
      );
    });

    test("the end of a stream finds its beginning of days ago", async () => {
      const time = "2026-02-20T08:00:00.000001Z";
      await index.write(judged(1, { activities: [anActivity({ time, stage: "ResponseStarted" })] }));
      const between = Array.from({ length: 300 }, (_, at) =>
        anActivity({ id: `other-${at}`, time: `2026-02-2${1 + (at % 8)}T08:00:00.000001Z` }),
      );
      await index.write(judged(2, { activities: between }));
      const end = anActivity({ time, lastTime: "2026-03-01T00:00:00.000000Z" });
      await index.write(judged(3, { activities: [...between.slice(0, 50), end] }));
      expect(await index.counts()).toMatchObject({ activities: 301 });
      const [stream] = (await index.activities({ limit: 1, to: "2026-02-21T00:00:00Z" })).items;
      expect(stream?.stages).toEqual(["ResponseStarted", "ResponseComplete"]);
    });

    test("writing the same again changes nothing but the position", async () => {
      const all = { activities: [anActivity({ count: 2 })], detections: [aDetection()], quarantined: [aRejected()] };
      await index.write(judged(1, all));
      const before = plain([(await index.activities({ limit: 9 })).items, await index.counts()]);
      await index.write(judged(2, { ...all, detections: [aDetection(), aDetection({ id: "detection-2" })] }));
      await index.write(judged(3, { ...all, detections: [aDetection({ id: "detection-2" })] }));
      expect(plain([(await index.activities({ limit: 9 })).items, await index.counts()])).toEqual([
        before[0],
        { activities: 1, detections: 2, quarantined: 1 },
      ]);
      expect(await index.position()).toBe(3);
    });

    test("an event that is there already is told by its key, another stage or moment of its request is not", async () => {
      await index.write(judged(1, { activities: [anActivity()] }));
      const asked = [
        anActivity(),
        anActivity({ stage: "Panic" }),
        anActivity({ lastTime: "2026-03-02T08:00:00.000002Z" }),
        anActivity({ id: "activity-2" }),
      ];
      expect(await index.write(judged(2, { activities: asked }))).toEqual(new Set(eventKeys(anActivity())));
    });
  });
}
