/** A plan as a person reads it, and as a program does. Credentials are in neither. */
import { unifiedDiff } from "../../text/unified-diff.ts";
import { type FileStep, type Plan, placeName, type RunStep, type Step } from "./contract.ts";
import { commandLine } from "./shell.ts";

/** Colours for a terminal, or none. */
export type Style = Readonly<Record<"red" | "green" | "yellow" | "cyan" | "dim" | "bold", (text: string) => string>>;

const same = (text: string): string => text;
export const plain: Style = { red: same, green: same, yellow: same, cyan: same, dim: same, bold: same };

/** Takes a token out of whatever is printed. */
export const masker =
  (token: string | undefined) =>
  (text: string): string =>
    token === undefined
      ? text
      : text.replaceAll(token, "<token>").replaceAll(JSON.stringify(token).slice(1, -1), "<token>");

export function planText(plan: Plan, mask: (text: string) => string, style: Style): string {
  const { steps, notes, unseen, distribution, cluster, action } = plan;
  const title = `${action === "enable" ? "Turn auditing on" : "Turn auditing off"}: ${distribution}, cluster ${cluster}`;
  if (steps.length === 0)
    return `${style.bold(title)}\n${action === "enable" ? "Everything is as it should be: nothing to do." : "Nothing of ours is there: nothing to do."}\n${listed(notes, "note", mask)}`;
  const parts = steps.map((step, at) => stepText(step, at + 1, mask, style));
  return `${style.bold(title)}\n\n${parts.join("\n")}\n${listed(unseen, "not seen", mask)}${listed(notes, "note", mask)}`;
}

function stepText(step: Step, number: number, mask: (text: string) => string, style: Style): string {
  const { what, detail, undo } = stepShown(step, mask);
  const [verb = "", ...rest] = what.split(" ");
  const place = step.on.via === "here" ? "" : style.dim(`  on ${placeName(step.on)}`);
  const isDiff = step.kind === "file" || step.kind === "edit";
  return `${[
    `${style.bold(`${number}. ${step.title}`)}${place}`,
    `   ${style.cyan(verb)} ${rest.join(" ")}`,
    ...(isDiff
      ? coloured(detail, style)
      : detail === ""
        ? []
        : detail.split("\n").map((line) => style.dim(`   ${line}`))),
    ...(undo === null ? [] : [style.dim(`   undone by: ${undo}`)]),
    ...(step.restarts === undefined
      ? []
      : [style.yellow(`   restarts: ${step.restarts.what}, about ${step.restarts.secs} s`)]),
  ].join("\n")}\n`;
}

/** What one step does, in words: a verb and its object, then the diff or the input. */
export function stepShown(
  step: Step,
  mask: (text: string) => string,
): { readonly what: string; readonly detail: string; readonly undo: string | null } {
  const undo = undoOf(step, mask) ?? null;
  switch (step.kind) {
    case "file":
      return {
        what: `${fileVerb(step)} ${step.path}${step.before === null ? ` (${step.mode})` : ""}`,
        detail: changeOf(step, mask),
        undo,
      };
    case "edit":
      return { what: `change ${step.what}, by: ${commandLine(step.argv)}`, detail: changeOf(step, mask), undo };
    case "wait":
      return {
        what: `wait ${mask(commandLine(step.argv))}`,
        detail: `until it says /${step.expect}/, for ${step.withinSecs} s at most`,
        undo,
      };
    case "run":
      return { what: `run ${mask(commandLine(step.argv))}`, detail: inputOf(step, mask), undo };
  }
}

function inputOf({ stdin, secret }: RunStep, mask: (text: string) => string): string {
  if (stdin === undefined) return "";
  if (secret === true) return "with a credential on its input";
  return stdin
    .trimEnd()
    .split("\n")
    .map((line) => `| ${mask(line)}`)
    .join("\n");
}

/** What a program reads: each step with its diff; texts only where they hold no credential. */
export function planData(plan: Plan, mask: (text: string) => string): object {
  return {
    ...plan,
    steps: plan.steps.map((step) => {
      const undo = undoOf(step, mask);
      const shared = {
        kind: step.kind,
        title: step.title,
        on: step.on,
        ...(step.restarts === undefined ? {} : { restarts: step.restarts }),
      };
      const told = { ...shared, ...(undo === undefined ? {} : { undo }) };
      if (step.kind === "file") {
        const { path, mode, owner, after } = step;
        return {
          ...told,
          ...{ path, action: fileVerb(step), mode },
          ...(owner === undefined ? {} : { owner }),
          content: after === null ? null : mask(after),
          diff: changeOf(step, mask),
        };
      }
      if (step.kind === "edit") return { ...told, what: step.what, command: step.argv, diff: changeOf(step, mask) };
      const command = step.argv.map(mask);
      if (step.kind === "run")
        return {
          ...told,
          command,
          ...(step.stdin === undefined || step.secret === true ? {} : { stdin: mask(step.stdin) }),
        };
      return { ...told, command, expect: step.expect, everySecs: step.everySecs, withinSecs: step.withinSecs };
    }),
  };
}

export const fileVerb = ({ before, after }: FileStep): string =>
  after === null ? "remove" : before === null ? "write" : "change";

function undoOf(step: Step, mask: (text: string) => string): string | undefined {
  if (step.kind === "run") return step.undo === undefined ? undefined : mask(commandLine(step.undo));
  if (step.kind === "wait") return undefined;
  if (step.kind === "edit") return "the text that was, by the same command";
  return step.before === null ? "removing the file" : "putting back what was, byte for byte";
}

/** Added and removed lines with a little around them; around a credential nothing. */
function changeOf(step: Pick<FileStep, "before" | "after" | "secret">, mask: (text: string) => string): string {
  if (step.secret && step.after === null) return "";
  const lines = unifiedDiff(step.before ?? "", step.after ?? "", "before", "after")
    .split("\n")
    .slice(3);
  const around = step.secret ? 0 : 3;
  const shown = lines.map(
    (line, at) => isChange(line) || lines.slice(Math.max(0, at - around), at + around + 1).some(isChange),
  );
  const kept = lines.flatMap((line, at) => (shown[at] ? [line] : shown[at - 1] ? [" ..."] : []));
  return mask(kept.join("\n").trimEnd());
}

const isChange = (line: string): boolean => line.startsWith("+") || line.startsWith("-");

const coloured = (diff: string, style: Style): readonly string[] =>
  diff === ""
    ? []
    : diff
        .split("\n")
        .map(
          (line) =>
            `   ${line.startsWith("+") ? style.green(line) : line.startsWith("-") ? style.red(line) : style.dim(line)}`,
        );

const listed = (items: readonly string[], word: string, mask: (text: string) => string): string =>
  items.map((item) => `${word}: ${mask(item)}\n`).join("");
