/** What arrives in a list while somebody looks at it. */
import { afterAll, describe, expect, test } from "vitest";
import { aDetection, anActivity } from "../../stores/index.kit.ts";
import { openLists } from "./lists.kit.ts";

const { ask, arrive, listeners, close } = await openLists();
afterAll(close);

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
