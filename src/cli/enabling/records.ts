/** What we did to things that others may have done as well, and what we still owe: in files of whoever ran the command. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Plan, Step } from "../../distributions/plan/contract.ts";

export interface Records {
  has(what: string): Promise<boolean>;
  add(what: string): void;
  remove(what: string): void;
  /** What one of our steps took the place of; undefined where nothing is kept. */
  kept(what: string): Promise<unknown>;
  keep(what: string, value: unknown): void;
  drop(what: string): void;
  /** Steps that a run which did not end left to be done: a restart, a wait. No credential is in them. */
  owed(action: Plan["action"]): readonly Step[];
  owe(action: Plan["action"], steps: readonly Step[]): void;
}

/** Below `$XDG_STATE_HOME`, one empty file for each thing done. */
export function records(distribution: string, cluster: string, env: NodeJS.ProcessEnv): Records {
  const state = env.XDG_STATE_HOME || join(env.HOME ?? homedir(), ".local", "state");
  const folder = join(state, "tiercel", "enable", `${distribution}-${encodeURIComponent(cluster)}`);
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  };
  const write = (name: string, text: string): void => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  };
  const keptFile = (what: string) => `before-${encodeURIComponent(what)}.json`;
  const owedFile = (action: Plan["action"]) => `owed-by-${action}.json`;
  return {
    has: async (what) => read(what) !== undefined,
    add: (what) => write(what, ""),
    remove: (what) => rmSync(join(folder, what), { force: true }),
    kept: async (what) => {
      const text = read(keptFile(what));
      return text === undefined ? undefined : JSON.parse(text);
    },
    keep: (what, value) => write(keptFile(what), JSON.stringify(value)),
    drop: (what) => rmSync(join(folder, keptFile(what)), { force: true }),
    owed: (action) => JSON.parse(read(owedFile(action)) ?? "[]") as readonly Step[],
    owe(action, steps) {
      if (steps.length > 0) write(owedFile(action), JSON.stringify(steps));
      else rmSync(join(folder, owedFile(action)), { force: true });
    },
  };
}
