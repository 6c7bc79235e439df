/** What stands left or right of an operator, or in a message: a field, a call, a constant, made ready to be read. */
import type { About, ArgumentRule, Catalogue, Field, Value } from "../fields/field.ts";
import { nearest } from "../text/nearest.ts";
import type { Dialect, Outcome, Problem } from "./contract.ts";
import { Shared } from "./once.ts";
import type { Call, CallList, FieldReference, Literal, Operand, Span } from "./syntax.ts";
import { combiningTransformers, type Given, simpleTransformers } from "./transformers.ts";
import { printScalar, types } from "./values.ts";

export type Reader<E> = (event: E, about: About) => Value | undefined;

export interface Reading<E> extends Given {
  /** The field's name as Falco's messages have it. */
  readonly name: string;
  readonly read: Reader<E>;
  /** The plain fields that are read, in order. */
  readonly fields: readonly PlainField<E>[];
  /** Falco counts a NUL into each transformed element of a list, which then equals no constant (reference 01 §11). */
  readonly elementsHoldNul?: boolean;
}

export interface PlainField<E> {
  readonly field: Field<E>;
  readonly reference: FieldReference;
}

/** A mistake in a node of the tree, or in a part of a template, in Falco's words; what we add to them comes in `more`. */
export function refusal(
  code: string,
  message: string,
  { span, falcoOffset }: { readonly span: Span; readonly falcoOffset?: number },
  more: Partial<Pick<Problem, "offset" | "own" | "help">> = {},
): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, message, offset: falcoOffset ?? span.from, span, ...more } };
}

/** An operand made ready; else the first mistake in it, in Falco's words. */
export function planOperand<E>(
  operand: Operand | Literal | CallList,
  catalogue: Catalogue<E>,
  dialect: Dialect,
): Outcome<Reading<E>> {
  switch (operand.kind) {
    case "field":
      return planField(operand, catalogue);
    case "literal":
      return { ok: true, value: constantReading("string", operand.value) };
    case "call-list":
      return planList(operand, catalogue, dialect);
    case "call":
      return planCall(operand, catalogue, dialect);
  }
}

/** Falco's name for whatever is no field. */
const nameless = "NA";

function constantReading<E>(type: "string", constant: string): Reading<E> {
  return { name: nameless, type, list: false, constant, read: () => constant, fields: [] };
}

function planField<E>(reference: FieldReference, catalogue: Catalogue<E>): Outcome<Reading<E>> {
  const { name, argument } = reference;
  const field = catalogue.get(name);
  const full = argument === undefined ? name : `${name}[${argument}]`;
  const problem = field ? argumentProblem(name, argument, field.argument) : nonexistent;
  if (!field || problem === nonexistent) {
    const message = `filter_check called with nonexistent field ${full}`;
    const guess = field ? undefined : nearest(name, catalogue.keys());
    const own = field ? `\`${name}\` cannot have this argument` : `no field is called \`${name}\``;
    return refusal("unknown-field", message, reference, { own, help: guess && `did you mean \`${guess}\`?` });
  }
  if (problem !== undefined) return refusal("field-argument", problem, reference, { help: argumentHelp(field) });
  const { type, list, digits } = field;
  const fields = [{ field, reference }];
  return { ok: true, value: { name, type, list, digits, read: readerOf(field, argument), fields } };
}

function argumentHelp<E>({ name, argument }: Field<E>): string {
  if (!argument) return `write \`${name}\` without brackets`;
  return `write \`${name}[${argument.accepts === "index" ? "0" : "key"}]\`, without blanks or brackets inside`;
}

const nonexistent = Symbol("nonexistent");

/**
 * What is wrong with a field's argument. Falco joins name and argument to one text and parses that again up to the
 * first blank, from which come the refusals of blanks and brackets.
 */
