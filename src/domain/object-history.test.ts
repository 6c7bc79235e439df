/** What changed in an object, by field and by version. */
import { describe, expect, test } from "vitest";
import { objectDiff } from "./object-diff.ts";
import { historyOf } from "./object-history.ts";
import { patchChanges, patchKind } from "./patch-changes.ts";
import { activitiesFrom } from "./recorded.kit.ts";

describe("two versions of an object", () => {
  test("differ by field, their named elements by name, whatever the order", () => {
    const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more });
    const before = {
      metadata: { name: "web", labels: { app: "web", tier: "front" } },
      spec: {
        replicas: 2,
        containers: [container("app", "web:1"), container("proxy", "envoy:3", { args: ["-a", "-b"] })],
        tolerations: [{ key: "spot", operator: "Exists" }],
      },
    };
    const after = {
      metadata: { name: "web", labels: { app: "web", "example.com/owner": "alice" } },
      spec: {
        replicas: 3,
        containers: [
          container("proxy", "envoy:3", { args: ["-a", "-c"] }),
          container("app", "web:2", { securityContext: { privileged: true } }),
        ],
      },
    };
    expect(objectDiff(before, after)).toEqual({
      changes: [
        { path: "metadata.labels.tier", kind: "removed", before: "front" },
        { path: 'metadata.labels["example.com/owner"]', kind: "added", after: "alice" },
        { path: "spec.replicas", kind: "changed", before: 2, after: 3 },
        { path: "spec.containers[app].image", kind: "changed", before: "web:1", after: "web:2" },
        { path: "spec.containers[app].securityContext", kind: "added", after: { privileged: true } },
        { path: "spec.containers[proxy].args[1]", kind: "changed", before: "-b", after: "-c" },
        { path: "spec.tolerations", kind: "removed", before: [{ key: "spot", operator: "Exists" }] },
      ],
      aside: [],
    });
  });

  test("what the API server keeps for itself is set aside, and can be counted", () => {
    const of = (n: number) => ({
      metadata: { resourceVersion: `${n}`, generation: n, managedFields: [{ manager: "m", time: `${n}` }] },
      status: { ready: n },
    });
    const { changes, aside } = objectDiff(of(1), of(2));
    expect(changes).toEqual([]);
    expect(aside.map(({ path }) => path)).toEqual([
      "metadata.resourceVersion",
      "metadata.generation",
      "metadata.managedFields[0].time",
      "status.ready",
    ]);
  });

  test("are the same where only spelling differs", () => {
    expect(objectDiff({ a: null, b: { x: 1, y: 2 } }, { b: { y: 2, x: 1 } }).changes).toEqual([]);
  });

  test("lists of plain values and of nameless objects are compared by value", () => {
    expect(objectDiff({ verbs: ["get", "list"] }, { verbs: ["get", "list", "*"] }).changes).toEqual([
      { path: "verbs[2]", kind: "added", after: "*" },
    ]);
    expect(objectDiff({ rules: [{ verbs: ["get"] }] }, { rules: [{ verbs: ["get", "create"] }] }).changes).toEqual([
      { path: "rules[0].verbs[1]", kind: "added", after: "create" },
    ]);
    expect(objectDiff({ args: ["a", "b"] }, { args: ["b", "a"] }).changes).toEqual([
      { path: "args", kind: "changed", before: ["a", "b"], after: ["b", "a"] },
    ]);
  });

  test("hostile names and depths harm nothing", () => {
    const deep = (n: number): unknown => (n === 0 ? 1 : { a: deep(n - 1) });
    expect(objectDiff(deep(500), deep(501)).changes).toHaveLength(1);
    expect(objectDiff(JSON.parse('{"__proto__":{"x":1}}'), {}).changes).toEqual([
      { path: "__proto__", kind: "removed", before: { x: 1 } },
    ]);
  });
});

