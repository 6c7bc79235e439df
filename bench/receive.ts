/**
 * What a server of bodies costs beside one that throws them away: chunks dropped, body collected as the webhook does,
 * collected and judged by 500 rules. One process, client and server taking turns on a loopback socket.
 */
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { fast } from "./engine.ts";
import { manyRules } from "./rules.ts";
import { batchEvents, engines, median, ratio, type Subject, takeTurns, workload } from "./workload.ts";

const batches = 10;

export async function receiveTable(rounds: number): Promise<void> {
  const bodies = workload("mix", batches);
  const judge = fast(engines(manyRules(500)));
  const parse = (body: Uint8Array) => JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  const servers: readonly (readonly [string, (body: IncomingMessage) => Promise<unknown>])[] = [
    ["chunks dropped", dropped],
    ["body collected", collected],
    ["body collected, JSON.parse", async (message) => parse(await collected(message))],
    ["body collected, judged by 500 rules", async (message) => judge([await collected(message)])],
  ];
  const closers: (() => void)[] = [];
  const subjects: Subject[] = [];
  for (const [, take] of servers) {
    const { post, close } = await served(take);
    subjects.push(async (all) => {
      for (const body of all) await post(body);
    });
    closers.push(close);
  }
  const times = await takeTurns(subjects, bodies, rounds);
  for (const close of closers) close();
  process.stdout.write("| received over HTTP, `mix` | events/s | to chunks dropped |\n|---|---|---|\n");
  for (const [at, [name]] of servers.entries()) {
    const rate = Math.round(((batches * batchEvents) / median(times[at]!)) * 1000);
    process.stdout.write(`| ${name} | ${rate} | ${ratio(times[0]!, times[at]!).toFixed(2)} |\n`);
  }
}

async function dropped(message: IncomingMessage): Promise<void> {
  message.on("data", () => undefined);
  await once(message, "end");
}

async function collected(message: IncomingMessage): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  message.on("data", (chunk: Uint8Array) => chunks.push(chunk));
  await once(message, "end");
  return Buffer.concat(chunks);
}

async function served(take: (body: IncomingMessage) => Promise<unknown>) {
  const server = createServer((message, response) => {
    take(message).then(
      () => response.end(),
      (error) => response.destroy(error),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const agent = new Agent({ keepAlive: true });
  const { port } = server.address() as AddressInfo;
  const post = async (body: Uint8Array) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      method: "POST",
      agent,
      headers: { "content-length": body.length },
    });
    asked.end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "end");
  };
  return {
    post,
    close: () => {
      agent.destroy();
      server.close();
    },
  };
}

if (import.meta.main) {
  await receiveTable(Number(process.argv[2] ?? 7));
  process.exit(0);
}
