/** A plan as a script of POSIX shell that a person can read, and run in place of us. */
import { type Plan, placeName, type Step } from "./contract.ts";
import { commandLine, quoted, removeScript, sha256, wrapped, writeScript } from "./shell.ts";

/** The token is not in it: it comes from the environment when the script runs. */
export function planScript(plan: Plan, token: string | undefined): string {
  const head = [
    "#!/bin/sh",
    `# ${plan.action === "enable" ? "Turns auditing on" : "Turns auditing off"}: ${plan.distribution}, cluster ${plan.cluster}.`,
    ...[...plan.unseen.map((what) => `not seen: ${what}`), ...plan.notes].flatMap((note) =>
      note.split("\n").map((line) => `# ${line}`),
    ),
    "set -eu",
    ...(token === undefined ? [] : [`: "\${TIERCEL_INGEST_TOKEN:?the token that the API server sends}"`]),
    "",
  ];
  return `${[...head, ...plan.steps.map((step, at) => stepScript(step, at + 1, token))].join("\n")}\n`;
}

function stepScript(step: Step, number: number, token: string | undefined): string {
  const head = `# ${number}. ${step.title}${step.on.via === "here" ? "" : ` (${placeName(step.on)})`}${step.restarts === undefined ? "" : `. Restarts ${step.restarts.what}`}`;
  return `${head}\n${linesOf(step, token)}\n`;
}

function linesOf(step: Step, token: string | undefined): string {
  if (step.kind === "wait") return waitLines(step);
  if (step.kind === "run") return withInput(commandLine(wrapped(step.on, step.argv)), step.stdin, token);
  if (step.kind === "edit")
    return `# ${step.what}: print it, change it as told by \`--dry-run\`, and hand it to:\n# ${commandLine(step.argv)}\n${step.secret ? 'echo "change it by hand, or by tiercel itself" >&2; exit 1' : withInput(commandLine(step.argv), step.after, token)}`;
  if (step.after === null) return commandLine(wrapped(step.on, ["sh", "-c", removeScript(step)]));
  return withInput(
    commandLine(wrapped(step.on, ["sh", "-c", writeScript(step, sha256(step.after))])),
    step.after,
    token,
  );
}

function waitLines({ on, argv, expect, everySecs, withinSecs }: Extract<Step, { kind: "wait" }>): string {
  return [
    "i=0",
    `until ${commandLine(wrapped(on, argv))} | grep -Eq ${quoted(expect)}; do`,
    `  i=$((i + ${everySecs})); [ "$i" -le ${withinSecs} ] || { echo "not so after ${withinSecs} s" >&2; exit 1; }`,
    `  sleep ${everySecs}`,
    "done",
  ].join("\n");
}

/** The input as a here-document; where the token stands in it, the shell puts it in. */
function withInput(line: string, input: string | undefined, token: string | undefined): string {
  if (input === undefined) return line;
  const text = input.endsWith("\n") ? input : `${input}\n`;
  if (token === undefined || !text.includes(token)) return `${line} <<'TIERCEL_END'\n${text}TIERCEL_END`;
  const escaped = text.replace(/[\\$`]/g, "\\$&").replaceAll(token, "$" + "{TIERCEL_INGEST_TOKEN}");
  return `${line} <<TIERCEL_END\n${escaped}TIERCEL_END`;
}
