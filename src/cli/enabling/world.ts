/** What a plan is made of: the state of hosts and clusters, looked at through their own programs. */
import { homedir } from "node:os";
import { type Answer, CannotSee, here, type Place, placeName, type World } from "../../distributions/plan/contract.ts";
import { originalScript, sha256 } from "../../distributions/plan/shell.ts";
import { reasonOf, remedyOf } from "../../distributions/plan/things.ts";
import { type Machine, Missing } from "./machine.ts";
import type { Records } from "./records.ts";

export interface LookedAt extends World {
  readonly unseen: readonly string[];
}

/** A dry run goes on where something cannot be seen, and says so. */
export function lookingAt(
  machine: Machine,
  records: Records,
  { dry, env }: { readonly dry: boolean; readonly env: NodeJS.ProcessEnv },
): LookedAt {
  const unseen = new Set<string>();
  const assume = (what: string, help: string): void => {
    if (!dry) throw new CannotSee(`cannot see ${what}`, help);
    unseen.add(what);
  };
  const attempt = async (argv: readonly string[], on: Place): Promise<Answer | Missing> => {
    try {
      return await machine.run(on, argv, { secs: 60 });
    } catch (error) {
      if (error instanceof Missing) return error;
      throw error;
    }
  };
  return {
    get unseen() {
      return [...unseen];
    },
    home: env.MINIKUBE_HOME ?? env.HOME ?? homedir(),
    assume,
    recorded: records.has,
    kept: records.kept,
    async ask(argv, assumed, on = here) {
      const answer = await attempt(argv, on);
      if (answer instanceof Missing) {
        assume(`\`${argv.join(" ")}\`: ${answer.message}`, `install ${answer.program}, or put it on PATH`);
        return assumed;
      }
      if (answer.code === 0) return answer.stdout;
      assume(`\`${argv.join(" ")}\`: ${reasonOf(answer)}`, remedyOf(argv[0] ?? "", answer));
      return assumed;
    },
    async try(argv, on = here) {
      const answer = await attempt(argv, on);
      if (!(answer instanceof Missing)) return answer;
      if (dry || argv[0] === "kubectl") return undefined;
      throw new CannotSee(answer.message, `install ${answer.program}, or put it on PATH`);
    },
    async read(on, path) {
      try {
        return await machine.read(on, path);
      } catch (error) {
        assume(
          `${path} on ${placeName(on)}: ${firstLine(error instanceof Error ? error.message : String(error))}`,
          on.via === "here"
            ? "run it as root"
            : "see that the host can be reached without a password, and that sudo works there",
        );
        return null;
      }
    },
    async original(on, path, current) {
      const answer = await attempt(["sh", "-c", originalScript(path)], on);
      if (answer instanceof Missing || answer.code !== 0) return null;
      const newline = answer.stdout.indexOf("\n");
      return answer.stdout.slice(0, newline) === sha256(current) ? answer.stdout.slice(newline + 1) : null;
    },
  };
}

export const firstLine = (text: string): string => text.trim().split("\n")[0] ?? "";
