/** Microsoft's login as a workload identity meets it: a token for a service account's token, through a proxy on 127.0.0.1. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";

export const loginHost = "login.microsoftonline.com";

export interface FakeEntra {
  /** As `HTTPS_PROXY` has it: whatever host is asked for, the login answers. */
  readonly proxy: string;
  /** What tokens were asked for with: the forms of each request. */
  readonly asked: URLSearchParams[];
  /** Refuses every assertion but these; empty takes any. */
  readonly accepted: Set<string>;
  close(): Promise<void>;
}

/** The certificate is one of `login.microsoftonline.com`, of an authority that the asking process trusts. */
export async function fakeEntra(tls: { readonly cert: string; readonly key: string }): Promise<FakeEntra> {
  const asked: URLSearchParams[] = [];
  const accepted = new Set<string>();
  const login = createTlsServer({ ...tls }, async (request, response) => {
    const { status, body } = answerTo(request.url ?? "/", new URLSearchParams(await textOf(request)));
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  const proxy = createServer();
  const tunnels = new Set<Duplex>();
  proxy.on("connect", (_request, socket) => {
    tunnels.add(socket);
    const { port } = login.address() as AddressInfo;
    const onward = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [onward, socket]) end.on("error", () => void [onward.destroy(), socket.destroy()]);
  });
  await Promise.all([listening(login), listening(proxy)]);

  function answerTo(url: string, form: URLSearchParams): { readonly status: number; readonly body: object } {
    const base = `https://${loginHost}/a-tenant`;
    if (url.includes("/discovery/instance"))
      return { status: 200, body: { tenant_discovery_endpoint: `${base}/v2.0/.well-known/openid-configuration` } };
    if (url.includes("openid-configuration"))
      return {
        status: 200,
        body: {
          ...{ token_endpoint: `${base}/oauth2/v2.0/token`, authorization_endpoint: `${base}/oauth2/v2.0/authorize` },
          ...{ issuer: `${base}/v2.0`, jwks_uri: `${base}/discovery/v2.0/keys` },
        },
      };
    asked.push(form);
    if (accepted.size > 0 && !accepted.has(form.get("client_assertion") ?? ""))
      return {
        status: 401,
        body: { error: "invalid_client", error_description: "AADSTS700024: the assertion has expired" },
      };
    const access_token = `token-${asked.length}`;
    return { status: 200, body: { token_type: "Bearer", expires_in: 3600, ext_expires_in: 3600, access_token } };
  }

  return {
    proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    asked,
    accepted,
    async close() {
      for (const tunnel of tunnels) tunnel.destroy();
      for (const server of [login, proxy]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

async function listening(server: Pick<Server, "listen">): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
