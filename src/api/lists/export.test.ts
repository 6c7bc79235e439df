/** Lists as files to take away. */
import { afterAll, describe, expect, test } from "vitest";
import { anActivity } from "../../stores/index.kit.ts";
import { detections, openLists } from "./lists.kit.ts";

const { index, ask, arrive, close } = await openLists();
afterAll(close);

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
