import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Running, startServer, tiercel } from "./serve.kit.ts";

let dir: string;
const servers: Running[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-login-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.signal("SIGKILL");
    await server.ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

async function started(...args: string[]): Promise<Running> {
  const server = await startServer(dir, args);
  servers.push(server);
  return server;
}
async function restarted(before: Running): Promise<Running> {
  before.signal("SIGTERM");
  await before.ended;
  return started();
}

const linkOf = (text: string) => /http:\/\/\S+\/login\?link=[\w-]{43}/.exec(text)?.[0];
const enter = (api: string, link: string | undefined) =>
  fetch(`${api}/api/v1/session/link`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: new URL(link ?? "none:").searchParams.get("link") }),
  });

test("the first start tells a link, which lets the admin in once and is told again until it was used", async () => {
  const first = await started();
  expect(linkOf(first.stderr())).toMatch(new RegExp(`^${first.api}/login`));
  expect(first.stderr()).toContain("Log in as admin, with a link that works once and for a day:");
  const second = await restarted(first);
  const link = linkOf(second.stderr());
  expect(link?.split("link=")[1]).not.toBe(linkOf(first.stderr())?.split("link=")[1]);
  expect((await enter(second.api, linkOf(first.stderr()))).status).toBe(401);

  const response = await enter(second.api, link);
  expect(await response.json()).toMatchObject({ user: "admin", role: "admin", way: "link" });
  expect((await enter(second.api, link)).status).toBe(401);
  const cookie = /^tiercel_session=[\w-]+/.exec(response.headers.get("set-cookie") ?? "")?.[0] ?? "";
  const asked = await fetch(`${second.api}/api/v1/detections`, { headers: { cookie } });
  expect(asked.status).toBe(200);

  const third = await restarted(second);
  expect(linkOf(third.stderr())).toBeUndefined();
  // Sessions outlive the server.
  expect((await fetch(`${third.api}/api/v1/detections`, { headers: { cookie } })).status).toBe(200);
});

test("whoever has locked themselves out gets a new link beside the server", async () => {
  const server = await started();
  const made = await tiercel(["login-link", "--server", server.api, "--data", dir], { cwd: dir });
  expect(made).toMatchObject({ code: 0, stderr: expect.stringMatching(/^This lets admin in once, until \d{4}-/) });
  expect((await enter(server.api, made.stdout.trim())).status).toBe(200);

  const unknown = await tiercel(["login-link", "--user", "zoe", "--server", server.api, "--data", dir], { cwd: dir });
  expect(unknown).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining("there is no user `zoe`") });
  const stranger = await tiercel(["login-link", "--server", server.api], { cwd: tmpdir() });
  expect(stranger).toMatchObject({ code: 3, stderr: expect.stringContaining("does not let us in") });
});

test("a provider that is down, and a public address, change nothing about the start", async () => {
  writeFileSync(
    join(dir, "tiercel.yaml"),
    [
      "api: {public_url: 'https://audit.example/tiercel', base_path: /tiercel}",
      "auth:",
      "  oidc:",
      "    - {name: corp, title: Corp, issuer: 'http://127.0.0.1:1', client_id: tiercel, default_role: viewer}",
    ].join("\n"),
  );
  const server = await started();
  expect(server.stderr()).toMatch(/ {2}https:\/\/audit\.example\/tiercel\/login\?link=[\w-]{43}\n/);
  expect((await server.get("/tiercel/api/v1/session/ways")).body).toEqual({
    password: true,
    oidc: [{ name: "corp", title: "Corp", href: "auth/oidc/corp" }],
  });
  const answer = await fetch(`${server.api}/tiercel/auth/oidc/corp`, { redirect: "manual" });
  expect([answer.status, answer.headers.get("location")]).toEqual([
    302,
    "/tiercel/login?problem=unreachable&provider=corp",
  ]);
});
