/** Options out of the environment: `TIERCEL_LOG__LEVEL=debug` is `log: {level: debug}`. */
import { parse } from "yaml";
import type { Diagnostic } from "../text/diagnostic.ts";
import { nearest } from "../text/nearest.ts";
import type { Path } from "./written.ts";

/** One option from outside the file. */
export interface Setting {
  readonly path: Path;
  readonly value: unknown;
  /** What set it, as a person would look for it: `TIERCEL_LOG__LEVEL`, `--listen`. */
  readonly origin: string;
}

/** A JSON Schema, as far as it is walked here. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "TIERCEL_";

/**
 * Variables with `__` in their name, and those that name an option of the top level, are options. Others are let
 * be: Kubernetes itself sets TIERCEL_PORT and its like where a service is called `tiercel`. Where `X` is an option,
 * `X_FILE` names a file that holds its value.
 */
export function settingsOf(
  environment: Environment,
  schema: Schema,
  readFile: (path: string) => string,
): { readonly settings: readonly Setting[]; readonly problems: readonly Diagnostic[] } {
  const settings: Setting[] = [];
  const problems: Diagnostic[] = [];
  for (const [name, text] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith(prefix) || text === undefined) continue;
    const path = name.slice(prefix.length).toLowerCase().split("__");
    const own = optionAt(schema, path);
    const filePath = path.map((step, at) => (at === path.length - 1 ? step.replace(/_file$/, "") : step));
    const isFile = "unknown" in own && path.at(-1)?.endsWith("_file") === true;
    const found = isFile ? optionAt(schema, filePath) : own;
    if ("unknown" in found) {
      if (path.length > 1) problems.push(unknownVariable(name, "unknown" in own ? own : found));
      continue;
    }
    const value = isFile ? contentOf(text, name, readFile, problems) : text;
    if (value === undefined) continue;
    const steps = (isFile ? filePath : path).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    settings.push({ path: steps, value: typed(value, found.schemas), origin: name });
  }
  return { settings, problems };
}

interface Unknown {
  readonly unknown: string;
  readonly before: readonly string[];
  readonly there: readonly string[];
}

/** The schemas that may hold at a path; or its first step that is no option, and what there is instead. */
function optionAt(root: Schema, path: readonly string[]): { readonly schemas: readonly Schema[] } | Unknown {
  let schemas = alternatives(root);
  for (const [at, step] of path.entries()) {
    const next = schemas.flatMap(({ properties, items }) => {
      const found =
        /^\d{1,4}$/.test(step) && items ? items : Object.hasOwn(properties ?? {}, step) && properties?.[step];
      return found ? alternatives(found) : [];
    });
    if (next.length === 0) {
      const there = schemas.flatMap(({ properties = {}, items }) => [
        ...Object.keys(properties),
        ...(items ? ["0"] : []),
      ]);
      return { unknown: step, before: path.slice(0, at), there: [...new Set(there)] };
    }
    schemas = next;
  }
  return { schemas };
}

function alternatives(schema: Schema): readonly Schema[] {
  return [schema, ...[...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].flatMap(alternatives)];
}

function unknownVariable(name: string, { unknown, before, there }: Unknown): Diagnostic {
  const guess = nearest(unknown, there);
  const spelled = (step: string) => prefix + [...before, step].join("__").toUpperCase();
  return {
    code: "unknown-option",
    message: `no option is called \`${[...before, unknown].join(".")}\``,
    origin: name,
    help:
      guess === undefined
        ? there.length > 0
          ? `there are: ${there.join(", ")}`
          : undefined
        : `did you mean \`${spelled(guess)}\`?`,
  };
}

function contentOf(path: string, name: string, readFile: (path: string) => string, problems: Diagnostic[]) {
  try {
    return readFile(path).replace(/\r?\n$/, "");
  } catch (error) {
    const why = error instanceof Error && "code" in error ? String(error.code) : String(error);
    problems.push({ code: "unreadable-file", message: `cannot read \`${path}\`: ${why}`, origin: name });
    return undefined;
  }
}

/** What is text stays as it is; numbers, booleans, lists and maps are written as YAML. */
function typed(text: string, schemas: readonly Schema[]): unknown {
  const types = schemas.flatMap(({ type = [] }) => type);
  if (types.includes("string") || types.length === 0) return text;
  try {
    return parse(text, { prettyErrors: false, maxAliasCount: 0 });
  } catch (error) {
    // What is no YAML is no number either: the schema says so in its own words.
    if (error instanceof Error) return text;
    throw error;
  }
}
