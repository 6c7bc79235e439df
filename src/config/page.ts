/** The configuration as a reference page and as JSON Schema, both read from its schema. */
import { z } from "zod";
import { Config } from "./schema.ts";

interface Told {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Told>>;
  readonly required?: readonly string[];
  readonly items?: Told;
  readonly oneOf?: readonly Told[];
  readonly anyOf?: readonly Told[];
}

/** What editors check `tiercel.yaml` with. */
export function configJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: "tiercel.yaml", ...z.toJSONSchema(Config, { io: "input" }) };
}

export function configPage(): string {
  const { properties = {} } = z.toJSONSchema(Config, { io: "input" }) as Told;
  const plain = Object.entries(properties).filter(([, told]) => sections(told).length === 0);
  const parts = Object.entries(properties).flatMap(([name, told]) =>
    sections(told).flatMap((part) => section(name, told, part)),
  );
  return `${[
    "# Configuration",
    "",
    "Made from the schema that checks it: `npm run docs` writes this page.",
    "",
    "`tiercel serve -c tiercel.yaml` reads one YAML file; without one, every option has the default told here. An option",
    "can also come from the environment: `TIERCEL_LOG__LEVEL=debug` is `log: {level: debug}`, a list's items are numbered",
    "from 0 (`TIERCEL_CLUSTERS__0__NAME`), and `TIERCEL_…_FILE` names a file that holds the value. Flags win over the",
    "environment, which wins over the file. An unknown option is an error.",
    "",
    "`TIERCEL_BOOTSTRAP_TOKEN` (or `TIERCEL_BOOTSTRAP_TOKEN_FILE`), 16 characters or more, is an admin token of the API.",
    "`docs/reference/config.schema.json` is the same as JSON Schema; editors use it after",
    "`# yaml-language-server: $schema=…` in the file's first line.",
    "",
    "## Top level",
    "",
    ...table(plain),
    ...parts,
  ].join("\n")}\n`;
}

/** The maps of options a top-level option holds: itself, its items, or one for each type. */
function sections(told: Told): readonly Told[] {
  if (told.properties) return [told];
  const { items } = told;
  if (!items) return [];
  return items.oneOf ?? (items.properties ? [items] : []);
}

function section(name: string, told: Told, part: Told): readonly string[] {
  const type = part.properties?.type?.const;
  const title =
    part === told ? `\`${name}\`` : type === undefined ? `\`${name}[]\`` : `\`${name}[]\` with \`type: ${type}\``;
  const rows = flat(part, "");
  return [
    "",
    `## ${title}`,
    "",
    ...new Set([told.description ?? "", part.description ?? ""].filter(Boolean)),
    "",
    ...table(rows),
  ];
}

/** Options of maps within, by their dotted names. */
function flat(told: Told, before: string): readonly (readonly [string, Told])[] {
  return Object.entries(told.properties ?? {}).flatMap(([name, inner]): readonly (readonly [string, Told])[] =>
    inner.properties ? flat(inner, `${before}${name}.`) : [[before + name, inner]],
  );
}

function table(rows: readonly (readonly [string, Told])[]): readonly string[] {
  return [
    "| option | value | default | |",
    "|---|---|---|---|",
    ...rows.map(
      ([name, told]) =>
        `| \`${name}\` | ${cell(valueText(told))} | ${told.default === undefined ? "" : `\`${JSON.stringify(told.default)}\``} | ${cell(told.description ?? "")} |`,
    ),
  ];
}

function valueText(told: Told): string {
  if (told.const !== undefined) return `\`${told.const}\``;
  if (told.enum) return told.enum.map((one) => `\`${one}\``).join(", ");
  const branches = told.oneOf ?? told.anyOf;
  if (branches) return [...new Set(branches.map(valueText))].join(" or ");
  if (told.type === "array") return `list of ${told.items ? valueText(told.items) : "anything"}`;
  if (told.type === "object") return "map";
  if (told.type === "integer" || told.type === "number") {
    const most = told.maximum === undefined || told.maximum === Number.MAX_SAFE_INTEGER ? "" : ` to ${told.maximum}`;
    const least = told.exclusiveMinimum ?? told.minimum;
    const word = told.type === "integer" ? "whole number" : "number";
    return least === undefined || least === Number.MIN_SAFE_INTEGER
      ? word
      : `${word} ${told.exclusiveMinimum === undefined ? "from" : "above"} ${least}${most}`;
  }
  return told.type === "string" ? "text" : String(told.type ?? "anything");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("\n", " ");
