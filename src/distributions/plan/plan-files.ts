/** A plan's files, for a repository or a download: what it writes and applies, and the script that does the rest. */
import type { Plan } from "./contract.ts";
import { planScript } from "./script.ts";

export interface PlanFile {
  /** Below the folder they are written to: `cp1/etc/kubernetes/…`. */
  readonly path: string;
  readonly doc: string;
  readonly content: string;
  /** It has a place for the token: `<token>`. */
  readonly secret: boolean;
  readonly isProgram: boolean;
}

/** A credential is not in them: its place says `<token>`. What hosts have in common with others is not told twice. */
export function planFiles(plan: Plan, token: string | undefined, mask: (text: string) => string): readonly PlanFile[] {
  const file = (path: string, doc: string, text: string): PlanFile => {
    const content = mask(text);
    return { path, doc, content, secret: content.includes("<token>"), isProgram: false };
  };
  const files = plan.steps.flatMap((step, at): readonly PlanFile[] => {
    const host = step.on.via === "here" ? "" : `${step.on.name || step.on.via}/`;
    if (step.kind === "file" && step.after !== null)
      return [file(`${host}${step.path.replace(/^\/+/, "")}`, step.title, step.after)];
    if (step.kind === "run" && step.stdin !== undefined && step.secret !== true)
      return [file(`${at + 1}-${step.argv[0]}.yaml`, step.title, step.stdin)];
    if (step.kind === "edit" && !step.secret)
      return [file(`${step.what.replaceAll(/[^\w.-]+/g, "-")}.yaml`, step.title, step.after)];
    return [];
  });
  return [
    ...files,
    {
      path: "plan.sh",
      doc: "All of it as a script, to read and to run in place of tiercel",
      content: planScript(plan, token),
      secret: false,
      isProgram: true,
    },
  ];
}
