/** A match as Falco prints it: a line of text, or one JSON object (reference 01 §6.3, §6.4). */
import type { About } from "../fields/field.ts";
import { readable } from "./byte-string.ts";
import type { Match } from "./contract.ts";
import { clockTime, formatTime, isoTime } from "./event-fields.ts";

/** Falco's names for what may be chosen, with its defaults. */
export interface AlertOptions {
  /** Date and time in the line, rather than the time of day. Default false. */
  readonly time_format_iso_8601?: boolean;
  /** Default true. */
  readonly json_include_output_property?: boolean;
  /** Default true. */
  readonly json_include_output_fields_property?: boolean;
  /** Default true. */
  readonly json_include_tags_property?: boolean;
  /** Default false. */
  readonly json_include_message_property?: boolean;
}

/** One line, without its end: escaped like a JSON string, so that no value can break it. */
export function alertText<E>(match: Match<E>, about: About, options: AlertOptions = {}): string {
  return quoted(line(match, about, options)).slice(1, -1);
}

/** One line, without its end: an object with sorted keys and no blanks. Numbers keep all their digits. */
export function alertJson<E>(match: Match<E>, about: About, options: AlertOptions = {}): string {
  return writeJson(alertObject(match, about, options));
}

/** What `alertJson` writes; numbers are bigints. */
export function alertObject<E>(
  match: Match<E>,
  about: About,
  options: AlertOptions = {},
): Readonly<Record<string, unknown>> {
  const { rule, message, fields } = match;
  const timeField = options.time_format_iso_8601 ? "evt.time.iso8601" : "evt.time";
  const all = new Map([[timeField, about.time as unknown], ...fields]);
  return {
    hostname: about.hostname,
    ...(options.json_include_message_property && { message }),
    ...((options.json_include_output_property ?? true) && { output: line(match, about, options) }),
    ...((options.json_include_output_fields_property ?? true) && { output_fields: all }),
    priority: rule.priority,
    rule: rule.name,
    source: rule.source,
    ...((options.json_include_tags_property ?? true) && { tags: rule.tags }),
    time: formatTime(about.time),
  };
}

function line<E>({ rule, message }: Match<E>, about: About, options: AlertOptions): string {
  const time = options.time_format_iso_8601 ? isoTime(about.time) : clockTime(about.time);
  return `${time}: ${rule.priority} ${message}`;
}

/** JSON without blanks, keys sorted; maps are objects, bigints numbers. What is no UTF-8 becomes U+FFFD. */
export function writeJson(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value === "bigint" || typeof value === "boolean" || typeof value === "number") return String(value);
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return "null";
  const members: readonly (readonly [string, unknown])[] = value instanceof Map ? [...value] : Object.entries(value);
  const sorted = [...members].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${sorted.map(([key, member]) => `${quoted(key)}:${writeJson(member)}`).join(",")}}`;
}

function quoted(text: string): string {
  return JSON.stringify(readable(text));
}
