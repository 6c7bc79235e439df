/** Payloads in every envelope and in every state of repair. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { decode } from "./decode.ts";
import { falcoPayloads } from "./decode-falco.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const event = (id: string) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"${id}","stageTimestamp":"2024-05-01T10:00:00.123456Z"}`;
const item = (id: string) => `{"level":"Metadata","auditID":"${id}","stageTimestamp":"2024-05-01T10:00:00Z"}`;

/** Events by their auditID, the rest as the reason and what was refused. */
function parts(body: string | Uint8Array, falcoCompat = false): string[] {
  return [...decode(typeof body === "string" ? bytes(body) : body, { falcoCompat })].map((part) =>
    part.kind === "event"
      ? (part.event.at("auditID")?.text() ?? "no id")
      : part.kind === "ignored"
        ? part.reason
        : `${part.rejected.reason} | ${part.rejected.raw}`,
  );
}

test.each([
  ["one event", event("a"), ["a"]],
  ["lines, with CR LF and empty ones", `${event("a")}\r\n\r\n${event("b")}\n`, ["a", "b"]],
  ["values one after the other", `${event("a")} ${event("b")}${event("c")}`, ["a", "b", "c"]],
  ["a byte order mark", `\ufeff${event("a")}`, ["a"]],
  ["a list whose items have no kind", `{"kind":"EventList","items":[${item("a")},${item("b")}]}`, ["a", "b"]],
  ["a list that says last what it is", `{"items":[${item("a")}],"kind":"EventList"}`, ["a"]],
  ["a list without items", '{"kind":"EventList","items":null}', []],
  [
    "arrays in arrays, with lists",
    `[[${event("a")}],[[{"kind":"EventList","items":[[${item("b")}]]}]],[]]`,
    ["a", "b"],
  ],
  ["spread over lines", `{\n "kind": "Event",\n${event("a").slice(16)}\n${event("b")}`, ["a", "b"]],
  [
    "an event whose relay dropped its kind",
    '{"auditID":"a","stage":"Panic","verb":"get","stageTimestamp":"2024-05-01T10:00:00Z"}',
    ["a"],
  ],
])("%s", (_, body, answer) => {
  expect(parts(body)).toEqual(answer);
});

test.each([
  ["an empty body", "", ["the body is empty | "]],
  ["blanks", " \n", ["the body is empty |  \n"]],
  [
    "an element that is no event",
    `[${event("a")},null,{"kind":"Pod"},${event("b")}]`,
    ["a", "not an audit event: null | null", 'not an audit event: its kind is `Pod` | {"kind":"Pod"}', "b"],
  ],
  [
    "a line of something else",
    `I0501 started {\n${event("a")}`,
    ["no JSON: no JSON object or array begins here | I0501 started {", "a"],
  ],
  [
    "a line that breaks off",
    `{"kind":"Event","auditID":"x\n${event("a")}`,
    ['no JSON: it breaks off | {"kind":"Event","auditID":"x', "a"],
  ],
  [
    "a line joined by a crash inside a string",
    `{"kind":"Ev${event("a")}\n${event("b")}`,
    ['no JSON: it breaks off | {"kind":"Ev', "a", "b"],
  ],
  [
    "a line joined by a crash outside",
    `{"kind":"Event","user":{"uid":1,${event("a")}\n${event("b")}`,
    ['no JSON: it breaks off | {"kind":"Event","user":{"uid":1,', "a", "b"],
  ],
  [
    "a list that breaks off",
    `{"kind":"EventList","items":[${item("a")},{"level":"Me`,
    ["a", 'no JSON: it breaks off | {"level":"Me'],
  ],
  [
    "a broken item of a list",
    `{"kind":"EventList","items":[{"a" 1},${item("b")}]}`,
    ['no JSON: found `1` where `:` should be, at character 5 | {"a" 1}', "b"],
  ],
  [
    "an item that lost a quote",
    `{"kind":"EventList","items":[{"verb":"get},${item("b")}]}`,
    ['no JSON: it breaks off | {"verb":"get},', "b"],
  ],
  [
    "a list whose items are none",
    '{"kind":"EventList","items":{}}',
    ['an EventList whose `items` is no array | {"kind":"EventList","items":{}}'],
  ],
  [
    "an event without any time",
    '{"kind":"Event","auditID":"a"}',
    ['an audit event without a stageTimestamp | {"kind":"Event","auditID":"a"}'],
  ],
  [
    "a core Event",
    '{"kind":"Event","apiVersion":"v1","metadata":{"creationTimestamp":"2024-05-01T10:00:00Z"}}',
    [
      'an audit event without a stageTimestamp | {"kind":"Event","apiVersion":"v1","metadata":{"creationTimestamp":"2024-05-01T10:00:00Z"}}',
    ],
  ],
])("%s costs only itself", (_, body, answer) => {
  expect(parts(body)).toEqual(answer);
});

