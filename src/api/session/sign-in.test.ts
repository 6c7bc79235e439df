import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type AuthServer, authServer, origin } from "./auth.kit.ts";
import { client, logInAt, type TestProvider, testProvider } from "./provider.kit.ts";
import type { Provider } from "./sign-in.ts";

let there: TestProvider;
let server: AuthServer;

const provider = (changes: Partial<Provider> = {}): Provider => ({
  name: "corp",
  title: "Corp",
  issuer: there.issuer,
  clientId: client.id,
  clientSecret: client.secret,
  scopes: ["openid", "profile", "groups"],
  userClaim: "preferred_username",
  groupsClaim: "groups",
  rules: [
    { group: "everybody", role: "viewer" },
    { group: "sec-ops", role: "admin" },
  ],
  ...changes,
});

beforeAll(async () => {
  there = await testProvider(`${origin}/auth/oidc/corp/callback`);
});
afterAll(() => there.close());
beforeEach(async () => {
  server = await authServer({ providers: [provider()] });
  there.people.clear();
});
afterEach(() => server.close());

const cookieOf = (response: Response, name: string) =>
  response.headers
    .getSetCookie()
    .map((text) => new RegExp(`^${name}=([^;]*)`).exec(text)?.[1])
    .find((value) => value !== undefined);

/** From the button to where the browser is sent at last. */
async function loggedIn(login: string, next = "/rules?tag=exec") {
  const begun = await server.request(`/auth/oidc/corp?next=${encodeURIComponent(next)}`);
  const flow = cookieOf(begun, "tiercel_sign_in");
  const back = await logInAt(begun.headers.get("location") ?? "", login, (url) => url.startsWith(origin));
  return { ...(await arrived(back, flow)), back, flow };
}

async function arrived(back: string, flow: string | undefined) {
  const response = await server.request(back, {
    headers: flow === undefined ? {} : { cookie: `tiercel_sign_in=${flow}` },
  });
  return {
    status: response.status,
    to: response.headers.get("location"),
    cookie: cookieOf(response, "tiercel_session"),
    cookies: response.headers.getSetCookie(),
  };
}

const session = async (cookie: string | undefined) =>
  (await server.request("/api/v1/session", { headers: { cookie: `tiercel_session=${cookie}` } })).json();

