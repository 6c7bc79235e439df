/** `tiercel rules list` and `tiercel rules describe`: which rules there are, and what is written in them. */
import { writeJson } from "../engine/alert.ts";
import { type Described, describe, type SelectionEntry } from "../engine/index.ts";
import { nearest } from "../text/nearest.ts";
import { type ExitCode, exitCodes, type Io, paint, UsageError } from "./io.ts";
import { loadedRules } from "./loaded-rules.ts";
import { readRuleFiles } from "./rule-files.ts";

export interface ListOptions {
  readonly rules?: readonly string[];
  readonly output?: "text" | "json" | "name";
  readonly selection?: readonly SelectionEntry[];
}

/** One line a rule. */
export async function list(options: ListOptions, io: Io): Promise<ExitCode> {
  const loaded = await loadedRules(readRuleFiles(options.rules ?? []), { selection: options.selection }, io);
  if (loaded === undefined) return exitCodes.invalid;
  const rules = loaded.ruleSet.rules;
  if (options.output === "name") {
    await io.stdout.write(rules.map(({ name }) => `${name}\n`).join(""));
  } else if (options.output === "json") {
    for (const { name, priority, enabled, source, tags, description } of rules) {
      await io.stdout.write(`${writeJson({ name, priority, enabled, source, tags, description })}\n`);
    }
  } else {
    const rows = rules.map(({ name, priority, enabled, tags }) => [
      name,
      priority,
      enabled ? "yes" : "no",
      tags.join(" "),
    ]);
    await io.stdout.write(table(["NAME", "PRIORITY", "ENABLED", "TAGS"], rows));
  }
  return exitCodes.fine;
}

export interface DescribeOptions {
  readonly rules?: readonly string[];
  readonly output?: "text" | "json";
}

/** All rules, macros and lists, or one rule, as `falco -L` and `-l` tell them. */
export async function describeRules(name: string | undefined, options: DescribeOptions, io: Io): Promise<ExitCode> {
  const loaded = await loadedRules(readRuleFiles(options.rules ?? []), {}, io);
  if (loaded === undefined) return exitCodes.invalid;
  const whole = describe(loaded);
  const rules = name === undefined ? whole.rules : whole.rules.filter(({ info }) => info.name === name);
  if (name !== undefined && rules.length === 0)
    throw unknownRule(
      name,
      whole.rules.map(({ info }) => String(info.name)),
    );
  if (options.output === "json") {
    await io.stdout.write(`${writeJson(name === undefined ? whole : { ...whole, rules, macros: [], lists: [] })}\n`);
  } else if (name === undefined) {
    const rows = rules.map(({ info }) => ["", ...wrapped(text(info.name), text(info.description))].join("\n"));
    await io.stdout.write(`${[...wrapped("Rule", "Description"), ...wrapped("----", "-----------")].join("\n")}\n`);
    await io.stdout.write(`${rows.join("\n")}\n`);
  } else {
    await io.stdout.write(page(rules[0]!, io));
  }
  return exitCodes.fine;
}

export function unknownRule(name: string, known: readonly string[]): UsageError {
  const guess = nearest(name, known);
  return new UsageError(
    `no rule is called \`${name}\``,
    guess === undefined ? "`tiercel rules list` shows those there are" : `did you mean \`${guess}\`?`,
  );
}

const text = (value: unknown): string => String(value ?? "");

function page({ info, details }: Described, io: Io): string {
  const { bold, dim } = paint(io.stdout, io.env);
  const words = (value: unknown): string => (Array.isArray(value) ? value.join(", ") : text(value));
  const lines = [bold(text(info.name)), text(info.description), ""];
  for (const [label, value] of [
    ["priority", info.priority],
    ["enabled", info.enabled],
    ["tags", info.tags],
    ["macros", details.macros],
    ["lists", details.lists],
    ["fields", details.condition_fields],
    ["exceptions", details.exception_names],
  ] as const) {
    if (words(value) !== "") lines.push(`${dim(label.padEnd(11))}${words(value)}`);
  }
  lines.push("", dim("condition"), text(info.condition).trim(), "", dim("output"), text(info.output).trim(), "");
  return lines.join("\n");
}

const nameWidth = 50;
const lineWidth = 110;

/** Falco's two columns. */
function wrapped(name: string, description: string): readonly string[] {
  const lines: string[] = [];
  let line = name.padEnd(nameWidth);
  for (const word of description.split(/\s+/).filter((one) => one !== "")) {
    if (line.length > nameWidth + 1 && line.length + 1 + word.length > lineWidth) {
      lines.push(line);
      line = " ".repeat(nameWidth);
    }
    line += ` ${word}`;
  }
  lines.push(line.trimEnd());
  return lines;
}

/** Columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join("  ")
          .trimEnd()}\n`,
    )
    .join("");
}
