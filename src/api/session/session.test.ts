import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type AuthServer, authServer, origin, rightPassword } from "./auth.kit.ts";

let server: AuthServer;
beforeEach(async () => {
  server = await authServer();
});
afterEach(() => server.close());

const nextPassword = "another horse, other staples";
const logIn = (user: string, password = rightPassword, headers = {}) =>
  server.browser().ask("POST", "/api/v1/session", { user, password }, headers);

describe("logging in with a password", () => {
  test("begins a session that its cookie and GET /session know", async () => {
    await server.addUser("bob", "editor");
    const browser = server.browser();
    const { status, body } = await browser.ask("POST", "/api/v1/session", { user: "bob", password: rightPassword });
    expect({ status, body }).toEqual({
      status: 200,
      body: { user: "bob", role: "editor", by: "session", way: "password", csrf: expect.stringMatching(/^[\w-]{43}$/) },
    });
    expect(browser.cookie).toMatch(/^[\w-]{43}$/);
    expect(await browser.ask("GET", "/api/v1/session")).toMatchObject({ status: 200, body });
    expect((await server.state.people.user("bob"))?.lastLoginAt).toBe("2026-03-01T12:00:00.000Z");
    expect(server.told).toEqual([
      {
        kind: "session",
        id: "bob",
        by: "bob",
        action: "login",
        before: null,
        after: '{"way":"password","address":"127.0.0.1"}',
      },
    ]);
  });

  test("the cookie is kept from scripts and other sites, and from plain HTTP where TLS is", async () => {
    await server.addUser("bob");
    const plain = (await logIn("bob")).headers.get("set-cookie");
    expect(plain).toMatch(/^tiercel_session=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/);
    const tls = (await logIn("bob", rightPassword, { "x-forwarded-proto": "https" })).headers.get("set-cookie");
    expect(tls).toMatch(/; HttpOnly; SameSite=Lax; Secure$/);
    const below = await authServer({ basePath: "/tiercel" });
    await below.addUser("bob");
    const { headers } = await below
      .browser()
      .ask("POST", "/tiercel/api/v1/session", { user: "bob", password: rightPassword });
    expect(headers.get("set-cookie")).toContain("; Path=/tiercel;");
    await below.close();
  });

  test("a wrong name, a wrong password, a disabled user and one without a password are refused alike", async () => {
    await server.addUser("bob");
    await server.addUser("gone");
    await server.state.people.putUser({
      ...(await server.state.people.user("gone"))!,
      disabled: true,
    });
    await server.state.people.putUser({
      name: "fresh",
      role: "viewer",
      disabled: false,
      passwordHash: null,
      subject: null,
    });
    for (const [user, password] of [
      ["nobody", rightPassword],
      ["bob", "wrong"],
      ["gone", rightPassword],
      ["fresh", rightPassword],
    ] as const) {
      const { status, body, headers } = await logIn(user, password);
      expect({ user, status, body, cookie: headers.get("set-cookie") }).toEqual({
        user,
        status: 401,
        body: { error: { code: "unauthenticated", message: "the name or the password is wrong" } },
        cookie: null,
      });
    }
    expect(server.told.map(({ id, action }) => [id, action])).toEqual([
      ["(unknown)", "login-failed"],
      ["bob", "login-failed"],
      ["gone", "login-failed"],
      ["fresh", "login-failed"],
    ]);
    expect(JSON.stringify(server.told)).not.toContain("nobody");
  });

  test("a session that the browser came with is never the one it leaves with: that one ends", async () => {
    await server.addUser("bob");
    const browser = server.browser();
    browser.cookie = "chosen-by-somebody-else";
    await browser.ask("POST", "/api/v1/session", { user: "bob", password: rightPassword });
    const first = browser.cookie;
    expect(first).not.toBe("chosen-by-somebody-else");
    await browser.ask("POST", "/api/v1/session", { user: "bob", password: rightPassword });
    expect(browser.cookie).not.toBe(first);
    const former = server.browser();
    former.cookie = first;
    expect((await former.ask("GET", "/api/v1/session")).body.error.message).toBe("this session has ended");
  });

  test("what is kept lets nobody in: neither cookie nor password nor link stands in the state", async () => {
    await server.addUser("bob");
    const browser = server.browser();
    await browser.ask("POST", "/api/v1/session", { user: "bob", password: rightPassword });
    const { passwordHash } = (await server.state.people.user("bob"))!;
    expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await server.state.people.session(browser.cookie ?? "")).toBeUndefined();
  });
});

