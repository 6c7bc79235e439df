import { expect, test } from "vitest";
import { decode } from "../decode.ts";

const whole = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "RequestResponse",
  auditID: "cf646d63-1650-4980-89bd-305fa6d68680",
  stage: "ResponseComplete",
  requestURI: '/api/v1/namespaces/default/pods?fieldManager="kubectl, {run}"',
  verb: "create",
  user: { username: "alice", groups: ["ops", "system:authenticated"], extra: { arn: ["arn:aws:iam::1:user/alice"] } },
  sourceIPs: ["203.0.113.7"],
  userAgent: "kubectl",
  objectRef: { resource: "pods", namespace: "default", name: "web", apiVersion: "v1" },
  responseStatus: { metadata: {}, code: 201 },
  requestObject: { spec: { containers: [{ name: "a", securityContext: { privileged: true } }] } },
  responseObject: { metadata: { name: "web", annotations: { note: "x".repeat(300) } } },
  requestReceivedTimestamp: "2026-01-01T00:00:00.000000Z",
  stageTimestamp: "2026-01-01T00:00:00.100000Z",
  annotations: { "authorization.k8s.io/decision": "allow" },
};
const text = JSON.stringify(whole);
const upTo = (words: string) => text.slice(0, text.indexOf(words) + words.length);
const marks = { "audit.k8s.io/truncated": "true", "emulated.audit/stage-timestamp": "inferred" };

function decoded(body: string) {
  const parts = [...decode(Buffer.from(body), { receivedAt: new Date("2026-02-02T00:00:00Z") })];
  return parts.map((part) => (part.kind === "event" ? JSON.parse(part.event.raw) : part));
}
const page = (message: string) =>
  JSON.stringify({ events: [{ logStreamName: "kube-apiserver-audit-1", timestamp: 1767225600100, message }] });

test("of an event that was cut off, all that stands before the cut is judged", () => {
  const { requestReceivedTimestamp: _, ...known } = whole;
  const { responseObject: __, ...untilResponse } = known;
  expect(decoded(page(`${upTo('"note":"xxx')}[Truncated...]`))).toEqual([
    { ...untilResponse, stageTimestamp: "2026-01-01T00:00:00.100Z", annotations: marks },
  ]);
  const { requestObject: ___, ...untilRequest } = untilResponse;
  expect(decoded(page(`${upTo('"privileged":tr')}[Truncated...]`))).toEqual([
    { ...untilRequest, stageTimestamp: "2026-01-01T00:00:00.100Z", annotations: marks },
  ]);
});

test("a cut without the mark is one too, where CloudWatch says that this is the whole message", () => {
  expect(decoded(page(upTo('"name":"a",')))).toMatchObject([{ verb: "create", objectRef: { name: "web" } }]);
  expect(decoded(page("klog text"))).toMatchObject([{ kind: "rejected" }]);
});

test("a line with the mark is read by any way in, and stands at the moment it came", () => {
  expect(decoded(`${upTo('"ops","sys')}[Truncated...]\n${text}\n`)).toEqual([
    expect.objectContaining({
      user: { username: "alice", groups: ["ops"] },
      verb: "create",
      stageTimestamp: "2026-02-02T00:00:00.000Z",
    }),
    whole,
  ]);
});

test("what was there after the bodies stays as it was told", () => {
  expect(decoded(page(`${upTo('"authorization.k8s.io/decision":"allow"')}[Truncated...]`))).toMatchObject([
    { stageTimestamp: whole.stageTimestamp, annotations: { "audit.k8s.io/truncated": "true" } },
  ]);
});

test("without somebody who did something it is no event", () => {
  for (const words of ['"verb":"create"', '"username":"ali', "{", '"stage":"Resp'])
    expect(decoded(page(`${upTo(words)}[Truncated...]`))).toMatchObject([
      { kind: "rejected", rejected: { reason: expect.stringContaining("cut off") } },
    ]);
});

test("wherever it is cut, there is one answer, and it is no other event", () => {
  for (let to = 1; to < text.length; to++) {
    const [only, ...more] = decoded(page(`${text.slice(0, to)}[Truncated...]`));
    expect(more).toEqual([]);
    if (only.kind === "Event") expect(only).toMatchObject({ verb: "create", user: { username: "alice" } });
    else expect(only.kind).toBe("rejected");
  }
});

test("deep and wide garbage costs no more than its size", () => {
  const deep = `${upTo('"requestObject":')}${"[".repeat(200_000)}${"1,".repeat(200_000)}`;
  expect(decoded(page(`${deep}[Truncated...]`))).toMatchObject([{ verb: "create" }]);
});
