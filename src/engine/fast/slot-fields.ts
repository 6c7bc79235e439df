/** Fields whose value depends on one part of an event alone, so that what a rule makes of it can be kept by that part's bytes. */

import { type SlotPath, slotOf } from "../../domain/scan/index.ts";
import type { Condition, Operand } from "../syntax.ts";

/**
 * Each reads the place told and, beside it, only whether there is an auditID; the tests compare that with what the field
 * does read. Parts that are different in nearly every event, such as names and URIs, are not here: keeping them gains nothing.
 */
export const slotFields: ReadonlyMap<string, SlotPath> = new Map<string, SlotPath>([
  ["ka.verb", "verb"],
  ["ka.stage", "stage"],
  ["ka.level", "level"],
  ["ka.target.resource", "objectRef/resource"],
  ["ka.target.subresource", "objectRef/subresource"],
  ["ka.target.namespace", "objectRef/namespace"],
  ["ka.target.apigroup", "objectRef/apiGroup"],
  ["ka.target.apiversion", "objectRef/apiVersion"],
  ["ka.user.name", "user/username"],
  ["ka.user.serviceaccount.name", "user/username"],
  ["ka.user.serviceaccount.namespace", "user/username"],
  ["ka.user.groups", "user/groups"],
  ["ka.impuser.name", "impersonatedUser/username"],
  ["ka.impuser.groups", "impersonatedUser/groups"],
  ["ka.useragent", "userAgent"],
  ["ka.response.code", "responseStatus/code"],
  ["ka.response.reason", "responseStatus/reason"],
  ["ka.response.status", "responseStatus/status"],
]);

/** The same parts as Falco's json plugin names them, by a pointer. */
export const pointers: ReadonlyMap<string, SlotPath> = new Map(
  [...slotFields.values()].flatMap((path) =>
    ["jevt", "json"].flatMap((prefix) =>
      [`/${path}`, path].map((pointer) => [`${prefix}.value[${pointer}]`, path] as const),
    ),
  ),
);

/** The slot on which alone a condition depends; undefined where there are several or none, or it reads something else. */
export function slotOfCondition(condition: Condition): number | undefined {
  let slot: number | undefined;
  for (const field of fieldsOf(condition)) {
    const path = slotFields.get(field) ?? pointers.get(field);
    if (path === undefined) return undefined;
    if (slot !== undefined && slot !== slotOf(path)) return undefined;
    slot = slotOf(path);
  }
  return slot;
}

/** All fields that a condition reads, by name and argument; one that is unknown here for whatever it does not see through. */
function* fieldsOf(node: Condition): Generator<string> {
  switch (node.kind) {
    case "and":
    case "or":
      for (const child of node.children) yield* fieldsOf(child);
      return;
    case "not":
      yield* fieldsOf(node.child);
      return;
    case "macro":
      yield "?";
      return;
    case "exists":
      yield* fieldsOfOperand(node.left);
      return;
    case "comparison":
      yield* fieldsOfOperand(node.left);
      if (node.right.kind === "field" || node.right.kind === "call") yield* fieldsOfOperand(node.right);
  }
}

function* fieldsOfOperand(operand: Operand): Generator<string> {
  if (operand.kind === "field") {
    yield operand.argument === undefined ? operand.name : `${operand.name}[${operand.argument}]`;
    return;
  }
  for (const arg of operand.args) {
    if (arg.kind === "field" || arg.kind === "call") yield* fieldsOfOperand(arg);
    else if (arg.kind === "call-list")
      for (const item of arg.items) if (item.kind === "field" || item.kind === "call") yield* fieldsOfOperand(item);
  }
}
