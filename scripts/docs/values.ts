/** Values and examples of the field catalogue, as a reader would write them. */

import type { Scalar, Value } from "../../src/fields/field.ts";
import type { Example } from "../../src/fields/index.ts";
import { code } from "./page.ts";

/** The example's event, and its argument where it has one. */
export function exampleText({ event, argument }: Example): string {
  const text = JSON.stringify(event);
  return argument === undefined ? text : `[${argument}] of ${text}`;
}

export function valueText(value: Value | undefined): string {
  if (value === undefined) return "no value";
  return code(Array.isArray(value) ? `(${value.map(scalarText).join(", ")})` : scalarText(value as Scalar));
}

function scalarText(value: Scalar): string {
  if (value instanceof Uint8Array) return value.length === 4 ? value.join(".") : [...value].map(hex).join("");
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