function argumentProblem(
  name: string,
  argument: string | undefined,
  rule: ArgumentRule | undefined,
): string | typeof nonexistent | undefined {
  if (argument === undefined) {
    return rule?.required ? `filter '${name}': ${name} requires an argument but none provided` : undefined;
  }
  // Falco's own fields, unlike those of plugins, are only known by their bare name.
  if (!rule && name.startsWith("evt.")) return nonexistent;
  const full = `${name}[${argument}]`;
  const read = full.split(" ", 1)[0]!;
  const close = read.indexOf("]", name.length);
  if (close < 0) return `filter '${read}': ${name} has unbalanced argument brackets`;
  const text = read.slice(name.length + 1, close);
  if (!rule) return `filter '${read}': ${name} does not allow nor require an argument but one is provided: ${text}`;
  if (rule.accepts === "index") {
    const invalid = `filter ${read} ${name} has an invalid index argument`;
    if (text === "" || (text.startsWith("0") && text !== "0")) return `${invalid} starting with 0: ${text}`;
    if (!/^[0-9]+$/.test(text)) return `${invalid} not composed only by digits: ${text}`;
    if (text.length > 20 || BigInt(text) >= 2n ** 64n) return `${invalid} not representable on 64 bit: ${text}`;
  }
  return close + 1 === full.length ? undefined : nonexistent;
}

const readers = new Shared();

/** One reader for each field and argument, so that all rules together read a value once. */
function readerOf<E>(field: Field<E>, argument: string | undefined): Reader<E> {
  const words = argument === undefined ? "" : `[${argument}]`;
  return readers.question(field, words, (event: E, about) => field.read(event, argument, about));
}

/** A list written out: its values as texts, those of list fields among them. Absent as soon as one of them is. */
function planList<E>({ items }: CallList, catalogue: Catalogue<E>, dialect: Dialect): Outcome<Reading<E>> {
  const readings: Reading<E>[] = [];
  for (const item of items) {
    const reading = planOperand(item, catalogue, dialect);
    if (!reading.ok) return reading;
    readings.push(reading.value);
  }
  const combined = combine(readings, (values) =>
    values.flatMap((value, i) => {
      const { type, digits } = readings[i]!;
      const elements = Array.isArray(value) ? value : [value];
      return elements.map((element) => printScalar(type, element, digits));
    }),
  );
  return { ok: true, value: { name: nameless, type: "string", list: true, written: true, ...combined } };
}

function planCall<E>(call: Call, catalogue: Catalogue<E>, dialect: Dialect): Outcome<Reading<E>> {
  const { name, args, argument } = call;
  const single = args.length === 1;
  const simple = simpleTransformers[name];
  if (single && simple && argument !== undefined) {
    return refusal(
      "transformer-argument",
      `filter error: transformer '${name}' does not support field arguments`,
      call,
    );
  }
  const readings: Reading<E>[] = [];
  for (const arg of args) {
    const reading = planOperand(arg, catalogue, dialect);
    if (!reading.ok) return reading;
    readings.push(reading.value);
  }
  const [first] = readings;
  if (single && first) {
    if (!simple) return refusal("transformer-arguments", `unknown field transfomer '${name}'`, call);
    if (name === "val") return { ok: true, value: first };
    const shape = simple.shape(first);
    if (!shape) return refusal("transformer-type", unsupported(first, name), call);
    const applied = combine(readings, ([value]) => simple.apply(value!));
    const elementsHoldNul = dialect.falcoCompat && shape.list;
    return { ok: true, value: { name: first.name, ...shape, call: name, ...applied, elementsHoldNul } };
  }
  const combining = combiningTransformers[name];
  if (!combining) {
    return refusal("transformer-arguments", "unknown multivalue transformer", call, {
      own: `\`${name}\` takes one argument`,
    });
  }
  const plan = combining.plan(readings, argument, dialect);
  if (typeof plan === "string") return refusal("transformer-arguments", plan, call);
  const { type, list } = plan;
  return { ok: true, value: { name: nameless, type, list, call: name, ...combine(readings, plan.apply) } };
}

function unsupported({ type, list, name }: Given & { readonly name: string }, transformer: string): string {
  const where = `applied on ${list ? "list " : ""}field '${name}'`;
  return `can't add field transformer: type '${types[type].falco}' is not supported by '${transformer}' transformer ${where}`;
}

/** The value made of others, all of which must be there; made now where all are known now. */
function combine<E>(
  readings: readonly Reading<E>[],
  apply: (values: readonly Value[]) => Value | undefined,
): Pick<Reading<E>, "read" | "constant" | "fields"> {
  const fields = readings.flatMap((reading) => reading.fields);
  if (readings.every(({ constant }) => constant !== undefined)) {
    const constant = apply(readings.map((reading) => reading.constant!));
    return { read: () => constant, constant, fields };
  }
  return {
    fields,
    read: (event, about) => {
      const values: Value[] = [];
      for (const reading of readings) {
        const value = reading.read(event, about);
        if (value === undefined) return;
        values.push(value);
      }
      return apply(values);
    },
  };
}
