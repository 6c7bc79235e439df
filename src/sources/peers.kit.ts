/** Real servers for tests, where `test/peers/provision` has installed them. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";

const provisioned = join(import.meta.dirname, "../../test/peers/.provisioned");

/** Whether a peer is there; in the gate it must be. */
export function hasPeer(name: string): boolean {
  const is = existsSync(join(provisioned, name));
  if (!is && process.env.CI === "true") throw new Error(`the peer ${name} is not installed: run test/peers/provision`);
  if (!is) console.warn(`skipped: the peer ${name} is not installed (test/peers/provision installs it)`);
  return is;
}

export function peerPath(...path: readonly string[]): string {
  return join(provisioned, ...path);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** Starts a server and waits until it answers: a URL by HTTP, a port of 127.0.0.1 by a connection; `stop` ends it. */
export async function startPeer(
  command: string,
  args: readonly string[],
  at: string | { readonly port: number },
): Promise<{ readonly stop: () => Promise<void> }> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said = `${said}${chunk}`.slice(-4000);
  });
  for (let attempt = 0; ; attempt++) {
    if (child.exitCode !== null || attempt > 300) {
      child.kill("SIGKILL");
      throw new Error(`${command} does not answer at ${JSON.stringify(at)}: ${said}`);
    }
    if (await answers(at)) return { stop: () => ended(child) };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function answers(at: string | { readonly port: number }): Promise<boolean> {
  if (typeof at === "string") return fetch(at).then(yes, no);
  return new Promise((resolve) => {
    const socket = createConnection(at.port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

const yes = () => true;
const no = () => false;

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
