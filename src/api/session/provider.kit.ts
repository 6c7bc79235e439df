/** A real OpenID Connect provider on this machine, and a browser without a screen that logs in there; for tests. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface TestProvider {
  readonly issuer: string;
  /** Who may log in there, with what is told of them. */
  readonly people: Map<string, Readonly<Record<string, unknown>>>;
  close(): Promise<void>;
}

export const client = { id: "tiercel", secret: "the-secret-of-the-registration" };

export async function testProvider(redirect: string): Promise<TestProvider> {
  // It brings no types.
  const name: string = "oidc-provider";
  const { default: Provider } = await import(name);
  const people: TestProvider["people"] = new Map();
  const server: Server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const quiet = console.warn;
  console.warn = () => {};
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirect] }],
    claims: { openid: ["sub"], profile: ["preferred_username"], groups: ["groups"] },
    scopes: ["openid", "profile", "groups"],
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
    pkce: { required: () => true },
    cookies: { keys: ["a key of this test"] },
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...people.get(id) }),
    }),
  });
  const handle = provider.callback();
  console.warn = quiet;
  return {
    issuer,
    people,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Goes where it is sent, fills in the provider's own forms, and stops before an address that `isHome`. */
export async function logInAt(start: string, login: string, isHome: (url: string) => boolean): Promise<string> {
  const cookies = new Map<string, string>();
  const visit = async (url: string, form?: Readonly<Record<string, string>>) => {
    const response = await fetch(url, {
      redirect: "manual",
      method: form === undefined ? "GET" : "POST",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      body: form === undefined ? undefined : new URLSearchParams(form),
    });
    for (const text of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  };
  let url = start;
  let response = await visit(url);
  for (let step = 0; step < 12; step++) {
    const to = response.headers.get("location");
    if (to !== null) {
      url = new URL(to, url).href;
      if (isHome(url)) return url;
      response = await visit(url);
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    const action = /action="([^"]+)"/.exec(page)?.[1];
    if (prompt === undefined || action === undefined) throw new Error(`${url} answers ${response.status}: ${page}`);
    response = await visit(new URL(action, url).href, { prompt, login, password: "anything" });
  }
  throw new Error(`sent about without an end, last to ${url}`);
}
