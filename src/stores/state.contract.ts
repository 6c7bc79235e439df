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

    test("a token reads or sends by its role, and ends when it is removed", async () => {
      for (const role of ["viewer", "editor", "admin", "ingest"] as const)
        await state.addToken({ name: role, role, secret: `the-secret-of-the-${role}` });
      await reopen();
      for (const role of ["viewer", "editor", "admin", "ingest"] as const)
        expect(await state.tokenOwner(`the-secret-of-the-${role}`)).toEqual({ name: role, role, cluster: null });
      expect(await state.removeToken("viewer")).toBe(true);
      expect(await state.removeToken("viewer")).toBe(false);
      expect(await state.tokenOwner("the-secret-of-the-viewer")).toBeUndefined();
      expect((await state.tokens()).map(({ name }) => name)).toEqual(["admin", "editor", "ingest"]);
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

    describe("documents", () => {
      const quiet = { kind: "policy", id: "quiet", by: "ann" };

      test("each change is a version more, and is kept with what stood before", async () => {
        expect(await state.documents.put({ ...quiet, body: "{}", expected: 0 })).toBe(1);
        expect(await state.documents.put({ ...quiet, body: '{"severity":3}', by: "bob", expected: 1 })).toBe(2);
        await reopen();
        const kept = {
          id: "quiet",
          body: '{"severity":3}',
          version: 2,
          updatedAt: expect.any(String),
          updatedBy: "bob",
        };
        expect(await state.documents.read("policy", "quiet")).toEqual(kept);
        expect(await state.documents.list("policy")).toEqual([kept]);
        expect(await state.documents.list("triage")).toEqual([]);
        expect(await state.documents.changes({ limit: 10 })).toEqual([
          {
            ...{ seq: 2, at: expect.any(String), by: "bob", kind: "policy", id: "quiet", action: "update" },
            ...{ before: "{}", after: '{"severity":3}' },
          },
          {
            ...{ seq: 1, at: expect.any(String), by: "ann", kind: "policy", id: "quiet", action: "create" },
            ...{ before: null, after: "{}" },
          },
        ]);
      });

      test("an edit of another version than the one that stands is refused, and leaves no trace", async () => {
        await state.documents.put({ ...quiet, body: "1" });
        await state.documents.put({ ...quiet, body: "2" });
        const refusal = (put: Promise<unknown>) => expect(put).rejects;
        await refusal(state.documents.put({ ...quiet, body: "3", expected: 1 })).toMatchObject({ version: 2 });
        await refusal(state.documents.put({ ...quiet, body: "3", expected: 0 })).toMatchObject({ version: 2 });
        await refusal(state.documents.remove({ ...quiet, expected: 1 })).toMatchObject({ version: 2 });
        await refusal(state.documents.remove({ ...quiet, id: "none" })).toMatchObject({ version: 0 });
        expect((await state.documents.changes({ limit: 10 })).length).toBe(2);
        await state.documents.remove({ ...quiet, expected: 2 });
        expect(await state.documents.read("policy", "quiet")).toBeUndefined();
        expect(await state.documents.put({ ...quiet, body: "4", expected: 0 })).toBe(1);
      });

      test("the trail is read newest first, in pages, by kind, by what changed and by whom", async () => {
        for (const id of ["a", "b", "c"])
          await state.documents.record({ kind: "rules", id, by: "ann", action: "update", before: "x", after: "y" });
        await state.documents.record({
          ...{ kind: "session", id: "bob", by: "bob", action: "login", before: null, after: null },
        });
        const ids = async (query: object) =>
          (await state.documents.changes({ limit: 2, ...query })).map(({ seq, id }) => `${seq} ${id}`);
        expect(await ids({})).toEqual(["4 bob", "3 c"]);
        expect(await ids({ before: 3 })).toEqual(["2 b", "1 a"]);
        expect(await ids({ kind: ["rules"] })).toEqual(["3 c", "2 b"]);
        expect(await ids({ kind: ["rules"], id: ["a", "b"] })).toEqual(["2 b", "1 a"]);
        expect(await ids({ by: ["bob"] })).toEqual(["4 bob"]);
        expect(await ids({ by: [] })).toEqual([]);
      });
    });

    describe("people", () => {
      const bob = { name: "bob", role: "viewer", disabled: false, passwordHash: "a hash", subject: null } as const;
      const far = "9999-01-01T00:00:00.000Z";
      const past = "2001-01-01T00:00:00.000Z";
      const session = (idHash: string, user = "bob", expiresAt = far) =>
        state.people.addSession({ idHash, user, csrf: `csrf of ${idHash}`, way: "password", expiresAt });

      test("a user is kept as told, and changed without a second one", async () => {
        await state.people.putUser(bob);
        await reopen();
        await state.people.putUser({ ...bob, role: "admin", passwordHash: "another hash" });
        expect(await state.people.users()).toEqual([
          {
            name: "bob",
            role: "admin",
            disabled: false,
            local: true,
            createdAt: expect.any(String),
            lastLoginAt: null,
          },
        ]);
        expect(await state.people.user("bob")).toMatchObject({ passwordHash: "another hash", subject: null });
        expect(await state.people.user("Bob")).toBeUndefined();
        expect(JSON.stringify(await state.people.users())).not.toContain("hash");
      });

      test("whom an identity provider knows is found by its subject, and no two share one", async () => {
        await state.people.putUser({ ...bob, passwordHash: null, subject: "https://login.example 7" });
        expect(await state.people.userOfSubject("https://login.example 7")).toMatchObject({
          name: "bob",
          local: false,
        });
        expect(await state.people.userOfSubject("https://login.example 8")).toBeUndefined();
        await expect(
          state.people.putUser({ ...bob, name: "eve", passwordHash: null, subject: "https://login.example 7" }),
        ).rejects.toThrow();
      });

      test("a session is found until it ends or expires, and its beginning is the user's last login", async () => {
        await state.people.putUser(bob);
        await session("one");
        await session("old", "bob", past);
        await reopen();
        expect(await state.people.session("one")).toEqual({
          user: expect.objectContaining({ name: "bob", role: "viewer", lastLoginAt: expect.any(String) }),
          csrf: "csrf of one",
          way: "password",
          createdAt: expect.any(String),
          expiresAt: far,
        });
        expect(await state.people.session("old")).toBeUndefined();
        await state.people.prolongSession("one", past);
        expect(await state.people.session("one")).toBeUndefined();
        await session("two");
        await state.people.endSession("two");
        expect(await state.people.session("two")).toBeUndefined();
      });

      test("a user's sessions end together, those of others go on; with the user goes everything", async () => {
        await state.people.putUser(bob);
        await state.people.putUser({ ...bob, name: "ann" });
        await session("b1");
        await session("b2");
        await session("a1", "ann");
        await state.people.endSessionsOf("bob");
        expect(await state.people.session("b1")).toBeUndefined();
        expect(await state.people.session("b2")).toBeUndefined();
        expect(await state.people.session("a1")).toMatchObject({ user: { name: "ann" } });
        await state.people.addLoginLink({ hash: "l", user: "ann", expiresAt: far });
        await state.people.removeUser("ann");
        expect(await state.people.session("a1")).toBeUndefined();
        expect(await state.people.takeLoginLink("l")).toBeUndefined();
        expect((await state.people.users()).map(({ name }) => name)).toEqual(["bob"]);
      });

      test("a link lets in once, not after its time, and not beside a newer one", async () => {
        await state.people.putUser(bob);
        await state.people.addLoginLink({ hash: "first", user: "bob", expiresAt: far });
        await state.people.addLoginLink({ hash: "second", user: "bob", expiresAt: far });
        await reopen();
        expect(await state.people.takeLoginLink("first")).toBeUndefined();
        expect(await state.people.takeLoginLink("second")).toBe("bob");
        expect(await state.people.takeLoginLink("second")).toBeUndefined();
        await state.people.addLoginLink({ hash: "late", user: "bob", expiresAt: past });
        expect(await state.people.takeLoginLink("late")).toBeUndefined();
      });

      test("what has expired is swept away, the rest stays", async () => {
        await state.people.putUser(bob);
        await session("one");
        await session("old", "bob", past);
        await state.people.sweep();
        expect(await state.people.session("one")).toMatchObject({ csrf: "csrf of one" });
      });
    });
  });
}
