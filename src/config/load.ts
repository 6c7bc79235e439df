/** One file, the environment and flags in; one checked configuration out, or everything that is wrong, with its place. */
import { z } from "zod";
import type { Diagnostic, Source } from "../text/diagnostic.ts";
import { type Environment, type Schema, type Setting, settingsOf } from "./environment.ts";
import { unknownOption, wordsOf } from "./problems.ts";
import { Config } from "./schema.ts";
import { type Path, readWritten, type Written } from "./written.ts";

export interface Given {
  /** The configuration file, where there is one. */
  readonly file?: Source;
  readonly environment?: Environment;
  /** What the command line sets, given what file and environment say; it wins over both, the environment over the file. */
  readonly flags?: (value: Readonly<Record<string, unknown>>) => readonly Setting[];
  /** Reads a file that a `…_FILE` variable names; throws as `readFileSync` does. */
  readonly readFile: (path: string) => string;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Diagnostic[] };

/** Never throws for what people wrote. All mistakes at once. */
export function loadConfig({ file, environment = {}, flags = () => [], readFile }: Given): LoadedConfig {
  const written = readWritten(file ?? { name: "no file", text: "" });
  if (!("value" in written)) return { ok: false, problems: written };
  const outer = settingsOf(environment, z.toJSONSchema(Config, { io: "input" }) as Schema, readFile);
  const problems = [...outer.problems];
  const value: Record<string, unknown> = structuredClone(written.value);
  const apply = (settings: readonly Setting[]) => {
    for (const { path, value: set, origin } of settings)
      if (!place(value, path, set))
        problems.push({
          code: "invalid-option",
          message: `there is nothing to set at \`${path.join(".")}\``,
          origin,
          help: "list items are numbered from 0, without gaps",
        });
    return settings;
  };
  const settings = [...apply(outer.settings), ...apply(flags(value))];
  const checked = Config.safeParse(value);
  if (checked.success && problems.length === 0) return { ok: true, config: checked.data };
  const found = (checked.error?.issues ?? []).flatMap((issue) => diagnosticsOf(issue, value, written, settings));
  const offset = (problem: Diagnostic) => problem.place?.from ?? -1;
  return { ok: false, problems: [...problems, ...found].sort((a, b) => offset(a) - offset(b)) };
}

/** Sets a value at a path, making maps and next list items on the way. False where that cannot be. */
function place(root: Record<string, unknown>, path: Path, value: unknown): boolean {
  let at: unknown = root;
  for (const [depth, step] of path.entries()) {
    const isLast = depth === path.length - 1;
    if (Array.isArray(at) && typeof step === "number") {
      if (step > at.length) return false;
      if (isLast) at[step] = value;
      else at = at[step] ??= {};
    } else if (typeof at === "object" && at !== null && !Array.isArray(at)) {
      const map = at as Record<string, unknown>;
      if (isLast) map[step] = value;
      else at = map[step] ??= typeof path[depth + 1] === "number" ? [] : {};
    } else return false;
  }
  return true;
}

function diagnosticsOf(
  issue: z.core.$ZodIssue,
  value: unknown,
  written: Written,
  settings: readonly Setting[],
): readonly Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === "number" ? step : String(step)));
  const origin = settings.findLast((setting) => setting.path.every((step, at) => step === path[at]))?.origin;
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => ({
      ...unknownOption(key, optionsAt(path, valueAt(value, path))),
      ...(origin === undefined ? { place: written.keyPlace(path, key) } : { origin }),
    }));
  const words = wordsOf(
    issue,
    String(path.filter((step) => typeof step === "string").at(-1) ?? ""),
    valueAt(value, path),
  );
  return [{ ...words, ...(origin === undefined ? { place: written.place(path) } : { origin }) }];
}

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const step of path)
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[step] : undefined;
  return at;
}

/** The options that may stand at a path; of those told apart by `type`, the ones of the type at hand. */
function optionsAt(path: Path, value: unknown): readonly string[] {
  let schemas: readonly Schema[] = [z.toJSONSchema(Config, { io: "input" }) as Schema];
  const open = (schema: Schema): readonly Schema[] => [
    schema,
    ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(open),
  ];
  for (const step of path)
    schemas = schemas.flatMap(open).flatMap(({ properties, items }) => {
      const next = typeof step === "number" ? items : properties?.[step];
      return next ? [next] : [];
    });
  const type = typeof value === "object" && value !== null && "type" in value ? value.type : undefined;
  const fits = ({ properties }: Schema) => {
    const told = properties?.type as { readonly const?: unknown } | undefined;
    return type === undefined || told?.const === undefined || told.const === type;
  };
  return [
    ...new Set(
      schemas
        .flatMap(open)
        .filter(fits)
        .flatMap(({ properties = {} }) => Object.keys(properties)),
    ),
  ];
}
