/** What every state promises; each kind is put through it. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { State } from "../domain/store.ts";

/** One place to keep a state in: opened again, it is the state that was closed or killed. */
export interface StatePlace {
  open(): Promise<State>;
  remove(): Promise<void>;
}

export function stateContract(name: string, place: () => Promise<StatePlace>): void {
  describe(`${name} keeps the state`, () => {
    let here: StatePlace;
    let state: State;
    beforeEach(async () => {
      here = await place();
      state = await here.open();
    });
    afterEach(async () => {
      await state.close();
      await here.remove();
    });
    const reopen = async () => {
      await state.close();
      state = await here.open();
    };
    const [monday, tuesday] = [new Date("2026-03-02T08:00:00Z"), new Date("2026-03-03T08:00:00Z")];

    test("a new state knows nobody and nothing", async () => {
      expect(await state.clusters()).toEqual([]);
      expect(await state.tokens()).toEqual([]);
      expect(await state.get("redaction-key")).toBeUndefined();
      expect(await state.tokenOwner("anything")).toBeUndefined();
    });

    test("a cluster is registered once, and keeps its first moment", async () => {
      expect(await state.registerCluster("prod", monday)).toBe(true);
      expect(await state.registerCluster("prod", tuesday)).toBe(false);
      await reopen();
      expect(await state.registerCluster("prod", tuesday)).toBe(false);
      expect(await state.clusters()).toEqual([
        { name: "prod", createdAt: "2026-03-02T08:00:00.000Z", lastSeenAt: null },
      ]);
    });

    test("a cluster's last batch moves forwards only, and an unknown cluster's nowhere", async () => {
      await state.registerCluster("prod", monday);
      await state.touchCluster("prod", tuesday);
      await state.touchCluster("prod", monday);
      await state.touchCluster("never-registered", monday);
      expect(await state.clusters()).toEqual([
        { name: "prod", createdAt: "2026-03-02T08:00:00.000Z", lastSeenAt: "2026-03-03T08:00:00.000Z" },
      ]);
    });

    test("a token is known by its secret, and listed without it", async () => {
      await state.addToken({ name: "ops", role: "admin", secret: "correct horse battery staple" });
      await state.addToken({ name: "prod", role: "ingest", cluster: "prod", secret: "another-long-secret" });
      await reopen();
      expect(await state.tokenOwner("correct horse battery staple")).toEqual({
        name: "ops",
        role: "admin",
        cluster: null,
      });
      expect(await state.tokenOwner("another-long-secret")).toEqual({ name: "prod", role: "ingest", cluster: "prod" });
      expect(await state.tokenOwner("correct horse battery stapl")).toBeUndefined();
      expect(await state.tokenOwner("")).toBeUndefined();
      expect((await state.tokens()).map(({ name, role, cluster }) => [name, role, cluster])).toEqual([
        ["ops", "admin", null],
        ["prod", "ingest", "prod"],
      ]);
      expect(JSON.stringify(await state.tokens())).not.toContain("horse");
    });

    test("a token added again under its name takes the place of the former", async () => {
      await state.addToken({ name: "ops", role: "admin", secret: "the-first-secret-of-ops" });
      await state.addToken({ name: "ops", role: "ingest", cluster: "dev", secret: "the-second-secret-of-ops" });
      expect(await state.tokenOwner("the-first-secret-of-ops")).toBeUndefined();
      expect(await state.tokenOwner("the-second-secret-of-ops")).toEqual({
        name: "ops",
        role: "ingest",
        cluster: "dev",
      });
    });

    test("two tokens never share a secret: whose it is would be a guess", async () => {
      await state.addToken({ name: "ops", role: "admin", secret: "the-one-secret-of-ops" });
      await expect(
        state.addToken({ name: "prod", role: "ingest", cluster: "prod", secret: "the-one-secret-of-ops" }),
      ).rejects.toThrow("token `prod` has the secret of `ops`: give each a secret of its own");
      expect((await state.tokens()).map(({ name }) => name)).toEqual(["ops"]);
    });

    test("a key's last value stays, whatever characters it holds", async () => {
      await state.set("cursor", "1");
      await state.set("cursor", "zwei \u0000 🦅 '; DROP TABLE settings");
      await reopen();
      expect(await state.get("cursor")).toBe("zwei \u0000 🦅 '; DROP TABLE settings");
      expect(await state.get("Cursor")).toBeUndefined();
    });

    test("closing twice is closing once", async () => {
      await state.close();
      await state.close();
    });
  });
}
