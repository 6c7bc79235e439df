/** Events that nobody sends, and rules that nobody writes, put to both engines. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fieldEntries } from "../../fields/index.ts";
import { compare, type Pair, pack, pairs } from "./compare.kit.ts";

const rules = pairs(pack);

const events: readonly object[] = [
  {
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "RequestResponse",
    auditID: "5c1d",
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/pods?fieldManager=kubectl&dryRun=All",
    verb: "create",
    user: { username: "alice", uid: "7", groups: ["dev", "system:authenticated"], extra: { a: ["b"] } },
    impersonatedUser: { username: "system:serviceaccount:ci:deployer", groups: ["ops"] },
    sourceIPs: ["10.0.0.1", "192.0.2.7"],
    userAgent: "kubectl/v1.31.0 (linux/amd64)",
    objectRef: { resource: "pods", namespace: "shop", name: "web-1", apiVersion: "v1" },
    responseStatus: { metadata: {}, code: 201 },
    requestObject: {
      kind: "Pod",
      metadata: { name: "web-1", labels: { app: "wéb" }, annotations: { 'k:{"a"}': "\u0001 \ud83d\ude00" } },
      spec: {
        hostNetwork: true,
        hostPID: true,
        containers: [
          {
            name: "a",
            image: "reg:5000/a:1",
            securityContext: { privileged: true, capabilities: { add: ["SYS_ADMIN"] } },
          },
          {},
        ],
        volumes: [{ name: "h", hostPath: { path: "/etc" } }],
      },
    },
    responseObject: { metadata: { name: "web-1" } },
    requestReceivedTimestamp: "2026-03-01T10:00:00.000000Z",
    stageTimestamp: "2026-03-01T10:00:00.250000Z",
    annotations: { "authorization.k8s.io/decision": "allow", "authorization.k8s.io/reason": 'RBAC: "x"' },
  },
  {
    level: "Metadata",
    auditID: "x",
    stage: "ResponseStarted",
    requestURI: "/api/v1/namespaces/d/pods/p/exec?command=sh&command=-c&stdin=true&tty=true",
    verb: "get",
    user: { username: "system:anonymous", groups: ["system:unauthenticated"] },
    sourceIPs: ["2001:db8::1"],
    userAgent: "curl/8",
    objectRef: { resource: "pods", subresource: "exec", namespace: "kube-system", name: "p" },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: "2026-03-01T10:00:00Z",
    stageTimestamp: "2026-03-01T10:00:01.5Z",
  },
  {
    level: "RequestResponse",
    auditID: "b",
    stage: "ResponseComplete",
    requestURI: "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    verb: "create",
    user: { username: "bob" },
    objectRef: { resource: "clusterrolebindings", apiGroup: "rbac.authorization.k8s.io", apiVersion: "v1" },
    responseStatus: { code: 201 },
    requestObject: { roleRef: { name: "cluster-admin" }, subjects: [{ kind: "Group", name: "system:masters" }] },
    stageTimestamp: "2024-02-29T23:59:59.123456789Z",
  },
];

/** Ways to make a text another one, at a place from 0 to 1. */
const strange = fc.constantFrom(
  ...['"', "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "\r", "0", "-", "1e5", "null", "true", "é", "\u0000"],
  ...["\\u0061", "\\ud800", "\\udc00\\ud800", "\\/", "\\x", "\ufeff", "\ud83d\ude00", "01", "1.", "\u007f", '"a":1,'],
  ...['"verb":"delete",', '"auditID":null,', '"kind":"EventList",', '"\\u0076erb":"x",', '"objectRef":{},', '{"a":'],
  ...['"metadata":{},', '"log_type":"x",', '"items":[],', '"stageTimestamp":"2026-02-30T10:00:00Z",', "//", '""'],
);
const change = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), text: strange }),
  fc.record({
    kind: fc.constant("remove" as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
  }),
  fc.record({ kind: fc.constant("beforeName" as const), at: fc.nat(60), text: strange }),
  fc.record({ kind: fc.constant("escapeName" as const), at: fc.nat(60) }),
  fc.record({ kind: fc.constant("byte" as const), at: fc.double({ min: 0, max: 1, noNaN: true }), byte: fc.nat(255) }),
  fc.record({ kind: fc.constant("cut" as const), at: fc.double({ min: 0, max: 1, noNaN: true }) }),
);
/** Changes that often leave it JSON. */
const sound: typeof change = fc.oneof(
  fc.record({
    kind: fc.constant("beforeName" as const),
    at: fc.nat(60),
    text: fc.constantFrom(
      '"verb":"delete",',
      '"auditID":null,',
      '"\\u0076erb":"x",',
      '"objectRef":{},',
      '"a":1,',
      " ",
      "\n",
    ),
  }),
  fc.record({ kind: fc.constant("escapeName" as const), at: fc.nat(60) }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function changed(text: string, how: Change): string {
  const names = [...text.matchAll(/"[A-Za-z]+":/g)].map(({ index }) => index);
  const place = "at" in how && how.at <= 1 ? Math.floor(how.at * text.length) : 0;
  const name = names[Math.floor(how.at) % Math.max(names.length, 1)] ?? 0;
  switch (how.kind) {
    case "insert":
      return text.slice(0, place) + toLatin(how.text) + text.slice(place);
    case "remove":
      return text.slice(0, place) + text.slice(place + how.length);
    case "beforeName":
      return text.slice(0, name) + toLatin(how.text) + text.slice(name);
    case "escapeName":
      return `${text.slice(0, name + 1)}\\u${text
        .charCodeAt(name + 1)
        .toString(16)
        .padStart(4, "0")}${text.slice(name + 2)}`;
    case "byte":
      return text.slice(0, place) + String.fromCharCode(how.byte) + text.slice(place + 1);
    case "cut":
      return text.slice(0, place);
  }
}

/** Texts here are bytes, one a character, so that any byte can stand anywhere. */
const toLatin = (text: string) => Buffer.from(text).toString("latin1");

const payload = fc
  .record({
    picked: fc.array(fc.nat(events.length - 1), { minLength: 1, maxLength: 4 }),
    spaced: fc.boolean(),
    wrapping: fc.constantFrom("list", "list", "list", "list", "lines", "array", "reordered" as const),
    changes: fc.oneof(
      fc.array(change, { maxLength: 1 }),
      fc.array(fc.oneof(sound, sound, sound, change), { maxLength: 4 }),
    ),
  })
  .map(({ picked, spaced, wrapping, changes }) => {
    const items = picked.map((at) => events[at]!);
    const text = (value: unknown) => JSON.stringify(value, undefined, spaced ? 1 : 0);
    const whole = {
      list: () => text({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items }),
      reordered: () => text({ apiVersion: "audit.k8s.io/v1", items, kind: "EventList" }),
      lines: () => items.map((item) => text({ kind: "Event", ...item })).join("\n"),
      array: () => text(items),
    }[wrapping]();
    return changes.reduce(changed, toLatin(whole));
  });

test("no payload makes the engines differ", () => {
  let scanned = 0;
  fc.assert(
    fc.property(payload, (latin) => {
      scanned += compare(Buffer.from(latin, "latin1"), rules).scanned;
    }),
    { numRuns: 400 },
  );
  expect(scanned).toBeGreaterThan(100);
});

test("depth, length and number make no difference", () => {
  const withValue = (value: string) =>
    JSON.stringify(events[0]).replace('"hostNetwork":true', `"hostNetwork":${value}`);
  const values = [
    ...[150, 196, 197, 198, 199, 200, 201, 500, 990, 1100].map((depth) => "[".repeat(depth) + "]".repeat(depth)),
    ...[10, 100_000, 500_000].map((length) => `"${"x\\n".repeat(length)}"`),
    JSON.stringify("é".repeat(70_000)),
  ];
  for (const value of values) compare(new TextEncoder().encode(withValue(value)), rules.slice(0, 1));
  const many = {
    kind: "EventList",
    items: Array.from({ length: 2500 }, (_, at) => ({ ...events[at % 3], auditID: `${at}` })),
  };
  expect(compare(new TextEncoder().encode(JSON.stringify(many)), []).scanned).toBe(2500);
  const odd = {
    ...many,
    items: many.items.map((item, at) => (at % 2 === 0 ? { ...item, stageTimestamp: "x" } : item)),
  };
  compare(new TextEncoder().encode(JSON.stringify(odd)), []);
});

test("more values than are kept make no difference", () => {
  const items = Array.from({ length: 3000 }, (_, at) => {
    const verb = at % 3 === 0 ? "create" : `verb-${at}`;
    return { ...events[at % 3], verb, userAgent: `agent ${at} ${"x".repeat(at % 600)}` };
  });
  const [pair] = pairs(pack) as [Pair];
  for (let at = 0; at < items.length; at += 100) {
    const body = new TextEncoder().encode(JSON.stringify({ kind: "EventList", items: items.slice(at, at + 20) }));
    compare(body, [pair]);
  }
});

const fieldNames = fieldEntries.map(({ name, argument, example }) => {
  if (argument === undefined) return name;
  return argument.accepts === "index" ? name : `${name}[${example.argument ?? "a"}]`;
});
const comparison = fc
  .record({
    field: fc.oneof(
      fc.constantFrom(...fieldNames),
      fc.constantFrom(
        "ka.verb",
        "ka.target.resource",
        "ka.user.name",
        "ka.stage",
        "ka.user.groups",
        "ka.response.code",
      ),
    ),
    transformer: fc.constantFrom("", "", "", "tolower", "toupper", "len", "val"),
    operator: fc.constantFrom(
      "=",
      "!=",
      "in",
      "intersects",
      "contains",
      "startswith",
      "exists",
      "glob",
      "icontains",
      "<",
    ),
    values: fc.array(
      fc.constantFrom(
        "create",
        "get",
        "pods",
        "alice",
        "ops",
        "201",
        "true",
        "system:*",
        "ResponseComplete",
        "/etc",
        "1",
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })
  .map(({ field, transformer, operator, values }) => {
    const left = transformer === "" ? field : `${transformer}(${field})`;
    if (operator === "exists") return `${left} exists`;
    return `${left} ${operator} ${operator === "in" || operator === "intersects" ? `(${values.join(", ")})` : values[0]}`;
  });
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 3 },
    comparison,
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a} and ${b})`),
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a} or ${b})`),
    tie("condition").map((inner) => `not (${inner})`),
  ),
}));

test("no rules make the engines differ", () => {
  const body = new TextEncoder().encode(JSON.stringify({ kind: "EventList", items: events }));
  let loaded = 0;
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 12 }), (conditions) => {
      const text = conditions
        .map(
          (one, at) =>
            `- rule: r${at}\n  desc: d\n  condition: ${JSON.stringify(one)}\n  output: "%ka.verb %ka.user.name"\n  priority: INFO\n  source: k8s_audit\n`,
        )
        .join("");
      // Operators do not go with every field: such rules are left out.
      const judging = pairs([{ name: "fuzz.yaml", text }], "as they come");
      loaded += judging[0]?.plain.rules.length ?? 0;
      compare(body, judging);
    }),
    { numRuns: 150 },
  );
  // Some 250 as a rule.
  expect(loaded).toBeGreaterThan(100);
});
