/** Lists of a real index and a real state behind the API, for tests. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Activity } from "../../domain/activity.ts";
import type { Role } from "../../domain/people.ts";
import type { State } from "../../domain/store.ts";
import { openIndex } from "../../stores/index/index.ts";
import { aDetection, anActivity, judged } from "../../stores/index.kit.ts";
import { openState } from "../../stores/state/index.ts";
import type { Parts } from "../parts.ts";
import { api } from "../server.ts";

const minute = (at: number) => `2026-03-02T08:${String(at).padStart(2, "0")}:00.000000Z`;

/** Of each list, what the index holds to begin with, oldest first. */
export const detections = [
  aDetection({ id: "d1", time: minute(1), user: "alice", severity: 2, tags: ["k8s", "T1609"], fingerprint: "f/1" }),
  aDetection({ id: "d2", time: minute(2), user: "CN=bob,O=x", rule: "Secrets", severity: 6, fingerprint: "f2" }),
  aDetection({ id: "d3", time: minute(3), user: null, name: null, output: 'said "no", twice', fingerprint: "f2" }),
  aDetection({ id: "d4", time: minute(4), user: "alice", userAgent: "=HYPERLINK(1)", tags: [], fingerprint: "f/1" }),
];
export const activities = [
  anActivity({ id: "r1", time: minute(1), outcome: "denied", code: 403 }),
  anActivity({ id: "r2", time: minute(2), actor: "machine", user: "system:node:a", subresource: "exec", count: 1 }),
];

/** Somebody's role is the first word of a token: `editor-secret`. */
export async function openLists() {
  const dir = mkdtempSync(join(tmpdir(), "tiercel-lists-"));
  const index = await openIndex({ dir: join(dir, "index") });
  const state = await openState({ dir: join(dir, "state") });
  const listeners = new Set<() => void>();
  let position = 0;
  /** As the follower does: written, then told. */
  const arrive = async (of: Parameters<typeof judged>[1]) => {
    await index.write(judged(++position, of));
    for (const listener of listeners) listener();
  };
  await arrive({
    detections: detections.map((one) => ({ ...one, event: { verb: "create", of: one.id } })),
    activities,
  });
  const tokens: Pick<State, "tokenOwner"> = {
    tokenOwner: async (secret) => ({ name: `the ${secret}`, role: secret.split("-")[0] as Role, cluster: null }),
  };
  const app = api({
    version: "1.2.3",
    index,
    state: new Proxy(state, {
      get: (target, name) => (name === "tokenOwner" ? tokens.tokenOwner : Reflect.get(target, name, target)),
    }),
    onWritten: (listener: () => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    now: () => new Date("2026-03-02T09:00:00Z"),
    events: {
      attach: async (of: readonly Activity[]) =>
        of.map((one) =>
          one.id === "r1" ? { ...one, event: { kind: "Event" } } : { ...one, eventMissing: "it is gone" },
        ),
    },
    auth: { logins: { session: async () => undefined }, signIn: { providers: [] }, isProxy: () => false },
    log: (_level: string, message: string, error: unknown) => {
      throw new Error(message, { cause: error });
    },
    openMetrics: false,
  } as unknown as Parts);

  const ask = (path: string, init: RequestInit = {}, role: Role = "viewer") =>
    app.request(new URL(`/api/v1/${path}`, "http://tiercel.test"), {
      ...init,
      headers: { authorization: `Bearer ${role}-secret`, "content-type": "application/json", ...init.headers },
    });
  return {
    index,
    state,
    ask,
    get: async (path: string) => {
      const response = await ask(path);
      // biome-ignore lint/suspicious/noExplicitAny: what a test expects says what it is.
      return { status: response.status, body: (await response.json()) as any };
    },
    arrive,
    /** Who is told of what arrives. */
    listeners,
    async close() {
      await index.close();
      await state.close();
      rmSync(dir, { recursive: true });
    },
  };
}
