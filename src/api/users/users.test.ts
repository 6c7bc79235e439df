import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Role, roles } from "../../domain/people.ts";
import { endpoints } from "../endpoints.ts";
import { type AuthServer, authServer, type Browser } from "../session/auth.kit.ts";

let server: AuthServer;
let admin: Browser;
beforeEach(async () => {
  server = await authServer();
  await server.addUser("ann", "admin");
  admin = await server.loggedIn("ann");
  server.told.length = 0;
});
afterEach(() => server.close());

describe("users", () => {
  test("are made with a link to begin with, and told in the audit trail", async () => {
    const { status, body } = await admin.ask("POST", "/api/v1/users", { name: "bob", role: "editor" });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        user: {
          name: "bob",
          role: "editor",
          disabled: false,
          local: true,
          createdAt: "2026-03-01T12:00:00.000Z",
          lastLoginAt: null,
        },
        link: {
          user: "bob",
          href: expect.stringMatching(/^http:\/\/tiercel\.test\/login\?link=[\w-]{43}$/),
          expiresAt: "2026-03-02T12:00:00.000Z",
        },
      },
    });
    const token = new URL(body.link.href).searchParams.get("link");
    expect((await server.browser().ask("POST", "/api/v1/session/link", { token })).body.user).toBe("bob");
    expect(server.told.slice(0, 2).map(({ kind, id, by, action, after }) => [kind, id, by, action, after])).toEqual([
      ["user", "bob", "ann", "create", '{"role":"editor"}'],
      ["user", "bob", "ann", "update", '{"login link":"made, valid until 2026-03-02T12:00:00.000Z"}'],
    ]);
    expect(JSON.stringify(server.told)).not.toContain(token);
  });

  test.each([
    ["Ann", 409, "there is a user `Ann` already"],
    ["two words", 400, "`name`: must be 1 to 128 characters without blanks"],
    ["", 400, "`name`: must be 1 to 128 characters without blanks"],
    ["line\nbreak", 400, "`name`: must be 1 to 128 characters without blanks"],
  ])("%j is no name for a new one", async (name, status, message) => {
    const answer = await admin.ask("POST", "/api/v1/users", { name, role: "viewer" });
    expect([answer.status, answer.body.error.message]).toEqual([status, message]);
  });

  test.each([
    ["another role", { role: "editor" }],
    ["being disabled", { disabled: true }],
  ])("%s ends the sessions of the user", async (_, change) => {
    await server.addUser("bob");
    const bob = await server.loggedIn("bob");
    expect((await admin.ask("PATCH", "/api/v1/users/bob", change)).body).toMatchObject(change);
    expect((await bob.ask("GET", "/api/v1/session")).status).toBe(401);
    expect(server.told.at(-1)).toMatchObject({ kind: "user", id: "bob", by: "ann", action: "update" });
  });

  test("removed ones are gone with their sessions, and nothing is left to remove", async () => {
    await server.addUser("bob");
    const bob = await server.loggedIn("bob");
    expect((await admin.ask("DELETE", "/api/v1/users/bob")).status).toBe(204);
    expect((await bob.ask("GET", "/api/v1/session")).status).toBe(401);
    expect((await admin.ask("DELETE", "/api/v1/users/bob")).status).toBe(404);
    expect((await admin.ask("GET", "/api/v1/users")).body.items.map(({ name }: { name: string }) => name)).toEqual([
      "ann",
    ]);
  });

  test("sessions of one end when an admin says so", async () => {
    await server.addUser("bob");
    const bob = await server.loggedIn("bob");
    expect((await admin.ask("DELETE", "/api/v1/users/bob/sessions")).status).toBe(204);
    expect((await bob.ask("GET", "/api/v1/session")).status).toBe(401);
  });

  test("the last admin stays: neither removed, nor disabled, nor made less, not even by two at once", async () => {
    for (const [method, body] of [
      ["DELETE", undefined],
      ["PATCH", { disabled: true }],
      ["PATCH", { role: "viewer" }],
    ] as const)
      expect((await admin.ask(method, "/api/v1/users/ann", body)).body.error).toEqual({
        code: "conflict",
        message: "`ann` is the last admin",
        help: "make another user admin first",
      });
    await server.addUser("zoe", "admin");
    const { accounts } = server.auth;
    const outcomes = await Promise.allSettled([accounts.remove("ann", "zoe"), accounts.remove("zoe", "ann")]);
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
  });
});

