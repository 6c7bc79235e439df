/** The world that questions about the language are asked in: one source, and fields of every type, read from plain objects. */
import type { About, ArgumentRule, Catalogue, Field, FieldType, Scalar, Value } from "../../fields/field.ts";
import { readAddress } from "../address.ts";
import { eventFields } from "../event-fields.ts";

/** The values of an event by field as written in a rule, argument and all: `t.key[/a/b]`. */
export type LanguageEvent = Readonly<Record<string, unknown>>;

/** The first event of that world. */
export const languageAbout: About = {
  num: 1n,
  time: 1_700_000_000_123_456_789n,
  source: "k8s_audit",
  hostname: "myhost",
};

const index: ArgumentRule = { accepts: "index", required: true };
const optionalIndex: ArgumentRule = { accepts: "index", required: false };
const key: ArgumentRule = { accepts: "key", required: true };
const either: ArgumentRule = { accepts: "index or key", required: false };

const table: readonly (readonly [names: string, type: FieldType, list?: boolean, argument?: ArgumentRule])[] = [
  ["t.str t.str2 t.strlong", "string"],
  ["t.num t.num2", "uint64"],
  ["t.bool t.bool2", "bool"],
  ["t.rel", "reltime"],
  ["t.abs", "abstime"],
  ["t.ip t.ip2", "ipaddr"],
  ["t.net", "ipnet"],
  ["t.strs t.strs2", "string", true],
  ["t.nums", "uint64", true],
  ["t.bools", "bool", true],
  ["t.ips", "ipaddr", true],
  ["t.nets", "ipnet", true],
  ["t.rels", "reltime", true],
  ["t.idx", "string", false, index],
  ["t.key", "string", false, key],
  ["t.opt", "string", false, either],
  ["t.optlist", "string", true, optionalIndex],
  ["ka.auditid ka.verb ka.uri ka.user.name ka.target.resource ka.target.name ka.target.namespace", "string"],
  ["ka.target.subresource ka.response.code jevt.time", "string"],
  ["ka.user.groups", "string", true],
  ["ka.req.pod.containers.image", "string", true, optionalIndex],
  ["ka.uri.param jevt.value", "string", false, key],
];

/** The fields of the source `k8s_audit` in that world. */
export const languageCatalogue: Catalogue<LanguageEvent> = new Map(
  [...eventFields<LanguageEvent>(), ...table.flatMap(fieldsOf)].map((field) => [field.name, field]),
);

function fieldsOf([names, type, list = false, argument]: (typeof table)[number]): Field<LanguageEvent>[] {
  return names.split(" ").map((name) => ({
    name,
    type,
    list,
    argument,
    doc: `A field of the type ${type}.`,
    read: (event, written) => readValue(type, event[written === undefined ? name : `${name}[${written}]`]),
  }));
}

function readValue(type: FieldType, given: unknown): Value | undefined {
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) return scalarOf(type, given);
  return given.length > 0 ? given.map((element: unknown) => scalarOf(type, element)) : undefined;
}

function scalarOf(type: FieldType, given: unknown): Scalar {
  if (type === "bool") return given === true;
  const text = String(given);
  if (type === "string") return text;
  if (type !== "ipaddr" && type !== "ipnet") return BigInt(text);
  const address = readAddress(text);
  if (!address.ok) throw new Error(address.message);
  return address.value;
}
