/** Exceptions of a rule: their checks, and the text they add to its condition (reference 01 §5). */
import { nearest } from "../text/nearest.ts";
import type { ExceptionEntry, ExceptionInfo } from "./collect.ts";
import type { Findings } from "./findings.ts";
import { problems } from "./problems.ts";
import { comparisonOperators, modifiers } from "./syntax.ts";
import { madeFor, type Piece, type Place, placeOf } from "./written.ts";

/** Whether a source has a field: it does; or it hasn't, perhaps meaning another; or something else is wrong, in Falco's words. */
export type FieldCheck =
  | "fine"
  | { readonly unknown: true; readonly guess?: string }
  | { readonly message: string; readonly help?: string };

interface CheckingWorld {
  checkField(source: string, field: string): FieldCheck;
}

const listOperators = ["in", "intersects", "pmatch"];
const stringOperators = [
  ...["==", "=", "!=", "glob", "iglob", "contains", "icontains", "bcontains"],
  ...["startswith", "bstartswith", "endswith", "regex"],
];
const modified = stringOperators.flatMap((operator) => modifiers.map((modifier) => `${operator} ${modifier}`));
const singleOperators = new Set([...listOperators, ...modified]);
const anyOperators = new Set<string>(["exists", ...comparisonOperators, ...modified]);

/** Where an entry stands. */
export const entryPlace = (entry: ExceptionEntry): Place => {
  if (entry.list) return entry.place;
  const { origin } = entry.piece;
  return "scalar" in origin ? placeOf(origin.file, origin.scalar) : origin;
};

const isGiven = (entry: ExceptionEntry | undefined): entry is ExceptionEntry =>
  entry !== undefined && (entry.list ? entry.items.length > 0 : entry.piece.text !== "");
const textOf = (entry: ExceptionEntry): string => (entry.list ? "" : entry.piece.text);

/** Operators are trimmed of blanks. */
function trimmedEntry(entry: ExceptionEntry): ExceptionEntry {
  if (entry.list) return { ...entry, items: entry.items.map(trimmedEntry) };
  const text = entry.piece.text.trim();
  return text === entry.piece.text ? entry : { list: false, piece: madeFor(entryPlace(entry), text) };
}

/**
 * The exception with its defaults, or undefined after a complaint. Where exceptions are replaced, Falco checks nothing
 * but that they can be compiled (§5.5); there only the defaults are filled in.
 */
export function checkedException(
  exception: ExceptionInfo,
  source: string | undefined,
  world: CheckingWorld,
  found: Findings,
  defaultsOnly: boolean,
): ExceptionInfo | undefined {
  const { context, place, fields } = exception;
  if (!isGiven(fields)) {
    if (defaultsOnly) return exception;
    found.add(problems.emptyFields({ context, place: fields ? entryPlace(fields) : place }, false));
    return undefined;
  }
  const at = entryPlace(fields);
  const given = isGiven(exception.comps) ? trimmedEntry(exception.comps) : undefined;
  const word = (text: string): ExceptionEntry => ({ list: false, piece: madeFor(at, text) });
  const comps: ExceptionEntry =
    given ?? (fields.list ? { list: true, items: fields.items.map(() => word("=")), place: at } : word("in"));
  const result = { ...exception, comps };
  if (defaultsOnly) return result;
  const errorsBefore = found.errors;
  if (fields.list) {
    const operators = comps.list ? comps.items : [];
    if (fields.items.length !== operators.length)
      found.add(problems.compsLength({ context, place: entryPlace(comps) }));
    for (const operator of operators) {
      const text = textOf(operator);
      if (!anyOperators.has(text))
        found.add(
          problems.unknownOperator({ context, place: entryPlace(operator) }, text, nearest(text, anyOperators)),
        );
    }
    for (const field of fields.items) checkField(exception, field, source, world, found);
  } else {
    const text = textOf(comps);
    if (comps.list) found.add(problems.compsNotText({ context, place: entryPlace(comps) }));
    else if (!singleOperators.has(text))
      found.add(problems.singleComparison({ context, place: entryPlace(comps) }, text));
    checkField(exception, fields, source, world, found);
  }
  return found.errors > errorsBefore ? undefined : result;
}

function checkField(
  { context }: ExceptionInfo,
  field: ExceptionEntry,
  source: string | undefined,
  world: CheckingWorld,
  found: Findings,
): void {
  if (source === undefined) return;
  const check = world.checkField(source, textOf(field));
  if (check === "fine") return;
  const place = entryPlace(field);
  if ("unknown" in check) found.add(problems.unknownExceptionField({ context, place }, textOf(field), check.guess));
  else {
    let outermost = context;
    while (outermost.parent) outermost = outermost.parent;
    found.add(problems.exceptionField({ context: outermost, place }, check.message, check.help));
  }
}

