/** What the commands' own descriptions are made of: options that several have, examples, and how a command runs. */
import { InvalidArgumentError, Option } from "commander";
import { priorities } from "../domain/detection.ts";
import type { ExitCode } from "./io.ts";

/** Wraps a command's action, so that the tree learns its answer. */
export type Runs = <A extends readonly unknown[]>(
  run: (...args: A) => Promise<ExitCode>,
) => (...args: A) => Promise<void>;

/** What is shown under a command's help: a line of talk and a line to type each. */
export function examples(...pairs: readonly (readonly [what: string, line: string])[]): string {
  return `\nExamples:\n${pairs.map(([what, line]) => `  # ${what}\n  ${line}\n`).join("")}`;
}

export const rulesOption = (): Option =>
  repeatable(
    "-r, --rules <path>",
    "a rules file or a folder of them; repeat to load several in order (default: our own)",
  );

/** An option whose values are gathered. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);
}

/** `-o`; the first format is the default. */
export const output = (...formats: readonly string[]): Option =>
  new Option("-o, --output <format>", "how to print").choices(formats).default(formats[0]);

export const compat = (): Option =>
  new Option("--falco-compat", "Falco's own answer where we correct a defect, and its strictness with input");

/** A priority in any letter case, `info` too. */
export function priority(flags: string, description: string): Option {
  return new Option(flags, `${description}: ${priorities.join(", ")}`).argParser((text) => {
    const lower = text.toLowerCase();
    const known = priorities.find((one) => one.toLowerCase() === (lower === "info" ? "informational" : lower));
    if (known === undefined) throw new InvalidArgumentError(`It must be one of ${priorities.join(", ")}.`);
    return known;
  });
}

/** A number from 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
}
