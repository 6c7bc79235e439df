/** Which requests are one, what an activity says of them, and that merging minds neither order nor repetition. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Activity } from "./activity.ts";
import { activityOf, mergeActivities } from "./activity-of.ts";
import type { AuditEvent } from "./audit-event.ts";
import { shownEvent } from "./event-text.ts";
import { parseJson } from "./json.ts";
import { parsedEvent } from "./parsed-event.ts";
import { activityID, eventID } from "./request-id.ts";
import { nanosOf } from "./time.ts";

type Json = Record<string, unknown>;

function eventOf(value: Json): AuditEvent {
  const text = JSON.stringify(value);
  const outcome = parseJson(text);
  if (!outcome.ok) throw new Error(outcome.message);
  return parsedEvent(outcome.value, nanosOf(String(value.stageTimestamp)) ?? 0n, text);
}

const exec: Json = {
  level: "Metadata",
  auditID: "a-1",
  stage: "ResponseStarted",
  requestURI: "/api/v1/namespaces/default/pods/web/exec?command=sh&dryRun=All",
  verb: "create",
  user: { username: "jane", groups: ["dev", "system:authenticated"] },
  impersonatedUser: { username: "admin" },
  sourceIPs: ["10.0.0.1", "192.0.2.7"],
  userAgent: "kubectl/v1.31",
  objectRef: { resource: "pods", namespace: "default", name: "web", apiVersion: "v1", subresource: "exec" },
  responseStatus: { code: 101, reason: "Switching" },
  requestReceivedTimestamp: "2026-03-02T08:00:00.000001Z",
  stageTimestamp: "2026-03-02T08:00:00.250001Z",
  annotations: { "authorization.k8s.io/decision": "allow" },
};
const facts = { id: "id-1", cluster: "prod", receivedAt: "2026-03-02T08:00:05.000Z", detections: 2 };
const plainHash = (text: string) => text;

test("an activity says who did what, to what, from where, with what outcome", () => {
  const activity = activityOf(eventOf(exec), facts);
  expect(JSON.parse(JSON.stringify(activity))).toEqual({
    ...facts,
    time: "2026-03-02T08:00:00.000001Z",
    lastTime: "2026-03-02T08:00:00.250001Z",
    auditID: "a-1",
    events: [{ stage: "ResponseStarted", time: "2026-03-02T08:00:00.250001Z", detections: 2 }],
    stages: ["ResponseStarted"],
    level: "Metadata",
    user: "jane",
    groups: ["dev", "system:authenticated"],
    impersonatedUser: "admin",
    verb: "create",
    apiGroup: null,
    resource: "pods",
    subresource: "exec",
    namespace: "default",
    name: "web",
    requestURI: exec.requestURI,
    sourceIPs: ["10.0.0.1", "192.0.2.7"],
    userAgent: "kubectl/v1.31",
    code: 101,
    reason: "Switching",
    decision: "allow",
    dryRun: true,
    latencyMicros: 250_000,
    actor: "human",
    outcome: "done",
    uncounted: [],
    place: null,
    event: null,
  });
});

test("an event of hardly anything still leaves a line", () => {
  const activity = activityOf(eventOf({ stageTimestamp: "2026-03-02T08:00:00Z", user: "jane", sourceIPs: {} }), facts);
  expect(activity).toMatchObject({
    time: "2026-03-02T08:00:00.000000Z",
    user: null,
    sourceIPs: [],
    stages: [],
    code: null,
  });
});

test("texts of a megabyte are cut in the line, and an event of megabytes is shown without its bodies", () => {
  const large = { auditID: "a".repeat(1e6), requestObject: { pad: "x".repeat(2e6) }, user: { username: "jane" } };
  expect(activityOf(eventOf({ ...exec, ...large }), facts).auditID).toBe(`${"a".repeat(8192)}…`);
  const event = JSON.parse(JSON.stringify(shownEvent(eventOf({ ...exec, ...large }))));
  expect(event).toMatchObject({ user: { username: "jane" }, verb: "create", objectRef: exec.objectRef });
  expect(event.requestObject).toBe("left out: 2000010 characters, see the journal");
});

describe("a request", () => {
  const id = (change: Json, cluster = "prod") => activityID(eventOf({ ...exec, ...change }), cluster, plainHash);

  test("is the same at each of its stages", () => {
    const complete = {
      stage: "ResponseComplete",
      stageTimestamp: "2026-03-05T08:00:00Z",
      responseStatus: { code: 500 },
    };
    expect(id(complete)).toBe(id({}));
    expect(id({ requestReceivedTimestamp: "2026-03-02T09:00:00.000001+01:00" })).toBe(id({}));
  });

  test("is another with the same Audit-ID but anything else of its own", () => {
    const changes: Json[] = [
      { auditID: "a-2" },
      { requestReceivedTimestamp: "2026-03-02T08:00:00.000002Z" },
      { verb: "get" },
      { requestURI: "/" },
      { user: { username: "joe" } },
      { user: {} },
      { sourceIPs: ["10.0.0.1"] },
      { sourceIPs: ["10.0.0.1,192.0.2.7"] },
    ];
    const all = [id({}), id({}, "dev"), ...changes.map((change) => id(change))];
    expect(new Set(all).size).toBe(all.length);
  });

  test("without its moment of receipt stands for itself", () => {
    const without = { requestReceivedTimestamp: undefined };
    expect(id({ ...without, stageTimestamp: "2026-03-02T08:00:01Z" })).not.toBe(id(without));
    expect(id(without)).toBe(id(without));
  });

  test("has an event of its own at each stage and moment", () => {
    const of = (change: Json) => eventID(eventOf({ ...exec, ...change }), "prod", plainHash);
    expect(of({ stage: "ResponseComplete" })).not.toBe(of({}));
    expect(of({ stageTimestamp: "2026-03-02T08:00:01Z" })).not.toBe(of({}));
    expect(of({ responseStatus: {}, annotations: {} })).toBe(of({}));
  });
});

describe("merged", () => {
  const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic", "Unheard-of"];
  const anyActivity: fc.Arbitrary<Activity> = fc
    .record({
      stage: fc.constantFrom(...stages),
      second: fc.integer({ min: 0, max: 3 }),
      code: fc.integer({ min: 200, max: 203 }),
      detections: fc.integer({ min: 0, max: 2 }),
      receipt: fc.integer({ min: 1, max: 3 }),
      uncounted: fc.array(fc.constantFrom("Rule A", "Rule B", "Rule C")),
    })
    .map(({ stage, second, code, detections, receipt, uncounted }) =>
      activityOf(
        eventOf({ ...exec, stage, stageTimestamp: `2026-03-02T08:00:0${second}Z`, responseStatus: { code } }),
        {
          ...facts,
          detections,
          uncounted,
          // What an event tells depends on where it lies: here on its code.
          place: { entry: 1, item: code, length: 100 },
          receivedAt: `2026-03-02T08:00:0${receipt}.000Z`,
        },
      ),
    );

  test("the latest stage speaks of the outcome, and every event counts once", () => {
    const received = activityOf(
      eventOf({
        ...exec,
        stage: "RequestReceived",
        stageTimestamp: "2026-03-02T08:00:00.000001Z",
        responseStatus: undefined,
      }),
      { ...facts, detections: 1, uncounted: ["Rule B"] },
    );
    expect(received.outcome).toBe("unfinished");
    const started = activityOf(eventOf(exec), { ...facts, uncounted: ["Rule C", "Rule A", "Rule C"] });
    const both = mergeActivities(started, received);
    expect(both).toEqual({
      ...started,
      events: [...received.events, ...started.events],
      stages: ["RequestReceived", "ResponseStarted"],
      detections: 3,
      outcome: "done",
      uncounted: ["Rule A", "Rule B", "Rule C"],
    });
  });

  test("it makes no difference in which order, in which groups and how often", () => {
    fc.assert(
      fc.property(anyActivity, anyActivity, anyActivity, (a, b, c) => {
        expect(mergeActivities(a, b)).toEqual(mergeActivities(b, a));
        expect(mergeActivities(mergeActivities(a, b), c)).toEqual(mergeActivities(a, mergeActivities(b, c)));
        expect(mergeActivities(a, a)).toEqual(a);
        expect(mergeActivities(mergeActivities(a, b), b)).toEqual(mergeActivities(a, b));
      }),
    );
  });
});