describe("by an identity provider", () => {
  test("one is asked for at the provider, with PKCE, state and nonce, and comes back with a session", async () => {
    there.people.set("1001", { preferred_username: "alice", groups: ["everybody", "sec-ops", "others"] });
    const begun = new URL((await server.request("/auth/oidc/corp")).headers.get("location") ?? "");
    expect(Object.fromEntries(begun.searchParams)).toEqual({
      client_id: "tiercel",
      response_type: "code",
      redirect_uri: `${origin}/auth/oidc/corp/callback`,
      scope: "openid profile groups",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    const { status, to, cookie, cookies } = await loggedIn("1001");
    expect([status, to]).toEqual([302, "/rules?tag=exec"]);
    expect(cookies.map((text) => text.replace(/=[^;]*/, "=…"))).toEqual([
      "tiercel_sign_in=…; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
      "tiercel_session=…; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax",
    ]);
    expect(await session(cookie)).toMatchObject({ user: "alice", role: "admin", by: "session", way: "oidc" });
    expect(await server.auth.accounts.list()).toEqual([
      expect.objectContaining({ name: "alice", role: "admin", local: false }),
    ]);
    expect(server.told.map(({ kind, id, by, action, after }) => [kind, id, by, action, after])).toEqual([
      ["user", "alice", "identity provider Corp", "create", '{"role":"admin"}'],
      ["session", "alice", "alice", "login", '{"way":"oidc","provider":"corp","address":"127.0.0.1"}'],
    ]);
  });

  test("the role follows the groups at each login, and a lesser one ends older sessions", async () => {
    there.people.set("1001", { preferred_username: "alice", groups: ["sec-ops"] });
    const before = await loggedIn("1001");
    there.people.set("1001", { preferred_username: "alice", groups: ["everybody"] });
    const after = await loggedIn("1001");
    expect(await session(after.cookie)).toMatchObject({ role: "viewer" });
    expect(await session(before.cookie)).toMatchObject({ error: { code: "unauthenticated" } });
  });

  test("nobody gets in without a role, a name, or under another user's name", async () => {
    await server.addUser("admin", "admin");
    there.people.set("1", { preferred_username: "bob", groups: ["strangers"] });
    there.people.set("2", { groups: ["sec-ops"] });
    there.people.set("3", { preferred_username: "Admin", groups: ["sec-ops"] });
    there.people.set("4", { preferred_username: "token ops", groups: ["sec-ops"] });
    const problem = async (login: string) => {
      const { status, to, cookie } = await loggedIn(login);
      return [status, to, cookie];
    };
    expect(await problem("1")).toEqual([302, "/login?problem=no-role&provider=corp", undefined]);
    expect(await problem("2")).toEqual([302, "/login?problem=no-name&provider=corp", undefined]);
    expect(await problem("3")).toEqual([302, "/login?problem=taken&provider=corp", undefined]);
    expect(await problem("4")).toEqual([302, "/login?problem=no-name&provider=corp", undefined]);
    expect((await server.auth.accounts.list()).map(({ name }) => name)).toEqual(["admin"]);
  });

  test("a user whom an admin has disabled stays out", async () => {
    await server.addUser("admin", "admin");
    there.people.set("1", { preferred_username: "bob", groups: ["everybody"] });
    await loggedIn("1");
    await server.auth.accounts.change("bob", { disabled: true }, "admin");
    expect((await loggedIn("1")).to).toBe("/login?problem=disabled&provider=corp");
  });

  test("an answer counts once, in the browser that began, for a while, and as the provider gave it", async () => {
    there.people.set("1", { preferred_username: "bob", groups: ["everybody"] });
    const { back, flow } = await loggedIn("1");
    const problem = async (url: string, cookie: string | undefined) => (await arrived(url, cookie)).to;
    expect(await problem(back, flow)).toBe("/login?problem=refused&provider=corp");
    const begun = await server.request("/auth/oidc/corp");
    const fresh = cookieOf(begun, "tiercel_sign_in");
    const again = await logInAt(begun.headers.get("location") ?? "", "1", (url) => url.startsWith(origin));
    expect(await problem(again, undefined)).toBe("/login?problem=expired&provider=corp");
    expect(await problem(again, `${fresh?.slice(0, -4)}AAAA`)).toBe("/login?problem=expired&provider=corp");
    expect(await problem(again, flow)).toBe("/login?problem=refused&provider=corp");
    const otherState = new URL(again);
    otherState.searchParams.set("state", "another");
    expect(await problem(otherState.href, fresh)).toBe("/login?problem=refused&provider=corp");
    expect(await problem(`${origin}/auth/oidc/corp/callback?error=access_denied&state=x`, fresh)).toBe(
      "/login?problem=refused&provider=corp",
    );
    server.later(11);
    expect(await problem(again, fresh)).toBe("/login?problem=expired&provider=corp");
    expect(server.logged.at(-1)).toBe("login by corp: this login was begun elsewhere, or too long ago");
  });

  test("where somebody goes afterwards is one of our own pages, whatever the link said", async () => {
    there.people.set("1", { preferred_username: "bob", groups: ["everybody"] });
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
      expect((await loggedIn("1", next)).to).toBe("/");
  });

  test("without rules about groups the first role stays what an admin makes it", async () => {
    await server.close();
    server = await authServer({ providers: [provider({ rules: [], defaultRole: "viewer" })] });
    await server.addUser("admin", "admin");
    there.people.set("1", { preferred_username: "bob" });
    await loggedIn("1");
    await server.auth.accounts.change("bob", { role: "editor" }, "admin");
    expect(await session((await loggedIn("1")).cookie)).toMatchObject({ user: "bob", role: "editor" });
  });

  test("one that is down keeps nobody else out, and says so where one logs in; later it works", async () => {
    await server.close();
    const dead = "http://127.0.0.1:1";
    server = await authServer({ providers: [provider({ issuer: dead })] });
    const { status, body } = await server.browser().ask("GET", "/api/v1/session/ways");
    expect({ status, body }).toEqual({
      status: 200,
      body: { password: true, oidc: [{ name: "corp", title: "Corp", href: "auth/oidc/corp" }] },
    });
    const answer = await server.request("/auth/oidc/corp");
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/login?problem=unreachable&provider=corp"]);
    expect(server.logged[0]).toMatch(/^login by corp: http:\/\/127\.0\.0\.1:1 does not tell how to log in: /);
  });

  test("one that is not configured is not asked", async () => {
    expect((await server.request("/auth/oidc/other")).headers.get("location")).toBe(
      "/login?problem=unknown&provider=other",
    );
  });

  test("a wrong secret of ours is told in the log, and lets nobody in", async () => {
    await server.close();
    server = await authServer({ providers: [provider({ clientSecret: "a-wrong-one" })] });
    there.people.set("1", { preferred_username: "bob", groups: ["everybody"] });
    expect((await loggedIn("1")).to).toBe("/login?problem=refused&provider=corp");
    expect(server.logged[0]).toMatch(/did not confirm the login: .*invalid_client/);
  });
});
