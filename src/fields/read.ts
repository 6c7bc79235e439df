/** The rules by which fields read values out of an event (reference 02 §2). */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import type { Value } from "./field.ts";

/** An index argument; undefined for none. */
export function indexOf(argument: string | undefined): number | undefined {
  return argument === undefined ? undefined : Number(argument);
}

/** A list without elements is no value. */
export function nonEmpty<T>(values: readonly T[] | undefined): readonly T[] | undefined {
  return values === undefined || values.length === 0 ? undefined : values;
}

/** A string decoded, anything else as compact JSON text. */
export function scalarAt(...path: readonly string[]): (event: AuditEvent) => string | undefined {
  return (event) => event.at(...path)?.text();
}

/** An array's elements, each as a scalar; anything else has no value. */
export function listAt(...path: readonly string[]): (event: AuditEvent) => Value | undefined {
  return (event) =>
    nonEmpty(
      event
        .at(...path)
        ?.elements()
        .map((element) => element.text()),
    );
}

/** An array's elements, or with an index that one alone. */
export function indexedListAt(...path: readonly string[]) {
  return (event: AuditEvent, argument: string | undefined): Value | undefined => {
    const list = event.at(...path);
    if (argument === undefined) return nonEmpty(list?.elements().map((element) => element.text()));
    const element = list?.element(Number(argument));
    return element && [element.text()];
  };
}

/** A text that is there, for reading what has one meaning as a string only. */
export function stringIn(value: JsonValue | undefined): string | undefined {
  return value?.kind === "string" ? value.text() : undefined;
}

/** What a value says, null counting as nothing said. */
export function said(value: JsonValue | undefined): string | undefined {
  return value === undefined || value.kind === "null" ? undefined : value.text();
}

/** A non-negative integer that fits 64 bits. */
export function uint64In(value: JsonValue | undefined): bigint | undefined {
  const text = said(value);
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  const number = BigInt(text);
  return number < 2n ** 64n ? number : undefined;
}

/** A list of one, or the elements, of a member that should be an array. */
export function elementsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value?.kind === "object") return [value];
  return value?.elements() ?? [];
}

/** The texts of the strings among an array's elements. */
export function stringsIn(value: JsonValue | undefined): string[] {
  return (value?.elements() ?? []).flatMap((element) => stringIn(element) ?? []);
}

/**
 * Falco's walk: an array on the way is entered, at the index if there is one and else at every element, where
 * undefined stands for an element that lacks the rest of the path. Undefined where the path breaks outside of arrays.
 */
export function gather(
  from: JsonValue | undefined,
  path: readonly string[],
  index: number | undefined,
): readonly (JsonValue | undefined)[] | undefined {
  let value = from;
  for (let at = 0; at < path.length; at++) {
    if (value?.kind === "array") {
      if (index === undefined) {
        const rest = path.slice(at);
        return value.elements().flatMap((element) => gather(element, rest, index) ?? [undefined]);
      }
      value = value.element(index);
    }
    value = value?.member(path[at]!);
    if (value === undefined) return undefined;
  }
  return [value];
}
