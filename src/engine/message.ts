/** Output templates: text in which `%field` and `%call(…)` stand for what an event has there (reference 01 §6.1, §6.2). */
import type { About, Catalogue } from "../fields/field.ts";
import { byteLength } from "../text/bytes.ts";
import { nearest } from "../text/nearest.ts";
import type { Dialect, Outcome, PlanMessage } from "./contract.ts";
import { type PlainField, planOperand, type Reading, refusal } from "./operand.ts";
import { parseOperand } from "./parse.ts";
import { printOperand } from "./print.ts";
import type { Span } from "./syntax.ts";
import { cut, printValue, typedValue } from "./values.ts";

/** A piece of a template: its own text, or what it reads, cut or padded to so many bytes (0: as it is). */
type Piece<E> = string | { readonly reading: Reading<E>; readonly width: number };

/** The widest a value may be padded to: a rule must not be able to ask for more memory than there is. */
const maxWidth = 65_535;

export const planMessage: PlanMessage = <E>(template: string, catalogue: Catalogue<E>, dialect: Dialect) => {
  const pieces = piecesOf(template, catalogue, dialect);
  if (!pieces.ok) return pieces;
  const fields = new Map<string, PlainField<E>>();
  for (const piece of pieces.value) {
    if (typeof piece === "string") continue;
    for (const field of piece.reading.fields) fields.set(canonicalName(field), field);
  }
  return {
    ok: true,
    value: {
      fieldNames: [...fields.keys()],
      text: (event: E, about: About) => pieces.value.map((piece) => textOf(piece, event, about, dialect)).join(""),
      fields: (event: E, about: About) =>
        new Map(
          [...fields].map(([name, { field, reference }]) => {
            const read = field.typed ? field.typed(event, about) : field.read(event, reference.argument, about);
            return [name, typedValue(field.type, read)];
          }),
        ),
    },
  };
};

function textOf<E>(piece: Piece<E>, event: E, about: About, dialect: Dialect): string {
  if (typeof piece === "string") return piece;
  const { reading, width } = piece;
  const text = printValue(reading.type, reading.read(event, about), reading.digits, dialect);
  if (width === 0) return text;
  const missing = width - byteLength(text);
  return missing > 0 ? text + " ".repeat(missing) : cut(text, width);
}

function piecesOf<E>(template: string, catalogue: Catalogue<E>, dialect: Dialect): Outcome<readonly Piece<E>[]> {
  const all = { from: 0, to: template.length };
  if (template === "") return refusal("empty-output", "empty formatting token", { span: all });
  const pieces: Piece<E>[] = [];
  for (let at = template.startsWith("*") ? 1 : 0; at < template.length; ) {
    const percent = template.indexOf("%", at);
    const end = percent < 0 ? template.length : percent;
    if (end > at) pieces.push(template.slice(at, end));
    if (percent < 0) break;
    const digits = /^[0-9]*/.exec(template.slice(percent + 1, percent + 1 + 32))![0];
    const from = percent + 1 + digits.length;
    const span = { from: percent, to: from };
    if (from === template.length) {
      const last = digits === "" ? "%" : "number";
      return refusal("output-token", `invalid formatting syntax: formatting cannot end with a ${last}`, { span });
    }
    if (Number(digits) > maxWidth) {
      return refusal("output-width", `invalid formatting syntax: a length can be at most ${maxWidth}`, { span });
    }
    const token = longestToken(template, from, span, catalogue, dialect);
    if (!token.ok) return token;
    pieces.push({ reading: token.value.reading, width: Number(digits) });
    at = token.value.to;
  }
  return { ok: true, value: pieces };
}

interface Token<E> {
  readonly reading: Reading<E>;
  readonly to: number;
}

/** The longest text from here on that is a field there is, or a call of such. What follows it is plain text. */
function longestToken<E>(
  template: string,
  from: number,
  percent: Span,
  catalogue: Catalogue<E>,
  dialect: Dialect,
): Outcome<Token<E>> {
  const name = /^[a-zA-Z][a-zA-Z0-9_.]*/.exec(template.slice(from))?.[0] ?? "";
  for (const text of [template, ...withoutArgument(template, from)]) {
    const parsed = parseOperand(text, from);
    if (!parsed || (parsed.operand.kind === "call" && parsed.operand.name === "val")) continue;
    const reading = planOperand(parsed.operand, catalogue, dialect);
    if (reading.ok) return { ok: true, value: { reading: reading.value, to: parsed.to } };
    // This one Falco lets through to the top, rather than trying a shorter text.
    if (reading.problem.message === "unknown multivalue transformer") return reading;
  }
  for (let { length } = name; length > 0; length--) {
    const prefix = name.slice(0, length);
    if (!catalogue.has(prefix)) continue;
    const to = from + length;
    const reading = planOperand({ kind: "field", name: prefix, span: { from, to } }, catalogue, dialect);
    if (reading.ok) return { ok: true, value: { reading: reading.value, to } };
  }
  const span = { from: percent.from, to: from + Math.max(name.length, 1) };
  const guess = catalogue.has(name) ? undefined : nearest(name, catalogue.keys());
  return refusal(
    "output-token",
    "unknown filter: unexpected token after '",
    { span },
    {
      own: name
        ? `no field is called \`${name}\`, or it cannot stand here so`
        : "a `%` must stand before a field or a call",
      help: guess && `did you mean \`${guess}\`?`,
    },
  );
}

/** The template cut before each place where a call's argument may begin: what cannot be an argument is text. */
function withoutArgument(template: string, from: number): string[] {
  const cuts: string[] = [];
  for (let at = template.indexOf(")[", from); at >= 0 && cuts.length < 8; at = template.indexOf(")[", at + 1)) {
    cuts.push(template.slice(0, at + 1));
  }
  return cuts;
}

/** `t.key[x]`, quoted where it must be. */
function canonicalName<E>({ reference }: PlainField<E>): string {
  return printOperand(reference);
}
