/** What is wrong with an option, in words. */
import type { z } from "zod";
import type { Diagnostic } from "../text/diagnostic.ts";
import { nearest } from "../text/nearest.ts";

type Words = Pick<Diagnostic, "code" | "message" | "help">;

const kinds: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "`true` or `false`",
  array: "a list",
  object: "a map of options",
  null: "empty",
  undefined: "missing",
};

/** `name` is the option's own, `value` what stands there. */
export function wordsOf(issue: z.core.$ZodIssue, name: string, value: unknown): Words {
  const invalid = (message: string, help?: string): Words => ({ code: "invalid-option", message, help });
  switch (issue.code) {
    case "invalid_type":
      if (value === undefined) return { code: "missing-option", message: `\`${name}\` is missing` };
      return invalid(`\`${name}\` must be ${kinds[issue.expected] ?? issue.expected}, not ${kindOf(value)}`);
    case "invalid_value":
      return choice(name, value, issue.values.map(String));
    case "invalid_union":
      if (issue.discriminator !== undefined && "options" in issue && Array.isArray(issue.options))
        return value === undefined
          ? {
              code: "missing-option",
              message: `\`${name}\` is missing`,
              help: `it is one of: ${issue.options.join(", ")}`,
            }
          : choice(name, value, issue.options.filter((one) => one !== undefined).map(String));
      return invalid(`\`${name}\` is none of the forms it may have`);
    case "too_small":
      return invalid(
        `\`${name}\` must be ${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${unit(issue)}`,
      );
    case "too_big":
      return invalid(`\`${name}\` must be ${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${unit(issue)}`);
    default:
      return invalid(`\`${name}\` ${issue.message}`);
  }
}

export function unknownOption(key: string, there: readonly string[]): Words {
  const guess = nearest(key, there);
  return {
    code: "unknown-option",
    message: `no option is called \`${key}\``,
    help:
      guess === undefined
        ? there.length > 0
          ? `there are: ${there.join(", ")}`
          : undefined
        : `did you mean \`${guess}\`?`,
  };
}

function choice(name: string, value: unknown, values: readonly string[]): Words {
  const guess = typeof value === "string" ? nearest(value, values) : undefined;
  return {
    code: "invalid-option",
    message: `\`${name}\` must be ${values.length === 1 ? "" : "one of "}${values.map((one) => `\`${one}\``).join(", ")}`,
    help: guess === undefined ? undefined : `did you mean \`${guess}\`?`,
  };
}

function unit({ origin }: { readonly origin: string }): string {
  return origin === "string" ? " characters long" : origin === "array" ? " items long" : "";
}

function kindOf(value: unknown): string {
  if (value === null) return "empty";
  if (typeof value === "boolean") return `\`${value}\``;
  return kinds[Array.isArray(value) ? "array" : typeof value] ?? typeof value;
}