describe("failed logins", () => {
  test("of one user are few, then each waits twice as long, and a right one forgives", async () => {
    await server.addUser("bob");
    for (let n = 0; n < 3; n++) expect((await logIn("bob", "wrong")).status).toBe(401);
    const { status, body, headers } = await logIn("bob");
    expect({ status, body, after: headers.get("retry-after") }).toEqual({
      status: 429,
      body: {
        error: {
          code: "too_many",
          message: "too many logins failed",
          help: "wait a second, then try again",
          retryAfter: 1,
        },
      },
      after: "1",
    });
    server.later(1 / 60);
    expect((await logIn("bob", "wrong")).status).toBe(401);
    expect((await logIn("bob")).headers.get("retry-after")).toBe("2");
    server.later(2 / 60);
    expect((await logIn("bob")).status).toBe(200);
    expect((await logIn("bob", "wrong")).status).toBe(401);
    expect((await logIn("bob")).status).toBe(200);
  });

  test("of one user keep no other out; of one address they keep all out in the end", async () => {
    await server.addUser("bob");
    for (let n = 0; n < 3; n++) await logIn("eve", "wrong");
    expect((await logIn("eve", "wrong")).status).toBe(429);
    expect((await logIn("bob")).status).toBe(200);
    for (let n = 0; n < 9; n++) await logIn(`eve-${n}`, "wrong");
    expect((await logIn("bob")).status).toBe(429);
    const elsewhere = await logIn("bob", rightPassword, { "x-forwarded-for": "192.0.2.7" });
    expect(elsewhere.status).toBe(200);
  });

  test("many at once count as many: no race wins free tries", async () => {
    await server.addUser("bob");
    const answers = await Promise.all(Array.from({ length: 8 }, () => logIn("bob", "wrong")));
    expect(answers.map(({ status }) => status).sort()).toEqual([401, 401, 401, 429, 429, 429, 429, 429]);
  });
});

describe("a login link", () => {
  test("lets in once, for an hour, in which a password is set without the one of before", async () => {
    await server.addUser("bob", "admin");
    const { token } = await server.auth.logins.newLink("bob", "a test");
    const browser = server.browser();
    const { body } = await browser.ask("POST", "/api/v1/session/link", { token });
    expect(body).toMatchObject({ user: "bob", role: "admin", way: "link" });
    expect(await server.browser().ask("POST", "/api/v1/session/link", { token })).toMatchObject({
      status: 401,
      body: { error: { message: "this link does not let in: it was used already, or is older than a day" } },
    });
    const set = await browser.ask("PUT", "/api/v1/session/password", { password: nextPassword });
    expect(set).toMatchObject({ status: 200, body: { user: "bob", way: "password" } });
    expect((await browser.ask("GET", "/api/v1/session")).body.way).toBe("password");
    expect((await logIn("bob", nextPassword)).status).toBe(200);
    expect((await logIn("bob")).status).toBe(401);
  });

  test("is over after a day, and its session after an hour", async () => {
    await server.addUser("bob");
    const { token } = await server.auth.logins.newLink("bob", "a test");
    server.later(24 * 60);
    expect((await server.browser().ask("POST", "/api/v1/session/link", { token })).status).toBe(401);
    const fresh = await server.auth.logins.newLink("bob", "a test");
    const browser = server.browser();
    await browser.ask("POST", "/api/v1/session/link", { token: fresh.token });
    server.later(59);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(200);
    server.later(1);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(401);
  });

  test("does not let a disabled user in", async () => {
    await server.addUser("ann", "admin");
    await server.addUser("bob");
    const { token } = await server.auth.logins.newLink("bob", "a test");
    await server.auth.accounts.change("bob", { disabled: true }, "ann");
    expect((await server.browser().ask("POST", "/api/v1/session/link", { token })).status).toBe(401);
  });
});

