/** What may stand behind the `?` of a list: each parameter told once, read strictly, named when it is wrong. */
import { z } from "zod";
import { nearest } from "../text/nearest.ts";
import { RequestFailure } from "./failure.ts";
import { utcTime } from "./rfc3339.ts";

const time = (doc: string) =>
  z
    .string()
    .transform((text, context) => {
      const utc = utcTime(text);
      if (utc !== undefined) return utc;
      context.issues.push({ code: "custom", input: text, message: "must be an RFC 3339 time" });
      return z.NEVER;
    })
    .optional()
    .meta({ description: doc, format: "date-time", example: "2026-03-01T12:00:00Z" });

/** A set of accepted values: the parameter repeated, or values with commas between them. */
export const accepted = (doc: string) => z.array(z.string().min(1)).readonly().optional().describe(doc);

export const maxLimit = 1000;
export const defaultLimit = 100;

/** What every list takes. */
export const rangeParameters = {
  from: time("Only what happened at this time or later."),
  to: time("Only what happened before this time."),
  limit: z.int().min(1).max(maxLimit).default(defaultLimit).describe("How many items a page holds at most."),
  cursor: z.string().min(1).optional().describe("The `next` of the page before this one."),
};

const helps: Readonly<Record<string, string>> = {
  from: "write it like `2026-03-01T12:00:00Z`, or with an offset: `2026-03-01T14:00:00+02:00`",
  to: "write it like `2026-03-01T12:00:00Z`, or with an offset: `2026-03-01T14:00:00+02:00`",
  limit: `give a whole number from 1 to ${maxLimit}`,
  cursor: "pass the `next` of the page before, unchanged",
};

/** The parameters of a request, checked; throws a `RequestFailure` that names the first one that is wrong. */
export function readQuery<S extends z.ZodObject>(schema: S, parameters: URLSearchParams): z.output<S> {
  const known = Object.keys(schema.shape);
  const given: Record<string, unknown> = {};
  for (const name of new Set(parameters.keys())) {
    if (!known.includes(name)) {
      const guess = nearest(name, known);
      throw new RequestFailure(
        "invalid",
        `no parameter is called \`${name}\``,
        guess === undefined ? `there are: ${known.join(", ")}` : `did you mean \`${guess}\`?`,
      );
    }
    const values = parameters.getAll(name);
    if (isRepeatable(schema, name)) given[name] = values.flatMap(commaSeparated);
    else if (values.length > 1)
      throw new RequestFailure("invalid", `\`${name}\` is given ${values.length} times`, "give it once");
    else given[name] = name === "limit" && /^\d{1,6}$/.test(values[0] ?? "") ? Number(values[0]) : values[0];
  }
  const checked = schema.safeParse(given);
  if (checked.success) {
    refuseBackwards(given);
    return checked.data;
  }
  const [issue] = checked.error.issues;
  const name = String(issue?.path[0]);
  const value = parameters.getAll(name).join(",");
  throw new RequestFailure("invalid", `\`${name}\` ${complaint(issue, value)}`, helps[name]);
}

function isRepeatable(schema: z.ZodObject, name: string): boolean {
  let inner: unknown = schema.shape[name];
  while (inner instanceof z.ZodOptional || inner instanceof z.ZodReadonly) inner = inner.unwrap();
  return inner instanceof z.ZodArray;
}

/** `a,b` are two values; `\,` is a comma within one. */
function commaSeparated(text: string): string[] {
  return (text.match(/(?:\\,|[^,])+|^$/g) ?? [""]).map((value) => value.replaceAll("\\,", ","));
}

function complaint(issue: z.core.$ZodIssue | undefined, value: string): string {
  if (value === "") return "is empty: leave it out to accept all";
  if (issue?.code === "invalid_value") return `must be one of ${issue.values.join(", ")}; it is \`${value}\``;
  if (issue?.code === "custom") return `${issue.message}; it is \`${value}\``;
  return `cannot be \`${value}\``;
}

function refuseBackwards({ from, to }: Record<string, unknown>): void {
  if (typeof from !== "string" || typeof to !== "string") return;
  if (Date.parse(utcTime(from) ?? "") > Date.parse(utcTime(to) ?? ""))
    throw new RequestFailure("invalid", "`from` lies behind `to`", "`from` is the earlier of the two");
}