describe("a patch", () => {
  test("is recognised by its shape", () => {
    const apply = { apiVersion: "v1", kind: "Pod", metadata: {} };
    expect(patchKind([{ op: "add", path: "/a", value: 1 }], false)).toBe("JSON patch");
    expect(patchKind({ spec: { "$setElementOrder/containers": [] } }, false)).toBe("strategic merge patch");
    expect(patchKind(apply, true)).toBe("server-side apply");
    expect(patchKind(apply, false)).toBe("merge patch");
    expect(patchKind({ spec: { replicas: 2 } }, true)).toBe("merge patch");
  });
  test("is read as what it sets and takes away", () => {
    expect(
      patchChanges([
        { op: "test", path: "/a", value: 1 },
        { op: "add", path: "/metadata/annotations/example.com~1note", value: "x" },
        { op: "replace", path: "/spec/containers/0/image", value: "evil:1" },
        { op: "remove", path: "/spec/hostNetwork" },
        { op: "move", from: "/a", path: "/b" },
      ]),
    ).toEqual([
      { path: 'metadata.annotations["example.com/note"]', kind: "added", after: "x" },
      { path: "spec.containers[0].image", kind: "set", after: "evil:1" },
      { path: "spec.hostNetwork", kind: "removed" },
      { path: "a", kind: "removed" },
      { path: "b", kind: "set", after: "what stood at a" },
    ]);
    expect(
      patchChanges({
        metadata: { labels: { tier: null } },
        spec: {
          $retainKeys: ["x"],
          containers: [
            { name: "app", image: "web:2" },
            { name: "old", $patch: "delete" },
          ],
        },
      }),
    ).toEqual([
      { path: "metadata.labels.tier", kind: "removed" },
      { path: "spec.containers[app].name", kind: "set", after: "app" },
      { path: "spec.containers[app].image", kind: "set", after: "web:2" },
      { path: "spec.containers[old].name", kind: "set", after: "old" },
      { path: "spec.containers[old]", kind: "removed" },
    ]);
  });
});

describe("an object's history", () => {
  const configmap = (mode: string) => ({
    ...{ kind: "ConfigMap", apiVersion: "v1", metadata: { name: "app", namespace: "shop" }, data: { mode } },
  });
  let second = 0;
  const write = (verb: string, change: object) => ({
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "RequestResponse", auditID: `a-${second}` },
    stage: "ResponseComplete",
    requestURI: "/api/v1/namespaces/shop/configmaps/app",
    verb,
    user: { username: "alice" },
    objectRef: { resource: "configmaps", namespace: "shop", name: "app" },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: `2026-03-02T08:00:${String(++second % 60).padStart(2, "0")}Z`,
    stageTimestamp: `2026-03-02T08:00:${String(second % 60).padStart(2, "0")}.5Z`,
    ...change,
  });
  const history = (...events: object[]) => {
    const versions = historyOf(activitiesFrom(events));
    return versions.map(({ verb, from, patch, changes, notes }) => ({ verb, from, patch, changes, notes }));
  };

  test("shows each write, newest first, with what it changed", () => {
    const events = [
      write("create", { responseObject: configmap("slow") }),
      write("get", { responseObject: configmap("slow") }),
      write("update", { requestObject: configmap("fast"), responseObject: configmap("fast") }),
      write("delete", { responseObject: { kind: "Status", status: "Success", metadata: {} } }),
    ];
    expect(history(...events)).toEqual([
      { verb: "delete", from: "nothing", patch: null, changes: [], notes: [] },
      {
        ...{ verb: "update", from: "stored", patch: null, notes: [] },
        changes: [{ path: "data.mode", kind: "changed", before: "slow", after: "fast" }],
      },
      { verb: "create", from: "stored", patch: null, changes: [], notes: [] },
    ]);
  });

  test("says where a level had no body, and counts those changes to the next that has one", () => {
    const events = [
      write("create", { responseObject: configmap("a") }),
      write("update", { level: "Metadata" }),
      write("update", { responseObject: configmap("c") }),
    ];
    expect(history(...events).map(({ from, changes, notes }) => ({ from, changes, notes }))).toEqual([
      {
        from: "stored",
        changes: [{ path: "data.mode", kind: "changed", before: "a", after: "c" }],
        notes: ["One write before this came without a body: these changes hold theirs as well."],
      },
      {
        from: "nothing",
        changes: [],
        notes: ["The audit level is Metadata: what changed is not in the event."],
      },
      { from: "stored", changes: [], notes: [] },
    ]);
  });

  test("shows a patch as it was sent where the result is not there", () => {
    expect(history(write("patch", { level: "Request", requestObject: { data: { mode: "fast" } } }))).toEqual([
      {
        ...{ verb: "patch", from: "patch", patch: "merge patch" },
        changes: [{ path: "data.mode", kind: "set", after: "fast" }],
        notes: ["The patch as it was sent: what it led to is not in the event."],
      },
    ]);
  });

  test("what was refused or only tried changes nothing that comes after", () => {
    const events = [
      write("create", { responseObject: configmap("a") }),
      write("update", { requestObject: configmap("evil"), responseStatus: { code: 403 } }),
      write("update", { requestURI: "/x?dryRun=All", responseObject: configmap("dry") }),
      write("update", { responseObject: configmap("b") }),
    ];
    const [last, dry, refused] = history(...events);
    expect(last?.changes).toEqual([{ path: "data.mode", kind: "changed", before: "a", after: "b" }]);
    expect(dry?.notes).toEqual(["A dry run: nothing was stored."]);
    expect(refused?.notes).toEqual([
      "It was refused (403): nothing was stored.",
      "The object as it was sent: what admission changed is not in the event.",
    ]);
  });
});
