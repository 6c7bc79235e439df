/** A sender of batches in a process of its own, so that a server is measured without its clients. */
import { type ChildProcess, fork } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { fresh } from "./fresh.ts";
import { workload } from "./workload.ts";

export interface Order {
  readonly port: number;
  /** So many batches, one after the other on each of so many connections. */
  readonly batches: number;
  readonly connections: number;
  /** Milliseconds from one batch to the next on each connection; absent: as fast as they are answered. */
  readonly everyMillis?: number;
}

export interface Sent {
  /** From the first byte to the last answer. */
  readonly millis: number;
  /** Milliseconds each batch waited for its answer. */
  readonly waits: readonly number[];
  /** Answers other than 200. */
  readonly refused: number;
}

export interface Load {
  send(order: Order): Promise<Sent>;
  stop(): void;
}

/** Batches of 400 events of a mix, made of ten in turn, no event of them twice. */
export async function startLoad(mix: string): Promise<Load> {
  const child = fork(fileURLToPath(import.meta.url), [mix], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  await answered(child);
  return {
    async send(order) {
      child.send(order);
      return (await answered(child)) as Sent;
    },
    stop: () => void child.kill(),
  };
}

async function answered(child: ChildProcess): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const ended = () => reject(new Error("the sender ended"));
  child.once("message", resolve).once("exit", ended);
  try {
    return await promise;
  } finally {
    child.off("exit", ended);
  }
}

const path = "/k8s_audit/bench";
const headEnd = Buffer.from("\r\n\r\n");

function sender(mix: string): (order: Order) => Promise<Sent> {
  const bodies = workload(mix, 10);
  const idle = new Map<number, Socket[]>();
  // Begins anywhere, so that another sender does not send the same.
  let nth = randomInt(2 ** 34);
  return async ({ port, batches, connections, everyMillis }) => {
    const waits: number[] = [];
    let refused = 0;
    let left = batches;
    const sockets = (idle.get(port) ?? []).filter(({ destroyed }) => !destroyed);
    idle.set(port, sockets);
    while (sockets.length < connections) sockets.push(await connected(port));
    const began = performance.now();
    await Promise.all(
      sockets.slice(0, connections).map(async (socket, at) => {
        const memory = Buffer.allocUnsafeSlow(Math.max(...bodies.map(({ length }) => length)));
        const start = began + ((everyMillis ?? 0) * at) / connections;
        for (let turn = 0; left > 0; turn++) {
          left--;
          if (everyMillis !== undefined) await until(start + turn * everyMillis);
          const sent = performance.now();
          if ((await posted(socket, fresh(bodies[nth % bodies.length]!, nth++, memory))) !== 200) refused++;
          waits.push(performance.now() - sent);
        }
      }),
    );
    return { millis: performance.now() - began, waits, refused };
  };
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}

async function until(time: number): Promise<void> {
  const wait = time - performance.now();
  if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
}

/** The status of the answer. */
function posted(socket: Socket, body: Uint8Array): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let answer: Buffer = Buffer.alloc(0);
  const take = (chunk: Buffer) => {
    answer = answer.length === 0 ? chunk : Buffer.concat([answer, chunk]);
    const end = answer.indexOf(headEnd);
    if (end < 0) return;
    const head = answer.toString("latin1", 0, end);
    const [, length = "0"] = /content-length: (\d+)/i.exec(head) ?? [];
    if (answer.length < end + headEnd.length + Number(length)) return;
    done();
    resolve(Number(head.slice(9, 12)));
  };
  const broken = () => {
    done();
    reject(new Error("the server hung up"));
  };
  const done = () => socket.off("data", take).off("close", broken);
  socket.on("data", take).on("close", broken);
  socket.cork();
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`,
  );
  socket.write(body);
  socket.uncork();
  return promise;
}

if (import.meta.main && process.send !== undefined) {
  const send = sender(process.argv[2] ?? "mix");
  process.on("message", (order: Order) => {
    send(order).then((sent) => process.send?.(sent));
  });
  process.on("disconnect", () => process.exit(0));
  process.send({});
}
