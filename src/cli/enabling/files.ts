/** A plan as files for a repository: what it writes, where it writes it, and the script that does the rest. */
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plan } from "../../distributions/plan/contract.ts";
import { planScript } from "../../distributions/plan/script.ts";

/** Writes below `folder`; answers the paths written. A credential is not in them: its place says `<token>`. */
export function writePlan(
  plan: Plan,
  folder: string,
  token: string | undefined,
  mask: (text: string) => string,
): readonly string[] {
  const written: string[] = [];
  const put = (path: string, text: string, mode: number) => {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text, { mode });
    chmodSync(full, mode);
    written.push(full);
  };
  for (const [at, step] of plan.steps.entries()) {
    const host = step.on.via === "here" ? "" : `${step.on.name || step.on.via}/`;
    if (step.kind === "file" && step.after !== null)
      put(`${host}${step.path.replace(/^\/+/, "")}`, mask(step.after), 0o644);
    if (step.kind === "run" && step.stdin !== undefined && step.secret !== true)
      put(`${at + 1}-${step.argv[0]}.yaml`, mask(step.stdin), 0o644);
    if (step.kind === "edit" && !step.secret)
      put(`${step.what.replaceAll(/[^\w.-]+/g, "-")}.yaml`, mask(step.after), 0o644);
  }
  put("plan.sh", planScript(plan, token), 0o755);
  return written;
}
