/** Sessions and histories read from what real API servers recorded. */
import { describe, expect, test } from "vitest";
import { historyOf } from "./object-history.ts";
import { hasRecordings, recorded } from "./recorded.kit.ts";
import { sessionsOf } from "./session-of.ts";

describe.skipIf(!hasRecordings)("recorded on a real API server", () => {
  test("an exec over a WebSocket, an attach over SPDY, a refused exec and a proxied request are sessions", () => {
    const steps = ["22-exec-get-websocket", "23-attach-post-spdy", "25-exec-forbidden", "28-node-proxy-get"];
    const sessions = sessionsOf(steps.flatMap(recorded)).map(
      ({
        kind,
        user,
        name,
        container,
        command,
        interactive,
        durationMillis,
        startKnown,
        endKnown,
        outcome,
        paths,
      }) => ({
        ...{ kind, user, name, container, command, interactive, durationMillis, startKnown, endKnown, outcome, paths },
      }),
    );
    const known = { startKnown: "started", endKnown: "completed" };
    expect(sessions).toEqual([
      {
        ...{ kind: "proxy", user: "alice@example.com", name: "node-1", container: null, command: [], ...known },
        ...{ interactive: false, durationMillis: 0.123, outcome: "done", paths: ["/runningpods/"] },
      },
      {
        ...{ kind: "exec", user: "mallory@example.com", name: "web", container: null, command: ["sh"], ...known },
        ...{ interactive: true, durationMillis: expect.any(Number), outcome: "denied", paths: [] },
      },
      {
        ...{ kind: "attach", user: "alice@example.com", name: "web", container: "nginx", command: [], ...known },
        ...{ interactive: true, durationMillis: 357.543, outcome: "done", paths: [] },
      },
      {
        ...{ kind: "exec", user: "alice@example.com", name: "web", container: "nginx", command: ["id"], ...known },
        ...{ interactive: false, durationMillis: 356.829, outcome: "done", paths: [] },
      },
    ]);
  });

  test("a pod's history holds its creation, a label, an annotation", () => {
    const steps = ["02-pod-create", "16-pod-label-patch-merge", "17-pod-patch-json"];
    const versions = historyOf(steps.flatMap(recorded));
    expect(versions.map(({ verb, from, patch, changes, notes }) => ({ verb, from, patch, changes, notes }))).toEqual([
      {
        ...{ verb: "patch", from: "stored", patch: "JSON patch", notes: [] },
        changes: [{ path: "metadata.annotations", kind: "added", after: { note: "x" } }],
      },
      {
        ...{ verb: "patch", from: "stored", patch: "merge patch", notes: [] },
        changes: [{ path: "metadata.labels.tier", kind: "added", after: "front" }],
      },
      { verb: "create", from: "stored", patch: null, changes: [], notes: [] },
    ]);
    expect(versions[1]?.aside.map(({ path }) => path)).toContain("metadata.resourceVersion");
  });

  test("a deployment that was scaled shows to how many", () => {
    const [scaled] = historyOf(recorded("47-deployment-scale-patch"));
    expect(scaled).toMatchObject({
      ...{ verb: "patch", subresource: "scale", from: "patch", patch: "merge patch" },
      changes: [{ path: "spec.replicas", kind: "set", after: 5 }],
    });
  });
});
