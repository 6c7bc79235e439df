/** Programs that a test starts and stops. */
import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

export interface Started {
  readonly child: ChildProcess;
  /** What it said so far, its last 200,000 characters. */
  said(): string;
  /** Undefined while it runs. */
  exitCode(): number | undefined;
  /** Resolves when it has ended; a program that does not end by SIGTERM within 10 s is killed. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export function started(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Started {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"], env });
  let text = "";
  let code: number | undefined;
  const hear = (chunk: Buffer) => {
    text = `${text}${chunk}`.slice(-200_000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const ended = new Promise<void>((resolve) => {
    child.once("close", (exit) => {
      code = exit ?? 1;
      resolve();
    });
    child.once("error", (error) => {
      text += String(error);
      code = 1;
      resolve();
    });
  });
  return {
    child,
    said: () => text,
    exitCode: () => code,
    async stop(signal = "SIGTERM") {
      if (code !== undefined) return;
      child.kill(signal);
      const kill = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(kill);
    },
  };
}

/** Asks until it is so. Throws with `why` where the bound, generous for a busy machine, is passed. */
export async function until(
  what: () => Promise<boolean> | boolean,
  why: () => string,
  withinSecs = 180,
): Promise<void> {
  const end = performance.now() + withinSecs * 1000;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`not so after ${withinSecs} s: ${why()}`);
    await sleep(100);
  }
}
