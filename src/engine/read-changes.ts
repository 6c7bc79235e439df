/** What an item does to an earlier one: `append`, `override`, and how texts are joined (reference 01 §1.9–1.10). */
import { nearest } from "../text/nearest.ts";
import { type Findings, rulesContent, within } from "./findings.ts";
import { problems } from "./problems.ts";
import { booleanAt, keyPlace, looseText, optional, type Reading } from "./read-values.ts";
import { valueAt } from "./rulefile.ts";
import { madeFor, type Piece, placeOf } from "./written.ts";

export interface Changes {
  /** The deprecated `append: true`. */
  readonly deprecated: boolean;
  readonly appends: ReadonlySet<string>;
  readonly replaces: ReadonlySet<string>;
}

/** `append` and `override` of any item. */
export function readAppend(
  reading: Reading,
  canAppend: readonly string[],
  canReplace: readonly string[],
  key: string,
): Changes {
  const { found, context } = reading;
  const deprecated = booleanAt(reading, "append", optional) ?? false;
  if (deprecated) found.add(problems.appendDeprecated({ context, place: keyPlace(reading, "append") }, key));
  const { appends, replaces } = readOverride(reading, canAppend, canReplace);
  if (deprecated && appends.size + replaces.size > 0)
    found.add(problems.appendAndOverride({ context, place: keyPlace(reading, "append") }));
  return { deprecated, appends, replaces };
}

function readOverride(reading: Reading, canAppend: readonly string[], canReplace: readonly string[]) {
  const { file, found, mapping, context } = reading;
  const appends = new Set<string>();
  const replaces = new Set<string>();
  const node = valueAt(mapping, "override");
  if (node?.kind === "sequence" && node.items.length > 0) {
    const own = {
      code: "not-a-mapping",
      message: "`override` says for each key what to do with it",
      help: "write `override: {condition: append}`",
    };
    found.add(
      problems.internalYaml(
        { context: rulesContent(file), place: placeOf(file, node) },
        "invalid node; this may result from using a map iterator as a sequence iterator, or vice-versa",
        own,
      ),
    );
  }
  if (node?.kind !== "mapping") return { appends, replaces };
  const overrides = within(context, "overrides", "", mapping);
  for (const { key: keyNode, value } of node.entries) {
    const key = looseText(keyNode);
    const operation = looseText(value);
    if (key === undefined || operation === undefined) {
      const at = { context: rulesContent(file), place: placeOf(file, key === undefined ? keyNode : value) };
      const own = {
        code: "invalid-override",
        message: "what is overridden, and how, are words",
        help: "use `append` or `replace`",
      };
      found.add(problems.internalYaml(at, "bad conversion", own));
      continue;
    }
    const at = { context: within(overrides, "overrides", key, keyNode), place: placeOf(file, keyNode) };
    const known = [...new Set([...canAppend, ...canReplace])];
    const guess = known.includes(key) ? undefined : nearest(key, known);
    if (operation === "append") {
      if (canAppend.includes(key)) appends.add(key);
      else found.add(problems.cannotAppend(at, key, guess));
    } else if (operation === "replace") {
      if (canReplace.includes(key)) replaces.add(key);
      else found.add(problems.cannotReplace(at, key, guess));
    } else {
      const allowed = [
        ...(canAppend.includes(key) ? ["append"] : []),
        ...(canReplace.includes(key) ? ["replace"] : []),
      ];
      const where = { context: within(overrides, "value for", key, value), place: placeOf(file, value) };
      found.add(problems.invalidOperation(where, key, operation, allowed, nearest(operation, allowed)));
    }
  }
  return { appends, replaces };
}

export const appended = (before: readonly Piece[], after: readonly Piece[]): readonly Piece[] => {
  const first = after[0]?.origin;
  if (!first) return before;
  const place = "scalar" in first ? placeOf(first.file, first.scalar) : first;
  return [...before, madeFor(place, " "), ...after];
};

/** Texts are joined, not trees: `a or b` with `and c` appended is `a or (b and c)` (reference 01 §9). */
export function warnOfPrecedence(found: Findings, before: readonly Piece[], after: readonly Piece[]): void {
  const text = (pieces: readonly Piece[]) => pieces.map((piece) => piece.text).join("");
  const joining = /^\s*(and|or)\b/.exec(text(after))?.[1];
  const levels = topLevelOperators(text(before));
  const binds = joining === "and" && levels.has("or");
  const origin = after[0]?.origin;
  if (!binds || !origin || !("scalar" in origin)) return;
  const from = origin.scalar.places()[text(after).search(/\S/)] ?? origin.scalar.from;
  found.add(problems.appendedPrecedence({ file: origin.file, from, to: from + joining.length }, joining));
}

/** `and` and `or` outside brackets and quotes. */
function topLevelOperators(text: string): ReadonlySet<string> {
  const operators = new Set<string>();
  let depth = 0;
  for (const [token] of text.matchAll(/"[^"]*"|'[^']*'|[()]|[^\s()"']+/g)) {
    if (token === "(") depth++;
    else if (token === ")") depth--;
    else if (depth === 0 && (token === "and" || token === "or")) operators.add(token);
  }
  return operators;
}