test("v1alpha1 and v1beta1 read as v1, and the raw event is kept", () => {
  const old =
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1alpha1","metadata":{"creationTimestamp":"2017-09-11T19:55:34Z"},' +
    '"timestamp":"2017-09-11T19:55:33Z","auditID":"a","objectRef":{"resource":"roles","apiVersion":"rbac.authorization.k8s.io/v1"},"more":1}';
  const [part] = decode(bytes(old));
  expect(
    part?.kind === "event" && { time: part.event.time, raw: part.event.raw, root: part.event.root.compact() },
  ).toEqual({
    time: 1505159734000000000n,
    raw: old,
    root:
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","metadata":{"creationTimestamp":"2017-09-11T19:55:34Z"},' +
      '"timestamp":"2017-09-11T19:55:33Z","auditID":"a","objectRef":{"resource":"roles","apiVersion":"v1",' +
      '"apiGroup":"rbac.authorization.k8s.io"},"more":1,"stageTimestamp":"2017-09-11T19:55:34Z",' +
      '"requestReceivedTimestamp":"2017-09-11T19:55:33Z"}',
  });
});

test("OpenShift's forwarder: the level is where it was put aside", () => {
  const record = `{"level":"default","k8s_audit_level":"Request","@timestamp":"2024-05-01T10:00:01Z",${event("a").slice(1)}`;
  const [part] = decode(bytes(record));
  expect(part?.kind === "event" && part.event.at("level")?.text()).toBe("Request");
});

test("bytes that are no UTF-8 are kept in an event, and shown as U+FFFD when refused", () => {
  const broken = bytes(event("a?"));
  broken[broken.indexOf(0x3f)] = 0xff;
  expect(parts(broken)).toEqual(["a\udcff"]);
  expect(parts(Uint8Array.of(0x7b, 0xff))).toEqual(["no JSON: it breaks off | {\ufffd"]);
});

test("a payload of junk becomes few rejected parts, and what is sound in it is still read", () => {
  const junk = "{}\n".repeat(5000);
  const answer = parts(`${junk}${event("a")}\n${junk}`);
  expect(answer.filter((part) => part === "a")).toEqual(["a"]);
  expect(answer.length).toBe(1003);
});

test.each([
  [
    "an array with one stranger is refused whole",
    `[${event("a")},{"kind":"Pod"}]`,
    [`data not recognized as a k8s audit event | [${event("a")},{"kind":"Pod"}]`],
  ],
  [
    "a time that cannot be read skips one event",
    `[{"kind":"Event","stageTimestamp":"2024-05-01"},${event("b")}]`,
    ['can\'t read stageTimestamp | {"kind":"Event","stageTimestamp":"2024-05-01"}', "b"],
  ],
  [
    "a list needs items",
    '{"kind":"EventList","items":[]}',
    ['data not recognized as a k8s audit event | {"kind":"EventList","items":[]}'],
  ],
  [
    "nothing follows a value",
    `${event("a")}{}`,
    [`no JSON: found \`{\` where the end of the text should be, at character 108 | ${event("a")}{}`],
  ],
])("as Falco: %s", (_, body, answer) => {
  expect(parts(body, true)).toEqual(answer);
});

