/** What Falco prints of a file it has validated: as text, as a summary, as JSON (reference 01 §1.17). */
import { fromBytes, toBytes } from "../text/bytes.ts";
import type { Context, FalcoSide, FileContext, Finding } from "./findings.ts";
import { type ErrorCode, errorCodes, type WarningCode, warningCodes } from "./result-codes.ts";
import type { SchemaCheck } from "./schema-check.ts";

/** Plain JSON, to be written out by whoever prints. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One file that was loaded as Falco loads it. */
export interface FileResult {
  readonly name: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly schema: SchemaCheck;
}

/** One place, as Falco prints it: lines and columns from 0 in the file, offsets in bytes. */
export interface Location {
  readonly type: Context["type"];
  readonly name: string;
  readonly position: { readonly name: string; readonly line: number; readonly column: number; readonly offset: number };
}

/** An error or warning as Falco has it. */
export interface FalcoMessage {
  readonly code: ErrorCode | WarningCode;
  readonly message: string;
  readonly locations: readonly Location[];
}

const side = ({ falco }: Finding): readonly FalcoSide[] => (falco ? [falco] : []);
const errorsOf = ({ findings }: FileResult) => findings.filter(({ severity }) => severity === "error").flatMap(side);
const warningsOf = ({ findings }: FileResult) =>
  findings.filter(({ severity }) => severity === "warning").flatMap(side);

const asMessage = (falco: FalcoSide): FalcoMessage => ({
  code: falco.code,
  message: falco.message,
  locations: locationsOf(falco.context),
});
export const falcoErrors = (result: FileResult): readonly FalcoMessage[] => errorsOf(result).map(asMessage);
export const falcoWarnings = (result: FileResult): readonly FalcoMessage[] => warningsOf(result).map(asMessage);

/** The chain of places, outermost first. */
export function locationsOf(context: Context): readonly Location[] {
  if (context.type !== "condition expression") {
    const { type, name, file } = context;
    const outer = context.parent ? locationsOf(context.parent) : [];
    return [...outer, { type, name, position: { name: file.name, ...positionIn(context) } }];
  }
  const { type, condition, parser, parent } = context;
  const before = positionIn(parent);
  const position = {
    name: conditionName(condition),
    line: before.line + parser.line,
    column: before.column + parser.column,
    offset: before.offset + parser.offset,
  };
  return [...locationsOf(parent), { type, name: "", position }];
}

const positionIn = ({ file, at, parent }: FileContext) =>
  parent ? file.position(at) : { line: 0, column: 0, offset: 0 };

/** A condition is known by its first 20 bytes. */
function conditionName(condition: string): string {
  const bytes = toBytes(condition);
  const name = bytes.length > 20 ? `${fromBytes(bytes.subarray(0, 17))}...` : condition;
  return `"${name.replaceAll(/[\r\n]/g, " ")}"`;
}

const lineFeed = 10;
const reach = 80;

/** The line a place is in, and a mark under it. For a condition the place's offset is the file's, so mostly at its end. */
function snippet({ context }: FalcoSide, files: ReadonlyMap<string, string>): string {
  const last = locationsOf(context).at(-1);
  const isCondition = context.type === "condition expression" && context.condition !== "";
  const content = isCondition ? context.condition : files.get(last?.position.name ?? "");
  if (content === undefined) return `<No context for file + ${last?.position.name ?? ""}>\n`;
  const bytes = toBytes(content);
  let at = Math.max(0, last?.position.offset ?? 0);
  while (at > 0 && (at >= bytes.length || bytes[at] === lineFeed)) at--;
  let from = at;
  while (from > 0 && bytes[from] !== lineFeed && at - from < reach) from--;
  let to = at;
  while (to < bytes.length - 1 && bytes[to] !== lineFeed && to - at < reach) to++;
  if (bytes[from] === lineFeed) from++;
  if (bytes[to] === lineFeed) to--;
  if (to < from) return "<No context available>\n";
  const cut = bytes.slice(from, to + 1);
  if (at - from >= reach) cut.fill(46, 0, 3);
  if (to - at >= reach) cut.fill(46, -3);
  return `${fromBytes(cut)}\n${" ".repeat(Math.max(0, at - from))}^\n`;
}