/** What is there, with what is appended: values of exceptions that exist, and exceptions that don't yet (§5.4). */
export function appendedExceptions(
  before: readonly ExceptionInfo[],
  added: readonly ExceptionInfo[],
  source: string | undefined,
  world: CheckingWorld,
  found: Findings,
): readonly ExceptionInfo[] {
  const result = [...before];
  for (const exception of added) {
    const { name, context, place, fields, comps, values } = exception;
    const index = result.findIndex((one) => one.name === name);
    const earlier = result[index];
    if (earlier) {
      if (isGiven(fields)) found.add(problems.appendedFields({ context, place: entryPlace(fields) }, "fields"));
      else if (isGiven(comps)) found.add(problems.appendedFields({ context, place: entryPlace(comps) }, "comps"));
      else result[index] = { ...earlier, values: [...earlier.values, ...values] };
    } else if (!isGiven(fields)) found.add(problems.emptyFields({ context, place }, true));
    else if (values.length === 0) found.add(problems.emptyValues({ context, place }));
    else {
      const checked = checkedException(exception, source, world, found, false);
      if (checked) result.push(checked);
    }
  }
  return result;
}

/** A value with a space that isn't quoted yet is put in quotes; nothing is escaped. */
const quoted = (piece: Piece, place: Place): readonly Piece[] =>
  piece.text.includes(" ") && !/^["']/.test(piece.text) ? [madeFor(place, '"'), piece, madeFor(place, '"')] : [piece];

/**
 * `(C) and not E1 and not E2 …`, or undefined after a complaint. Also tells the fields that exceptions with values name.
 */
export function withExceptions(
  condition: readonly Piece[],
  exceptions: readonly ExceptionInfo[],
  found: Findings,
): { readonly pieces: readonly Piece[]; readonly fields: ReadonlySet<string> } | undefined {
  const fields = new Set<string>();
  const first = condition[0]?.origin;
  if (exceptions.length === 0 || !first) return { pieces: condition, fields };
  const whole = "scalar" in first ? placeOf(first.file, first.scalar) : first;
  const pieces: Piece[] = [madeFor(whole, "("), ...condition, madeFor(whole, ")")];
  const errorsBefore = found.errors;
  for (const exception of exceptions) {
    const clause = exception.fields?.list
      ? listClause(exception, exception.fields.items, fields, found)
      : singleClause(exception, fields, found);
    if (clause.length > 0) pieces.push(madeFor(exception.place, " and not "), ...clause);
  }
  return found.errors > errorsBefore ? undefined : { pieces, fields };
}

function singleClause(
  { context, place, fields, comps, values }: ExceptionInfo,
  used: Set<string>,
  found: Findings,
): Piece[] {
  if (!fields || fields.list) return [];
  const pieces: Piece[] = [];
  for (const value of values) {
    if (value.list) {
      found.add(problems.nestedValue({ context, place: value.place }));
      return [];
    }
    if (pieces.length === 0) {
      const operator = comps && !comps.list ? [comps.piece] : [];
      pieces.push(madeFor(place, "("), fields.piece, madeFor(place, " "), ...operator, madeFor(place, " ("));
    } else pieces.push(madeFor(place, ", "));
    used.add(fields.piece.text);
    pieces.push(...quoted(value.piece, entryPlace(value)));
  }
  return pieces.length > 0 ? [...pieces, madeFor(place, "))")] : [];
}

function listClause(
  { context, place, comps, values }: ExceptionInfo,
  fields: readonly ExceptionEntry[],
  used: Set<string>,
  found: Findings,
): Piece[] {
  const pieces: Piece[] = [];
  for (const value of values) {
    const items = value.list ? value.items : [];
    if (items.length !== fields.length) {
      const given = value.list ? items.length : undefined;
      found.add(problems.valuesLength({ context, place: entryPlace(value) }, fields.length, given));
      return [];
    }
    const at = entryPlace(value);
    pieces.push(madeFor(at, pieces.length === 0 ? "(" : " or "), madeFor(at, "("));
    for (const [index, field] of fields.entries()) {
      const item = items[index];
      const operator = comps?.list ? comps.items[index] : undefined;
      if (!item) continue;
      if (index > 0) pieces.push(madeFor(at, " and "));
      used.add(textOf(field));
      pieces.push(madeFor(at, " "), pieceOf(field, place), madeFor(at, " "));
      if (operator) pieces.push(pieceOf(operator, place));
      pieces.push(madeFor(at, " "), ...valuePieces(item, operator ? textOf(operator) : ""));
    }
    pieces.push(madeFor(at, ")"));
  }
  return pieces.length > 0 ? [...pieces, madeFor(place, ")")] : [];
}

const pieceOf = (entry: ExceptionEntry, place: Place): Piece => (entry.list ? madeFor(place, "") : entry.piece);

function valuePieces(item: ExceptionEntry, operator: string): readonly Piece[] {
  const at = entryPlace(item);
  if (item.list) {
    const pieces: Piece[] = [madeFor(at, "(")];
    let text = false;
    for (const one of item.items) {
      if (text) pieces.push(madeFor(at, ", "));
      const parts = quoted(pieceOf(one, at), entryPlace(one));
      text ||= parts.some((part) => part.text !== "");
      pieces.push(...parts);
    }
    return [...pieces, madeFor(at, ")")];
  }
  // A list operator wants brackets, and so does one with a modifier; nothing is quoted in them.
  if (singleOperators.has(operator))
    return item.piece.text.startsWith("(") ? [item.piece] : [madeFor(at, "("), item.piece, madeFor(at, ")")];
  return quoted(item.piece, at);
}
