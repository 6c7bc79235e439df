/** The page of the configuration, and its JSON Schema. */
import { configJsonSchema } from "../../src/config/json-schema.ts";
import { code, opening, type Page, table } from "./page.ts";

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

export const configSchema: Page = {
  path: "docs/reference/config.schema.json",
  render: () => `${JSON.stringify(configJsonSchema(), null, 2)}\n`,
};

export const config: Page = {
  path: "docs/reference/config.md",
  render() {
    const { properties = {} } = configJsonSchema() as Told;
    const all = Object.entries(properties);
    const plain = all.filter(([, told]) => sections(told).length === 0);
    const head = `${opening("Configuration", "`src/config/schema.ts`")}
\`tiercel serve -c tiercel.yaml\` reads one YAML file, by default \`tiercel.yaml\` in the working folder where there is one.
Without a file every option has the default told here. An option can also come from the environment:
\`TIERCEL_LOG__LEVEL=debug\` is \`log: {level: debug}\`, a list's items are numbered from 0 (\`TIERCEL_CLUSTERS__0__NAME\`), and
\`TIERCEL_…_FILE\` names a file that holds the value. Flags win over the environment, which wins over the file. An unknown
option is an error. Paths are seen from the working folder.

\`TIERCEL_BOOTSTRAP_TOKEN\` (or \`TIERCEL_BOOTSTRAP_TOKEN_FILE\`), 16 characters or more, is an admin token of the API; without
it the first start makes one and keeps it in \`admin-token\` in the data folder.

[config.schema.json](config.schema.json) is the same as JSON Schema. Editors use it after
\`# yaml-language-server: $schema=config.schema.json\` in the file's first line.

## Top level

${options(plain)}`;
    return head + all.flatMap(([name, told]) => sections(told).map((part) => section(name, told, part))).join("");
  },
};

/** The maps of options a top-level option holds: itself, its items, or one for each type. */
function sections(told: Told): readonly Told[] {
  if (told.properties) return [told];
  const { items } = told;
  if (!items) return [];
  return items.oneOf ?? (items.properties ? [items] : []);
}

function section(name: string, told: Told, part: Told): string {
  const type = part.properties?.type?.const;
  const title =
    part === told ? code(name) : `${code(`${name}[]`)}${type === undefined ? "" : ` with ${code(`type: ${type}`)}`}`;
  const words = [...new Set([told.description ?? "", part.description ?? ""].filter(Boolean))].join("\n");
  return `\n## ${title}\n\n${words}\n\n${options(flat(part, ""))}`;
}

/** Options of maps within, by their dotted names. */
function flat(told: Told, before: string): readonly (readonly [string, Told])[] {
  return Object.entries(told.properties ?? {}).flatMap(([name, inner]): readonly (readonly [string, Told])[] =>
    inner.properties ? flat(inner, `${before}${name}.`) : [[before + name, inner]],
  );
}

function options(rows: readonly (readonly [string, Told])[]): string {
  return table(
    ["option", "value", "default", ""],
    rows.map(([name, told]) => [
      code(name),
      valueText(told),
      told.default === undefined ? "" : code(JSON.stringify(told.default)),
      told.description ?? "",
    ]),
  );
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
