/** The built command, measured as its user runs it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { resolve } from "node:path";

/** Throws where it is not built. */
export function tiercel(args: readonly string[]): ChildProcess {
  if (!existsSync(resolve("dist/cli/main.js"))) throw new Error("the built command is measured: `npm run build` first");
  return spawn(resolve("bin/tiercel"), args, { stdio: ["ignore", "ignore", "ignore"] });
}

/** Asks it to end, and waits until it has. */
export async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

/** Bytes of memory it holds now, and at most so far, as the kernel tells it; 0 where it has ended or there is no /proc. */
export function memoryOf({ pid }: ChildProcess): { readonly now: number; readonly most: number } {
  let status = "";
  try {
    status = readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    // It has ended, or this system tells nothing.
  }
  const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { now: bytes("VmRSS"), most: bytes("VmHWM") };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
