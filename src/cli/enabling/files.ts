/** Writes a plan's files into a folder. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../../distributions/plan/contract.ts";
import { planFiles } from "../../distributions/plan/plan-files.ts";

/** Writes below `folder`; answers the paths written. */
export const writePlan = (
  plan: Plan,
  folder: string,
  token: string | undefined,
  mask: (text: string) => string,
): readonly string[] =>
  planFiles(plan, token, mask).map(({ path, content, isProgram }) => {
    const full = join(folder, path);
    const mode = isProgram ? 0o755 : 0o644;
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode });
    chmodSync(full, mode);
    return full;
  });