test("as Falco: a file is its lines", () => {
  expect([...falcoPayloads(bytes("a\r\n\n\nb"))].map((line) => new TextDecoder().decode(line))).toEqual(["a", "b"]);
});

const wild = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((some) => new TextDecoder("latin1").decode(some)),
  fc
    .array(
      fc.constantFrom(
        event("e"),
        item("i"),
        '{"kind":"EventList","items":[',
        "[",
        "]",
        "{",
        "}",
        ",",
        '"',
        "\n",
        "\\",
        "null",
        " ",
        '"kind":"Event",',
        "\ufeff",
      ),
      { maxLength: 14 },
    )
    .map((pieces) => pieces.join("")),
);

test("whatever comes, nothing throws and nothing that is no blank, comma or bracket is lost", () => {
  fc.assert(
    fc.property(wild, fc.boolean(), (body, falcoCompat) => {
      const answer = [...decode(bytes(body), { falcoCompat })];
      if (falcoCompat) return;
      const kept = answer
        .map((part) => (part.kind === "event" ? part.event.raw : part.kind === "rejected" ? part.rejected.raw : ""))
        .join("");
      const letters = (text: string) => text.replace(/[^a-z]/g, "").length;
      const listed = body.match(/"kind":"EventList","items":/g)?.length ?? 0;
      expect(letters(kept)).toBeGreaterThanOrEqual(letters(body) - listed * letters('"kind":"EventList","items":'));
    }),
    { numRuns: 3000 },
  );
});

test("lines of the legacy format are read for what they hold, and only those", () => {
  const legacy = String.raw`2026-11-23T19:25:00.123456789Z AUDIT: id="a-7" stage="ResponseComplete" ip="1.2.3.4" method="get" user="u \"x\"" groups="\"g1\",\"g2\"" as="<self>" asgroups="<lookup>" user-agent="kubectl" namespace="ns" uri="/api/v1/namespaces/ns/pods?x={1}" response="200"`;
  const [first, second, third] = [...decode(bytes(`${legacy}\n${event("b")}\n2026 AUDIT nothing\n`))];
  expect(first?.kind === "event" && JSON.parse(first.event.raw)).toMatchObject({
    auditID: "a-7",
    verb: "get",
    user: { username: 'u "x"', groups: ["g1", "g2"] },
    sourceIPs: ["1.2.3.4"],
    objectRef: { namespace: "ns" },
    responseStatus: { code: 200 },
    stageTimestamp: "2026-11-23T19:25:00.123456789Z",
  });
  expect(second?.kind === "event" && second.event.at("auditID")?.text()).toBe("b");
  expect(third?.kind).toBe("rejected");
});

test("an API server's output: its own log is left aside, a container runtime's marks are taken off", () => {
  const event =
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","stageTimestamp":"2026-01-01T00:00:00Z"}';
  const mark = "2026-11-23T20:14:41.123456789Z";
  const lines = [
    'I1123 20:14:41.000000       1 httplog.go:132] "HTTP" verb="GET" URI="/readyz" body={"a":1}',
    event,
    `${mark} stdout F ${event}`,
    `${mark} stderr F W1123 20:14:41.000000       1 dispatcher.go:217] a webhook is slow`,
    JSON.stringify({ log: `${event}\n`, stream: "stdout", time: mark }),
    JSON.stringify({ log: "E1123 20:14:41.000000       1 a.go:1] no\n", stream: "stderr", time: mark }),
    `${mark} stdout P {"kind":"Event","api`,
  ];
  const parts = [...decode(Buffer.from(`${lines.join("\n")}\n`))];
  expect(parts.map((part) => (part.kind === "rejected" ? part.rejected.reason : part.kind))).toEqual([
    ...["ignored", "event", "event", "ignored", "event", "ignored"],
    "a piece of a line that a container runtime has split",
  ]);
});
