import { expect, test } from "vitest";
import type { Activity } from "../../domain/activity.ts";
import type { Detection } from "../../domain/detection.ts";
import { aroundQuestions, nearest, offsetText } from "./around.ts";
import { facetOfField, fieldTexts } from "./field-facets.ts";
import { untilOf } from "./mutes.ts";
import { tagKind, tagTitle } from "./techniques.ts";

const at = "2026-03-01T12:00:00.000000Z";
const detection = {
  ...{ time: at, cluster: "prod", user: "alice", namespace: "payments", resource: "pods/exec", name: "api" },
  sourceIP: "10.0.0.9",
} as Detection;

test("around an event the same user, object and address are asked about", () => {
  const actor = ["human", "machine", "anonymous"];
  const near = { from: "2026-03-01T11:45:00.000Z", to: "2026-03-01T12:15:00.000Z" };
  expect(aroundQuestions(detection).map(({ key, filter }) => [key, filter])).toEqual([
    ["user", { user: "alice", cluster: "prod", actor, ...near }],
    [
      "object",
      {
        ...{ resource: "pods", name: "api", namespace: "payments", cluster: "prod", actor },
        ...{ from: "2026-03-01T11:00:00.000Z", to: "2026-03-01T13:00:00.000Z" },
      },
    ],
    ["source", { sourceIP: "10.0.0.9", cluster: "prod", actor, ...near }],
  ]);
  expect(aroundQuestions({ ...detection, user: null, name: null, sourceIP: null })).toEqual([]);
});

test("of much activity the nearest is shown in its order, and how much more there is", () => {
  const activity = (seconds: number) =>
    ({ id: String(seconds), time: new Date(Date.parse(at) + seconds * 1000).toISOString() }) as Activity;
  const { shown, earlier, later } = nearest([90, 2, -1, -60, -300, 30].map(activity), at, 3);
  expect([shown.map(({ id }) => id), earlier, later]).toEqual([["-1", "2", "30"], 2, 1]);
});

test("how long before or after is told in one unit", () => {
  const words = ["11:59:57", "12:00:00.300", "12:12:00", "14:00:00"].map((time) =>
    offsetText(`2026-03-01T${time}Z`, at),
  );
  expect(words).toEqual(["3 s before", "then", "12 min after", "2 h after"]);
});

test("output fields are known as the facets they are", () => {
  expect(facetOfField("ka.user.name")).toEqual({ facet: "user", list: "detections" });
  expect(facetOfField("ka.response.code")).toEqual({ facet: "code", list: "activities" });
  expect(facetOfField("ka.req.pod.containers.image")).toBe(undefined);
  expect(facetOfField("constructor")).toBe(undefined);
});

test("a field's value is shown as texts, none where the event had none", () => {
  expect([fieldTexts("a"), fieldTexts(["a", 1]), fieldTexts(null), fieldTexts("<NA>"), fieldTexts(true)]).toEqual([
    ["a"],
    ["a", "1"],
    [],
    [],
    ["true"],
  ]);
});

test("tags of MITRE ATT&CK are called by their names", () => {
  expect(["T1611", "mitre_impact", "k8s"].map((tag) => [tagTitle(tag), tagKind(tag)])).toEqual([
    ["Escape to Host (T1611)", "technique"],
    ["Impact", "tactic"],
    ["k8s", "other"],
  ]);
});

test("a mute ends in the future, or is none", () => {
  const now = new Date(at);
  expect(untilOf("8h", "", now)).toBe("2026-03-01T20:00:00.000Z");
  expect(untilOf("day", "2026-03-02T00:00Z", now)).toBe("2026-03-02T00:00:00.000Z");
  expect([untilOf("day", "", now), untilOf("day", "2026-02-01T00:00Z", now)]).toEqual([undefined, undefined]);
});