describe("tokens", () => {
  test("are shown once, let in by their role, and no more when they are removed", async () => {
    const { status, body } = await admin.ask("POST", "/api/v1/tokens", { name: "ci", role: "viewer" });
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        name: "ci",
        role: "viewer",
        cluster: null,
        createdAt: "2026-03-01T12:00:00.000Z",
        secret: expect.stringMatching(/^tiercel_[\w-]{43}$/),
      },
    });
    const headers = { authorization: `Bearer ${body.secret}` };
    const session = async () => (await server.request("/api/v1/session", { headers })).json();
    expect(await session()).toEqual({ user: "token ci", role: "viewer", by: "token" });
    expect(JSON.stringify((await admin.ask("GET", "/api/v1/tokens")).body)).not.toContain(body.secret);
    expect((await admin.ask("POST", "/api/v1/tokens", { name: "ci", role: "admin" })).status).toBe(409);
    expect((await admin.ask("DELETE", "/api/v1/tokens/ci")).status).toBe(204);
    expect(await session()).toMatchObject({ error: { code: "unauthenticated" } });
    expect((await admin.ask("DELETE", "/api/v1/tokens/ci")).status).toBe(404);
    expect(server.told.map(({ kind, id, by, action, before, after }) => [kind, id, by, action, before, after])).toEqual(
      [
        ["token", "ci", "ann", "create", null, '{"role":"viewer"}'],
        ["token", "ci", "ann", "delete", '{"role":"viewer"}', null],
      ],
    );
  });

  test("only those that send events belong to a cluster", async () => {
    const add = (role: string) => admin.ask("POST", "/api/v1/tokens", { name: `t-${role}`, role, cluster: "prod" });
    expect((await add("viewer")).body.error.message).toBe(
      "`cluster`: only a token of the role `ingest` belongs to a cluster",
    );
    expect((await add("ingest")).body).toMatchObject({ role: "ingest", cluster: "prod" });
  });
});

describe("the trail of changes", () => {
  test("tells who did what, in pages, newest first, whatever kind one asks for", async () => {
    await admin.ask("POST", "/api/v1/tokens", { name: "ci", role: "viewer" });
    await admin.ask("POST", "/api/v1/users", { name: "bob", role: "editor" });
    await admin.ask("PATCH", "/api/v1/users/bob", { role: "viewer" });
    const page = async (query: string) => (await admin.ask("GET", `/api/v1/changes?${query}`)).body.items;
    const [change, ...rest] = await page("kind=user&id=bob&limit=2");
    expect(change).toEqual({
      seq: 5,
      at: "2026-03-01T12:00:00.000Z",
      by: "ann",
      kind: "user",
      id: "bob",
      action: "update",
      before: '{"role":"editor","disabled":false}',
      after: '{"role":"viewer","disabled":false}',
    });
    expect(rest.map(({ seq }: { seq: number }) => seq)).toEqual([4]);
    const older = await page("before=4&by=ann&kind=user,token");
    expect(older.map(({ kind, action }: { kind: string; action: string }) => [kind, action])).toEqual([
      ["user", "create"],
      ["token", "create"],
    ]);
    expect((await admin.ask("GET", "/api/v1/changes?before=soon")).status).toBe(400);
  });
});

describe("every endpoint asks for its role", () => {
  const path = (template: string) => template.replace(/:\w+/g, "no-such-thing");
  const key = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

  test.each(endpoints.map((endpoint) => [key(endpoint), endpoint] as const))(
    "%s",
    async (_, { method, path: at, role }) => {
      const tried = async (headers: Record<string, string>) => {
        const response = await server.request(path(at), { method, headers });
        await response.body?.cancel();
        return response.status;
      };
      const closed = (status: number) => status === 401 || status === 403;
      const least = role === "open" ? -1 : roles.indexOf(role);

      expect(closed(await tried({}))).toBe(role !== "open");
      await server.state.addToken({ name: "sender", role: "ingest", secret: "a-token-that-sends" });
      expect(await tried({ authorization: "Bearer a-token-that-sends" })).toBe(403);
      for (const given of roles) {
        await server.state.addToken({ name: given, role: given, secret: `a-token-of-a-${given}` });
        expect([given, closed(await tried({ authorization: `Bearer a-token-of-a-${given}` }))]).toEqual([
          given,
          roles.indexOf(given as Role) < least,
        ]);
        await server.addUser(`u-${given}`, given);
        const { cookie, csrf } = await server.loggedIn(`u-${given}`);
        const session = { cookie: `tiercel_session=${cookie}` };
        // Without the CSRF token a session only reads, whoever's it is.
        if (method !== "GET" && role !== "open") expect(await tried(session)).toBe(403);
        expect([given, closed(await tried({ ...session, "x-tiercel-csrf": csrf ?? "" }))]).toEqual([
          given,
          roles.indexOf(given as Role) < least,
        ]);
      }
    },
  );

  test("none but the ways in are open", () => {
    expect(endpoints.filter(({ role }) => role === "open").map(key)).toEqual([
      "POST /api/v1/session",
      "POST /api/v1/session/link",
      "GET /api/v1/session/ways",
    ]);
  });
});
