/** Events read for those who look at activities. */
import { expect, test } from "vitest";
import type { Activity, EventPlace } from "../domain/activity.ts";
import { decode } from "../domain/decode.ts";
import { redactEvent } from "../domain/redact.ts";
import type { Entry, Journal } from "../domain/store.ts";
import { eventsOf } from "./events.ts";

const event = (auditID: string, more: object = {}) => ({
  ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Request", auditID, stage: "ResponseComplete" },
  ...{ requestURI: "/api", verb: "get", user: { username: "alice" }, stageTimestamp: "2026-01-01T00:00:00.000002Z" },
  ...more,
});

const secret = event("with-a-secret", {
  objectRef: { resource: "secrets", name: "db" },
  requestObject: { kind: "Secret", data: { password: "c3dvcmRmaXNo" } },
});

/** Batches at positions 7 and 8; what came before was let go. */
const bodies = [
  [event("a"), "no event", event("b")],
  [secret, event("c")],
];

function journal(): { journal: Pick<Journal, "read" | "first" | "last">; reads: number[] } {
  const reads: number[] = [];
  const entries = bodies.map((items, at): Entry => {
    const body = new TextEncoder().encode(JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", items }));
    return { position: 7 + at, source: "webhook", cluster: "prod", receivedAt: new Date(0), body };
  });
  const read = async (after: number) => {
    reads.push(after + 1);
    return entries.filter(({ position }) => position > after).slice(0, 1);
  };
  return { journal: { first: 7, last: 9, read }, reads };
}

const at = (entry: number, item: number): Activity =>
  ({ id: `${entry}-${item}`, place: { entry, item, length: 1 } satisfies EventPlace }) as unknown as Activity;

const told = (activities: readonly Activity[]) =>
  activities.map(({ event, eventMissing }) =>
    event === null ? eventMissing : (JSON.parse(JSON.stringify(event)) as { auditID: string }).auditID,
  );

const world = (of: Pick<Journal, "read" | "first" | "last">) => ({
  journal: of,
  decode: (body: Uint8Array) => decode(body),
  redact: (one: Parameters<typeof redactEvent>[0]) => redactEvent(one, () => "redacted:1"),
  breathe: async () => {},
});

test("each activity gets the event that lies at its place, and each batch is read once", async () => {
  const { journal: of, reads } = journal();
  const events = eventsOf(world(of));
  expect(told(await events.attach([at(8, 2), at(7, 3), at(7, 1)]))).toEqual(["c", "b", "a"]);
  expect(told(await events.attach([at(7, 3)]))).toEqual(["b"]);
  expect(reads).toEqual([8, 7]);
});

test("secrets are out of it", async () => {
  const [activity] = await eventsOf(world(journal().journal)).attach([at(8, 1)]);
  const text = JSON.stringify(activity?.event);
  expect([text.includes("c3dvcmRmaXNo"), text.includes("redacted:1")]).toEqual([false, true]);
});

test("where the journal has let it go, or never had it, that is said", async () => {
  const events = eventsOf(world(journal().journal));
  expect(told(await events.attach([at(6, 1), at(9, 1), at(7, 9), { ...at(7, 1), place: null }]))).toEqual([
    "the journal has let its batch 6 go and holds those from 7 on: `journal.max_age_days` and `journal.max_bytes` say for how long",
    "batch 9 of the journal cannot be read: `tiercel journal verify` tells more",
    "batch 7 of the journal cannot be read: `tiercel journal verify` tells more",
    "where it lies in the journal is not known",
  ]);
});

test("what cannot be redacted is not shown", async () => {
  const events = eventsOf({
    ...world(journal().journal),
    redact: () => {
      throw new Error("a bug");
    },
  });
  expect(told(await events.attach([at(7, 1)]))).toEqual(["it is not shown, since it could not be redacted: a bug"]);
});
