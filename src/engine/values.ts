/** Values of fields: their types as Falco names them, their constants read, themselves printed. */

import type { FieldType, Scalar, Value } from "../fields/field.ts";
import { byteLength } from "../text/bytes.ts";
import { type Network, printAddress, type Read, readAddress, readNetwork } from "./address.ts";
import { byteString, textOfBytes } from "./byte-string.ts";
import type { Dialect } from "./contract.ts";

/** What a constant is once read. An `ipnet` field's value is an address, its constants are networks. */
export type Constant = Scalar | Network;

/** Types which operators treat alike. */
export type Kind = "string" | "numeric" | "bool" | "address" | "network";

interface TypeFacts {
  /** Falco's name, as its messages have it. */
  readonly falco: string;
  readonly kind: Kind;
  /** Falco's word for the kind, as its messages have it. */
  readonly family: "string" | "numeric" | "ip address and network";
  /** A constant as written in a condition; else Falco's message. */
  read(text: string): Read<Constant>;
}

/** Falco keeps a string constant in 256 bytes, its final NUL among them. */
const maxConstantBytes = 255;
const maxNumber = 2n ** 64n - 1n;

export const types: Readonly<Record<FieldType, TypeFacts>> = {
  string: { falco: "CHARBUF", kind: "string", family: "string", read: readText },
  uint64: { falco: "UINT64", kind: "numeric", family: "numeric", read: readNumber },
  reltime: { falco: "RELTIME", kind: "numeric", family: "numeric", read: readNumber },
  abstime: { falco: "ABSTIME", kind: "numeric", family: "numeric", read: readNumber },
  bool: { falco: "BOOL", kind: "bool", family: "numeric", read: readBoolean },
  ipaddr: { falco: "IPADDR", kind: "address", family: "ip address and network", read: readAddress },
  ipnet: { falco: "IPNET", kind: "network", family: "ip address and network", read: readNetwork },
};

function readText(text: string): Read<string> {
  if (text.includes("\0")) {
    return { ok: false, message: "filter error: filter value cannot contain a NUL byte (\\x00)" };
  }
  const used = byteLength(text) + 1;
  if (used <= maxConstantBytes + 1) return { ok: true, value: text };
  return {
    ok: false,
    message: `filter parameter too long (used=${used}, available=${maxConstantBytes + 1}):${text}`,
  };
}

/** As C's `strtoull` reads: a sign wraps round, too much becomes the most there is. */
function readNumber(text: string): Read<bigint> {
  const number = /^[ \t\n\v\f\r]*([+-]?)0*([0-9]+)$/.exec(text);
  if (!number) return { ok: false, message: `${text} is not a valid number` };
  const [, sign, digits] = number;
  const value = digits!.length > 20 ? maxNumber + 1n : BigInt(digits!);
  if (value > maxNumber) return { ok: true, value: maxNumber };
  return { ok: true, value: sign === "-" ? BigInt.asUintN(64, -value) : value };
}

function readBoolean(text: string): Read<boolean> {
  if (text === "true" || text === "false") return { ok: true, value: text === "true" };
  return { ok: false, message: `filter error: unrecognized boolean value ${text}` };
}

/** How a value shows where there is none. */
export const absent = "<NA>";

/** Falco cuts a list in text to this many bytes, which may take away what mattered (reference 02 §7, defect 10). */
const falcoListBytes = 1023;

/** `digits`: numbers are padded with zeros to as many. */
export function printScalar(type: FieldType, value: Scalar, digits = 0): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString().padStart(digits, "0");
  if (typeof value === "boolean") return value ? "true" : "false";
  return type === "ipnet" ? "<IPNET>" : printAddress(value);
}

export function printValue(
  type: FieldType,
  value: Value | undefined,
  digits = 0,
  dialect: Dialect = { falcoCompat: false },
): string {
  if (value === undefined) return absent;
  if (!isList(value)) return printScalar(type, value, digits);
  const text = `(${value.map((element) => printScalar(type, element, digits)).join(",")})`;
  return dialect.falcoCompat ? cut(text, falcoListBytes) : text;
}

/** As an alert's fields have it: numbers as bigints, addresses as texts, null for none. */
export function typedValue(type: FieldType, value: Value | undefined): unknown {
  if (value === undefined) return null;
  return isList(value) ? value.map((element) => typedScalar(type, element)) : typedScalar(type, value);
}

function typedScalar(type: FieldType, value: Scalar): string | bigint | boolean {
  return value instanceof Uint8Array ? printScalar(type, value) : value;
}

/** The first so many bytes of a text. */
export function cut(text: string, bytes: number): string {
  return byteLength(text) <= bytes ? text : textOfBytes(byteString(text).slice(0, bytes));
}

export function isList(value: Value): value is readonly Scalar[] {
  return Array.isArray(value);
}
