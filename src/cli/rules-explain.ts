/** `tiercel rules explain`: the condition's tree for an event, each part marked, each value shown, each absence accounted for. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { writeJson } from "../engine/alert.ts";
import { aboutEvent } from "../engine/audit-world.ts";
import { type CheckExplained, decisive, type Explanation, explainContext, explained } from "../engine/explain.ts";
import { stages } from "../fields/ground.ts";
import { eventFiles } from "./event-files.ts";
import { alertHostname, type ExitCode, exitCodes, type Io, type Paint, paint, UsageError } from "./io.ts";
import { loadedRules } from "./loaded-rules.ts";
import { readRuleFiles } from "./rule-files.ts";
import { unknownRule } from "./rules-list.ts";
import { savedEvents } from "./saved-events.ts";

export interface ExplainOptions {
  readonly rules?: readonly string[];
  readonly output?: "text" | "json";
  readonly falcoCompat?: boolean;
  /** Only the event of this number, from 1. */
  readonly event?: number;
}

export async function explain(
  name: string,
  paths: readonly string[],
  options: ExplainOptions,
  io: Io,
): Promise<ExitCode> {
  const { falcoCompat = false } = options;
  const loaded = await loadedRules(readRuleFiles(options.rules ?? []), { falcoCompat }, io);
  if (loaded === undefined) return exitCodes.invalid;
  const rule = loaded.ruleSet.rules.find((one) => one.name === name);
  if (rule === undefined)
    throw unknownRule(
      name,
      loaded.ruleSet.rules.map((one) => one.name),
    );
  const context = explainContext(loaded, falcoCompat);
  const files = eventFiles(paths.length > 0 ? paths : ["-"]);
  let num = 0n;
  let startTime: bigint | undefined;
  for await (const batch of savedEvents(files, io, { falcoCompat })) {
    for (const { part, file, line } of batch) {
      if (part.kind === "rejected") {
        await io.stderr.write(`${file}:${line}: ${part.rejected.reason}\n`);
        continue;
      }
      if (part.kind === "ignored") continue;
      const { event } = part;
      startTime ??= event.time;
      const about = aboutEvent(event, ++num, alertHostname(io), startTime);
      if (options.event !== undefined && BigInt(options.event) !== num) continue;
      const tree = explained(rule.condition, event, about, context);
      if (options.output === "json") {
        const matches = rule.test(event, about);
        await io.stdout.write(
          `${writeJson({ condition: tree, enabled: rule.enabled, event: num, file, line, matches, rule: name })}\n`,
        );
        continue;
      }
      const colours = paint(io.stdout, io.env);
      const verdict = tree.holds ? colours.green("matches") : colours.red("does not match");
      const lines = [
        `${colours.bold(name)} ${verdict} event ${num}, ${eventSummary(event)} ${colours.dim(`(${file}:${line})`)}`,
      ];
      if (!rule.enabled) lines.push(colours.yellow("the rule is disabled: it would not alert"));
      lines.push(...drawnTree(tree, colours));
      if (tree.holds) lines.push("", `${colours.dim("it says:")} ${rule.message.text(event, about).toWellFormed()}`);
      else lines.push("", ...whySilent(tree, colours));
      await io.stdout.write(`${lines.join("\n")}\n\n`);
    }
  }
  if (num === 0n) throw new UsageError("there is no audit event in what was given");
  if (options.event !== undefined && BigInt(options.event) > num) {
    throw new UsageError(`there is no event ${options.event}: there are ${num}`);
  }
  return exitCodes.fine;
}

export function eventSummary(event: AuditEvent): string {
  const said = (...path: string[]) => event.at(...path)?.text();
  const resource = [said("objectRef", "resource"), said("objectRef", "subresource")].filter(Boolean).join("/");
  const name = [said("objectRef", "namespace"), said("objectRef", "name")].filter(Boolean).join("/");
  const words = [said("user", "username"), said("verb"), resource || said("requestURI"), name, said("stage")];
  return words.filter((word) => word !== undefined && word !== "").join(" ");
}

const widest = 110;

/** Box lines and marks; a tree that was a macro's carries its name. */
function drawnTree(tree: Explanation, colours: Paint): readonly string[] {
  const lines: string[] = [];
  const draw = (node: Explanation, head: string, tail: string): void => {
    const mark = node.holds ? colours.green("✓") : colours.red("✗");
    const macro = node.macro === undefined ? "" : ` ${colours.cyan(node.macro)}`;
    if (node.kind === "check") {
      lines.push(`${head}${mark}${macro} ${cut(node.text)}${colours.dim(valuesOf(node))}`);
      return;
    }
    const word = node.kind === "and" ? "all of" : node.kind === "or" ? "any of" : "not";
    lines.push(`${head}${mark}${macro} ${colours.dim(word)}`);
    for (const [index, child] of node.children.entries()) {
      const last = index === node.children.length - 1;
      draw(child, `${tail}${last ? "└─ " : "├─ "}`, `${tail}${last ? "   " : "│  "}`);
    }
  };
  draw(tree, "", "");
  return lines;
}

const cut = (text: string): string => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);

function valuesOf({ values }: CheckExplained): string {
  return values.map((one) => `   ${said(one)}`).join("");
}

function said({ field, shown, because, existsFrom }: CheckExplained["values"][number]): string {
  if (shown !== undefined) return `${field} is ${cut(shown.toWellFormed())}`;
  if (because !== undefined) return `${field} is absent: ${because}`;
  if (existsFrom === undefined) return `${field} is absent`;
  const { level, stages: at } = existsFrom;
  return `${field} is absent; it exists from level ${level}${at.length < stages.length ? `, at ${at.join(", ")}` : ""}`;
}

/** The parts that decided, a line each; at most so many. */
const mostReasons = 8;

export function whySilent(tree: Explanation, colours: Paint): readonly string[] {
  const reasons = decisive(tree);
  const lines = reasons.slice(0, mostReasons).map(({ check, wanted }) => {
    const mark = wanted ? colours.red("✗") : colours.yellow("✓");
    const note = wanted ? "" : " holds and should not";
    return `  ${mark} ${cut(check.text)}${note}${colours.dim(valuesOf(check))}`;
  });
  if (reasons.length > mostReasons) lines.push(`  and ${reasons.length - mostReasons} more`);
  return [colours.dim("what decided:"), ...lines];
}
