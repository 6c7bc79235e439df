/** The exceptions that a rule has, as far as one must know them to add to them. */
import type { ExceptionEntry, ExceptionInfo } from "./collect.ts";
import type { Loaded } from "./load.ts";

export interface KnownException {
  readonly name: string;
  readonly fields: readonly string[];
  /** One a field. */
  readonly comps: readonly string[];
  /** Its values are lists, one value for each field; else each value stands alone. */
  readonly listed: boolean;
  /** How many values it has. */
  readonly values: number;
}

/** Of a rule as loaded, in order. */
export function exceptionsOf<E>({ collected }: Pick<Loaded<E>, "collected">, rule: string): readonly KnownException[] {
  return (collected.rules.get(rule)?.exceptions ?? []).map(known);
}

function known({ name, fields, comps, values }: ExceptionInfo): KnownException {
  const listed = fields?.list ?? false;
  const names = texts(fields);
  const operators = texts(comps);
  return {
    name,
    fields: names,
    comps: operators.length > 0 ? operators : names.map(() => (listed ? "=" : "in")),
    listed,
    values: values.length,
  };
}

function texts(entry: ExceptionEntry | undefined): readonly string[] {
  if (entry === undefined) return [];
  return entry.list ? entry.items.flatMap(texts) : [entry.piece.text.trim()];
}
