/** Runs programs, and reads and writes files, where a step of a plan is done: here, by ssh, or within a machine or container. */
import { spawn } from "node:child_process";
import type { Answer, Place } from "../../distributions/plan/contract.ts";
import { readScript, wrapped } from "../../distributions/plan/shell.ts";

/** The program is not on PATH. */
export class Missing extends Error {
  readonly program: string;
  constructor(program: string) {
    super(`\`${program}\` is not on PATH`);
    this.program = program;
  }
}

/** The place cannot be reached, or the file not read. */
export class Unreadable extends Error {}

export interface Machine {
  /** @throws Missing where the program, or the one that leads to the place, is not there. */
  run(
    on: Place,
    argv: readonly string[],
    options?: { readonly stdin?: string; readonly secs?: number },
  ): Promise<Answer>;
  /** The file's text; null where there is none. @throws Unreadable */
  read(on: Place, path: string): Promise<string | null>;
}

/** As `timeout` of the coreutils has it. */
const timedOut = 124;

/** `env` is what the programs see; `cwd` is where relative paths start. */
export function machine({ env, cwd }: { readonly env: NodeJS.ProcessEnv; readonly cwd?: string }): Machine {
  const run: Machine["run"] = (on, argv, { stdin = "", secs = 1800 } = {}) => {
    const [program = "", ...words] = wrapped(on, argv);
    return new Promise((resolve, reject) => {
      const child = spawn(program, words, {
        env,
        ...(cwd === undefined ? {} : { cwd }),
        stdio: ["pipe", "pipe", "pipe"],
      });
      const out = { stdout: "", stderr: "" };
      child.stdout.setEncoding("utf8").on("data", (text: string) => (out.stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (out.stderr += text));
      const patience = setTimeout(() => {
        child.kill();
        // What it started may hold its outputs open for long.
        child.stdout.destroy();
        child.stderr.destroy();
        resolve({ ...out, code: timedOut, stderr: `\`${program}\` did not answer within ${secs} s` });
      }, secs * 1000);
      child.on("error", (error: NodeJS.ErrnoException) => {
        clearTimeout(patience);
        reject(error.code === "ENOENT" ? new Missing(program) : error);
      });
      child.on("close", (code, signal) => {
        clearTimeout(patience);
        resolve({ ...out, code: code ?? 1, stderr: signal === null ? out.stderr : `${out.stderr}ended by ${signal}` });
      });
      // A program may end without having read what it was sent.
      child.stdin.on("error", () => {});
      child.stdin.end(stdin);
    });
  };
  return {
    run,
    async read(on, path) {
      const { code, stdout, stderr } = await run(on, ["sh", "-c", readScript(path)], { secs: 60 });
      if (code === 44) return null;
      if (code !== 0) throw new Unreadable(stderr.trim() || `reading ${path} ended with ${code}`);
      return stdout;
    },
  };
}
