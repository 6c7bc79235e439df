/** What we did to things that others may have done as well: kept by whoever ran the command, in files of his own. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export interface Records {
  has(what: string): Promise<boolean>;
  add(what: string): void;
  remove(what: string): void;
}

/** Below `$XDG_STATE_HOME`, one empty file for each thing done. */
export function records(distribution: string, cluster: string, env: NodeJS.ProcessEnv): Records {
  const state = env.XDG_STATE_HOME || join(env.HOME ?? homedir(), ".local", "state");
  const folder = join(state, "tiercel", "enable", `${distribution}-${encodeURIComponent(cluster)}`);
  return {
    has: async (what) => {
      try {
        readFileSync(join(folder, what));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw error;
      }
    },
    add: (what) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, what), "");
    },
    remove: (what) => rmSync(join(folder, what), { force: true }),
  };
}