describe("a session", () => {
  test("ends when nobody used it for the idle time, and at last however much it is used", async () => {
    await server.addUser("bob");
    const browser = await server.loggedIn("bob");
    for (let hours = 0; hours < 165; hours += 11) {
      expect((await browser.ask("GET", "/api/v1/session")).status).toBe(200);
      server.later(11 * 60);
    }
    server.later(4 * 60);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(401);
    const idle = await server.loggedIn("bob");
    server.later(12 * 60);
    expect((await idle.ask("GET", "/api/v1/session")).status).toBe(401);
  });

  test("ends by logging out, here or everywhere", async () => {
    await server.addUser("bob");
    const [here, there, elsewhere] = [
      await server.loggedIn("bob"),
      await server.loggedIn("bob"),
      await server.loggedIn("bob"),
    ];
    const { status, headers } = await here.ask("DELETE", "/api/v1/session");
    expect([status, headers.get("set-cookie")]).toEqual([
      204,
      "tiercel_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ]);
    expect((await there.ask("GET", "/api/v1/session")).status).toBe(200);
    await there.ask("DELETE", "/api/v1/session/all");
    expect((await elsewhere.ask("GET", "/api/v1/session")).status).toBe(401);
  });

  test("that ends takes what still goes on with it: a live stream closes with the next ping", async () => {
    await server.addUser("bob");
    const bob = await server.loggedIn("bob");
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    try {
      const headers = { cookie: `tiercel_session=${bob.cookie}` };
      const { body } = await server.request("/api/v1/detections/live", { headers });
      const reader = (body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
      expect(await reader.read()).toEqual({ done: false, value: ": here\n\n" });
      vi.advanceTimersByTime(15_000);
      expect(await reader.read()).toEqual({ done: false, value: ": ping\n\n" });
      await bob.ask("DELETE", "/api/v1/session");
      vi.advanceTimersByTime(15_000);
      expect(await reader.read()).toEqual({ done: true, value: undefined });
    } finally {
      vi.useRealTimers();
    }
  });

  test("changes nothing for another site: neither without the CSRF token nor from elsewhere", async () => {
    await server.addUser("ann", "admin");
    const browser = await server.loggedIn("ann");
    const end = (headers: Record<string, string>) =>
      server.request("/api/v1/session", {
        method: "DELETE",
        headers: { cookie: `tiercel_session=${browser.cookie}`, ...headers },
      });
    const csrf = { "x-tiercel-csrf": browser.csrf ?? "" };
    expect((await end({})).status).toBe(403);
    expect((await end({ "x-tiercel-csrf": "guessed" })).status).toBe(403);
    expect((await end({ ...csrf, "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await end({ ...csrf, "sec-fetch-site": "same-site" })).status).toBe(403);
    expect((await end({ ...csrf, origin: "https://evil.example" })).status).toBe(403);
    expect((await end({ ...csrf, origin: "null" })).status).toBe(403);
    expect((await browser.ask("GET", "/api/v1/session")).status).toBe(200);
    expect((await end({ ...csrf, origin })).status).toBe(204);
  });

  test("is not begun for another site either", async () => {
    await server.addUser("bob");
    const { status, headers } = await logIn("bob", rightPassword, { "sec-fetch-site": "cross-site" });
    expect([status, headers.get("set-cookie")]).toEqual([403, null]);
  });

  test("carries every security header, also on answers with a cookie", async () => {
    await server.addUser("bob");
    const { headers } = await logIn("bob");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });
});

describe("one's own password", () => {
  test("is changed with the one of now; every other session ends", async () => {
    await server.addUser("bob");
    const [here, there] = [await server.loggedIn("bob"), await server.loggedIn("bob")];
    const change = (current: string | undefined, password: string) =>
      here.ask("PUT", "/api/v1/session/password", { current, password });
    expect((await change(undefined, nextPassword)).body.error.message).toBe("the current password is missing");
    expect((await change("wrong", nextPassword)).body.error).toEqual({
      code: "invalid",
      message: "the current password is wrong",
    });
    expect((await change(rightPassword, "short")).body.error.message).toContain("12 characters or more");
    expect((await change(rightPassword, "bob-and-nothing-else")).body.error.message).toContain("user's name");
    expect((await change(rightPassword, "aaaaaaaaaaaabbb")).body.error.message).toContain("four different");
    expect((await change(rightPassword, nextPassword)).status).toBe(200);
    expect((await there.ask("GET", "/api/v1/session")).status).toBe(401);
    expect((await here.ask("GET", "/api/v1/session")).status).toBe(200);
    expect(server.told.at(-1)).toEqual({
      kind: "user",
      id: "bob",
      by: "bob",
      action: "update",
      before: null,
      after: '{"password":"set anew"}',
    });
  });
});
