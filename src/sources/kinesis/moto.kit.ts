/** moto's Kinesis as AWS' client speaks to it: over HTTP/2, with faults on demand. */
import { request } from "node:http";
import { createServer, type Http2Server, type Http2ServerRequest, type Http2ServerResponse } from "node:http2";
import type { AddressInfo } from "node:net";
import { freePort, peerPath, startPeer } from "../peers.kit.ts";

export interface Moto {
  readonly endpoint: string;
  /** Answered one a question of this name, `GetRecords` or another, before moto is asked; `hang up` breaks the line. */
  readonly faults: { readonly on: string; readonly type: string }[];
  /** Which questions came. */
  readonly asked: string[];
  /** Answers nobody. */
  isDown: boolean;
  stop(): Promise<void>;
}

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const args = ["-H", "127.0.0.1", "-p", String(port)];
  const peer = await startPeer(peerPath("moto/bin/moto_server"), args, `http://127.0.0.1:${port}`);
  const sessions = new Set<{ destroy(): void }>();
  const server: Http2Server = createServer((question, answer) => {
    const name = String(question.headers["x-amz-target"]).split(".")[1] ?? "";
    moto.asked.push(name);
    const at = moto.faults.findIndex(({ on }) => on === name);
    const [fault] = at < 0 ? [] : moto.faults.splice(at, 1);
    if (moto.isDown || fault?.type === "hang up") return void answer.stream.close(2);
    if (fault === undefined) return pass(port, question, answer);
    answer.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
    answer.end(JSON.stringify({ __type: fault.type, message: "said so" }));
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
    session.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const moto: Moto = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults: [],
    asked: [],
    isDown: false,
    async stop() {
      for (const session of sessions) session.destroy();
      server.close();
      await peer.stop();
    },
  };
  return moto;
}

function pass(port: number, question: Http2ServerRequest, answer: Http2ServerResponse): void {
  const headers = Object.fromEntries(Object.entries(question.headers).filter(([name]) => !name.startsWith(":")));
  const asked = request({ host: "127.0.0.1", port, method: "POST", path: question.url, headers }, (given) => {
    const { "content-type": type = "application/x-amz-json-1.1" } = given.headers;
    answer.writeHead(given.statusCode ?? 500, { "content-type": type });
    given.pipe(answer);
  });
  asked.on("error", () => answer.stream.close(2));
  question.pipe(asked);
}