const shortText = (code: ErrorCode | WarningCode): string =>
  code in errorCodes ? errorCodes[code as ErrorCode].short : warningCodes[code as WarningCode].short;
const longText = (code: ErrorCode | WarningCode): string =>
  code in errorCodes ? errorCodes[code as ErrorCode].long : warningCodes[code as WarningCode].long;
const named = (code: ErrorCode | WarningCode): string => `${code} (${shortText(code)})`;

/** `contents`: the texts of all files, by name, for a place may be in an earlier one. */
type Contents = ReadonlyMap<string, string>;

export const contentsOf = (results: readonly FileResult[]): Contents =>
  new Map(results.map(({ name, text }) => [name, text]));

function headline(result: FileResult): string {
  if (errorsOf(result).length > 0) return `${result.name}: Invalid`;
  return `${result.name}: Ok${warningsOf(result).length > 0 ? ", with warnings" : ""}`;
}

/** The long form. */
export function reportText(result: FileResult, contents: Contents = contentsOf([result])): string {
  const parts = [`${headline(result)}\n`];
  const { messages } = result.schema;
  if (messages.length > 0) {
    const lines = messages.map((message) => `------\n${message}\n`).join("");
    parts.push(`${messages.length} Schema warnings:\n${lines}------\n`);
  }
  for (const [told, what] of [
    [errorsOf(result), "Errors"],
    [warningsOf(result), "Warnings"],
  ] as const)
    if (told.length > 0)
      parts.push(`${told.length} ${what}:\n${told.map((one) => messageText(one, contents)).join("")}`);
  // The first line and what follows it make one part; the others have a blank line before them.
  const [first = "", second, ...others] = parts;
  if (second === undefined) return first.slice(0, -1);
  return first + [second, ...others].join("\n");
}

function messageText(one: FalcoSide, contents: Contents): string {
  const places = locationsOf(one.context).map(({ type, name, position }, index) => {
    const label = name === "" ? type : `${type} '${name}'`;
    return `${index === 0 ? "In " : "    "}${label}: (${position.name}:${position.line}:${position.column})\n`;
  });
  return `${places.join("")}------\n${snippet(one, contents)}------\n${named(one.code)}: ${one.message}\n`;
}

/** The short form. */
export function reportSummary(result: FileResult): string {
  const { messages } = result.schema;
  const [errors, warnings] = [errorsOf(result), warningsOf(result)];
  const lines = [headline(result)];
  if (messages.length > 0) lines.push(` ${messages.length} schema warnings: [${messages.join(" ")}]`);
  for (const [told, what] of [
    [errors, "errors"],
    [warnings, "warnings"],
  ] as const)
    if (told.length > 0) lines.push(` ${told.length} ${what}: [${told.map(({ code }) => named(code)).join(" ")}]`);
  return lines.join("\n");
}

/** The JSON form; keys are sorted, as Falco writes them. */
export function reportJson(result: FileResult, contents: Contents = contentsOf([result])): Json {
  const { name, schema } = result;
  const errors = errorsOf(result);
  const told = (one: FalcoSide): Json => ({
    code: one.code,
    codedesc: longText(one.code),
    context: { locations: locationsOf(one.context).map(locationJson), snippet: snippet(one, contents) },
    ...(one.deprecatedField === undefined ? {} : { deprecated_field: one.deprecatedField }),
    message: one.message,
  });
  return {
    errors: errors.map(told),
    name,
    ...(schema.status === "none"
      ? {}
      : { schema_valid: schema.status === "ok", schema_warnings: [...schema.messages] }),
    successful: errors.length === 0,
    warnings: warningsOf(result).map(told),
  };
}

const locationJson = ({ type, name, position }: Location): Json => ({
  item_name: name,
  item_type: type,
  position: { column: position.column, line: position.line, name: position.name, offset: position.offset },
});
