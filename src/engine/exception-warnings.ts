/** What speaks against an exception before it is made: it can be walked through, or leaves nothing of its rule. */

import { everybodys, fieldStanding, referenced } from "./field-standing.ts";
import type { Condition } from "./syntax.ts";

export interface ExceptionField {
  /** With its argument: `ka.user.extra[pod]`. */
  readonly field: string;
  readonly comp: string;
  /** A list for `in`, `intersects`, `pmatch`. */
  readonly value: string | readonly string[];
}

export interface ExceptionWarning {
  /** Kebab-case: `client-chosen`. */
  readonly code: string;
  /** Small first letter, no full stop. */
  readonly message: string;
  readonly help?: string;
}

/** They tell what kind of request it is, and neither whose nor to what. */
const kinds =
  /^ka\.(?:verb|stage|level|dryrun|uri|response\.\w+|target\.(?:resource|subresource|apigroup|apiversion))(?:\[|$)/;

const whoOrWhere = "add who it is or where: `ka.user.name`, `ka.target.namespace`";

export function exceptionWarnings(
  condition: Condition,
  fields: readonly ExceptionField[],
): readonly ExceptionWarning[] {
  const warnings: ExceptionWarning[] = [];
  if (fields.every((one) => implied(condition, one)))
    warnings.push({
      code: "silences-rule",
      message: "whatever the rule matches, this excepts: it would never match again",
      help: whoOrWhere,
    });
  else if (fields.every(({ field }) => kinds.test(field)))
    warnings.push({
      code: "everybody",
      message: "this says neither who nor where: it excepts everybody everywhere",
      help: whoOrWhere,
    });
  if (fields.every(({ field }) => standing(field)?.trust === "client"))
    warnings.push({
      code: "client-chosen",
      message: `whoever sends the request chooses ${names(fields)}, and can so walk through the exception`,
      help: "add what the API server vouches for: `ka.user.name`, `ka.target.namespace`",
    });
  const own = fields.filter(({ field }) => standing(field)?.falcoHas === false);
  if (own.length > 0)
    warnings.push({
      code: "own-field",
      message: `Falco has no ${names(own)}, and would not load the file; Tiercel does`,
      help: "leave it out where Falco shall load the file too",
    });
  return warnings;
}

function standing(field: string) {
  const { entry, argument } = referenced(field);
  return entry && fieldStanding(entry, argument);
}

const names = (fields: readonly ExceptionField[]): string => fields.map(({ field }) => `\`${field}\``).join(" and ");

/** Whether everything that the condition matches meets the comparison, as far as its equalities tell. */
function implied(condition: Condition, { field, comp, value }: ExceptionField): boolean {
  const given = [value].flat();
  if (/^(?:startswith|endswith|contains|icontains)$/.test(comp) && given.some((one) => one === "")) return true;
  if (/^i?glob$/.test(comp) && given.some((one) => /^\*+$/.test(one))) return true;
  if (comp === "regex" && given.some((one) => /^\^?\.\*\$?$/.test(one))) return true;
  if (comp === "intersects" && given.some((one) => everybodys.has(one)) && /^ka\.\w*user\.groups$/.test(field))
    return true;
  const possible = possibleValues(condition, field);
  if (possible === undefined) return false;
  const meets = (one: string): boolean => {
    if (comp === "startswith") return given.some((text) => one.startsWith(text));
    if (comp === "endswith") return given.some((text) => one.endsWith(text));
    if (comp === "contains") return given.some((text) => one.includes(text));
    return /^(?:==?|in|intersects)$/.test(comp) && given.includes(one);
  };
  return [...possible].every(meets);
}

/** The only values that a field has where the condition holds; undefined where it may have others. */
function possibleValues(condition: Condition, field: string): ReadonlySet<string> | undefined {
  switch (condition.kind) {
    case "and": {
      let all: ReadonlySet<string> | undefined;
      for (const child of condition.children) {
        const some = possibleValues(child, field);
        const before = all;
        all = some && before ? new Set([...before].filter((one) => some.has(one))) : (some ?? before);
      }
      return all;
    }
    case "or": {
      const all = new Set<string>();
      for (const child of condition.children) {
        const some = possibleValues(child, field);
        if (some === undefined) return undefined;
        for (const one of some) all.add(one);
      }
      return all;
    }
    case "comparison": {
      const { left, operator, modifier, right } = condition;
      if (left.kind !== "field" || modifier || (operator !== "=" && operator !== "==" && operator !== "in")) return;
      if ((left.argument === undefined ? left.name : `${left.name}[${left.argument}]`) !== field) return undefined;
      if (right.kind === "literal") return new Set([right.value]);
      return right.kind === "list" ? new Set(right.items.map((item) => item.value)) : undefined;
    }
    default:
      return undefined;
  }
}
