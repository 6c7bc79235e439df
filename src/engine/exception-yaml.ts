/** An exception written into a rules file of the user's own, as Falco reads it; what stands there already stays as it is. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { constantText, unwritable } from "./constant-text.ts";
import type { LoadedRule } from "./contract.ts";
import { type ExceptionField, type ExceptionWarning, exceptionWarnings } from "./exception-warnings.ts";
import type { KnownException } from "./known-exceptions.ts";
import { appendedItem, type FoundException, foundExceptions, insertedValues } from "./splice-exception.ts";
import { yamlText } from "./yaml-text.ts";

export type { ExceptionField, ExceptionWarning } from "./exception-warnings.ts";

export interface ExceptionWish {
  readonly rule: Pick<LoadedRule<AuditEvent>, "name" | "condition">;
  /** Absent: one made of its fields. Where another exception of other fields has it, a number is put behind. */
  readonly name?: string;
  readonly fields: readonly ExceptionField[];
  /** The file it goes into, as it is now; an empty text for a new one. */
  readonly into: { readonly name: string; readonly text: string };
  /** The exceptions that the rule has, in whatever file: `exceptionsOf`. */
  readonly known?: readonly KnownException[];
  /** The names of all lists, which stand for their items wherever they are written; unknown, every value is quoted. */
  readonly lists?: Iterable<string>;
}

export interface WrittenException {
  /** The whole file; as it was where there is a problem. */
  readonly text: string;
  /** What was added, as an item that could stand in a file by itself. */
  readonly snippet: string;
  /** The name that it came to have. */
  readonly name: string;
  readonly warnings: readonly ExceptionWarning[];
  /** Why it cannot be written. */
  readonly problem?: ExceptionWarning;
}

export function exceptionYaml(wish: ExceptionWish): WrittenException {
  const { rule, fields, into } = wish;
  const refused = (problem: ExceptionWarning): WrittenException => ({
    text: into.text,
    snippet: "",
    name: wish.name ?? "",
    warnings: [],
    problem,
  });
  if (fields.length === 0)
    return refused({ code: "no-field", message: "the exception goes by no field", help: "choose one at least" });
  for (const { field, value } of fields)
    for (const one of [value].flat()) {
      const why = unwritable(one);
      if (why === undefined) continue;
      const message = `the value of \`${field}\` cannot be written in a rule: ${why}`;
      return refused({ code: "unwritable-value", message, help: "go by another field, or by how the value begins" });
    }
  const found = foundExceptions(into, rule.name);
  if ("problem" in found)
    return refused({
      code: "no-yaml",
      message: `${into.name} is no rules file as it stands: ${found.problem}`,
      help: "mend it first, or choose another file",
    });
  const { name, known } = named(wish, [...found.exceptions, ...(wish.known ?? [])]);
  const lists = wish.lists === undefined ? undefined : new Set(wish.lists);
  const values = valuesOf(fields, known?.listed ?? true, lists);
  const snippet = itemOf(rule.name, name, known ? undefined : fields, values);
  const warnings = [...exceptionWarnings(rule.condition, fields)];
  const here = found.exceptions.find((one) => one.name === name);
  const fresh = here ? values.filter(({ plain }) => !here.plainValues.includes(JSON.stringify(plain))) : values;
  if (fresh.length === 0) {
    const message = `the exception \`${name}\` in ${into.name} has this already`;
    return { text: into.text, snippet, name, warnings: [...warnings, { code: "there-already", message }] };
  }
  const text =
    insertedValues(into, rule.name, name, fresh) ??
    appendedItem(into, rule.name, itemOf(rule.name, name, known ? undefined : fields, fresh));
  if (text === undefined) {
    const message = `${into.name} is written in a way that nothing can be added to`;
    return refused({ code: "no-room", message, help: "choose another file" });
  }
  return { text, snippet, name, warnings };
}

/** The name with what is known of it already, or the first free one where the known one goes by other fields. */
function named({ name, fields }: ExceptionWish, all: readonly (FoundException | KnownException)[]) {
  const wanted = name ?? fields.map(({ field }) => shortName(field)).join("_and_");
  for (let number = 1; ; number++) {
    const tried = number === 1 ? wanted : `${wanted}_${number}`;
    const same = all.filter((one) => one.name === tried);
    const known = same.find((one) => one.fields.length > 0);
    if (known === undefined && same.length > 0) continue;
    if (known === undefined) return { name: tried };
    if (isSame(known, fields)) return { name: tried, known };
  }
}

const shortName = (field: string): string =>
  field
    .replace(/^(?:ka|jevt|json)\.(?:target\.|req\.)?/, "")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/_$/, "")
    .toLowerCase();

const isSame = (known: Pick<KnownException, "fields" | "comps">, fields: readonly ExceptionField[]): boolean =>
  known.fields.length === fields.length &&
  fields.every(({ field, comp }, at) => known.fields[at] === field && known.comps[at] === comp.trim());

/** A value of an exception: as YAML, and as the file's reader will find it. */
export interface WrittenValue {
  readonly yaml: string;
  readonly plain: unknown;
}

/** An exception of one field that is no list of fields takes its values one by one. */
function valuesOf(
  fields: readonly ExceptionField[],
  listed: boolean,
  lists: ReadonlySet<string> | undefined,
): readonly WrittenValue[] {
  const texts = fields.map(({ value }) =>
    typeof value === "string" ? constantText(value, lists) : value.map((one) => constantText(one, lists)),
  );
  const yaml = (text: string | readonly string[]): string =>
    typeof text === "string" ? yamlText(text) : `[${text.map(yamlText).join(", ")}]`;
  if (!listed) return texts.flat().map((text) => ({ yaml: yamlText(text), plain: text }));
  return [{ yaml: `[${texts.map(yaml).join(", ")}]`, plain: texts }];
}

/** Without fields it adds values to what the rule has. */
function itemOf(
  rule: string,
  name: string,
  fields: readonly ExceptionField[] | undefined,
  values: readonly WrittenValue[],
): string {
  const all = (texts: readonly string[]) =>
    `[${texts.map((text) => (/^==?$/.test(text) ? text : yamlText(text))).join(", ")}]`;
  return [
    `- rule: ${yamlText(rule)}`,
    "  exceptions:",
    `    - name: ${yamlText(name)}`,
    ...(fields ? [`      fields: ${all(fields.map(({ field }) => field))}`] : []),
    ...(fields ? [`      comps: ${all(fields.map(({ comp }) => comp))}`] : []),
    "      values:",
    ...values.map(({ yaml }) => `        - ${yaml}`),
    "  override:",
    "    exceptions: append",
    "",
  ].join("\n");
}
