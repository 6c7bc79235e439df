/** Everything that can be wrong with a condition's text: in Falco's words (reference 01 §3.6), in ours, and a way out. */
import { nearest } from "../text/nearest.ts";
import { afterBlanks, scanBareValue, scanName } from "./scan.ts";
import { comparisonOperators, type TransformerName, transformerNames } from "./syntax.ts";

/** A problem but for its place. */
export interface Mistake {
  readonly code: string;
  /** Falco's message, to the letter. */
  readonly message: string;
  readonly own?: string;
  readonly help?: string;
}

/** What stands where the parser gave up. */
interface Rest {
  readonly text: string;
  readonly offset: number;
}

const quoted = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(", ");
const operators = ["exists", ...comparisonOperators];
const orCall = `a field with a valid transformer: ${quoted(transformerNames)}`;

export const mistakes = {
  empty: (): Mistake => ({
    code: "empty-condition",
    message: "filter input string is empty",
    own: "the condition is empty",
  }),
  noCheck: ({ text, offset }: Rest): Mistake => {
    const word = nextWord({ text, offset });
    return {
      code: "expected-check",
      message: "expected a '(' token, a field check, or an identifier",
      own: word ? `no check can begin with \`${word}\`` : "a check is missing here",
      help: word.startsWith("!")
        ? "negate with `not `"
        : "write a field and an operator, a macro's name, or a group in `(…)`",
    };
  },
  leftover: (lastToken: string, rest: Rest): Mistake => ({
    code: "unexpected-token",
    message: `unexpected token after '${lastToken}', expecting 'or', 'and'`,
    ...leftoverWords(lastToken, rest),
  }),
  noBlank: (keyword: "and" | "or"): Mistake => ({
    code: "missing-blank",
    message: `expected blank or '(' after '${keyword}'`,
    own: `\`${keyword}\` needs a blank or \`(\` behind it`,
  }),
  unclosedGroup: (): Mistake => ({
    code: "unclosed-parenthesis",
    message: "expected a ')' token",
    own: "a `)` is missing here",
  }),
  noOperator: (rest: Rest): Mistake => ({
    code: "expected-operator",
    message: `expected a valid check operator: one of ${quoted(operators)}`,
    ...operatorWords(rest),
  }),
  noText: (rest: Rest): Mistake => ({
    code: "expected-value",
    message: `expected a string value or ${orCall}`,
    ...valueWords(rest),
  }),
  noNumber: (rest: Rest): Mistake => ({
    code: "expected-number",
    message: `expected a number value or ${orCall}`,
    own: "a number is missing here",
    help: /["']/.test(rest.text[rest.offset] ?? "")
      ? "write the number without quotes"
      : "`<`, `<=`, `>` and `>=` compare with numbers, or with a field in `val(…)`",
  }),
  noList: (): Mistake => ({
    code: "expected-list",
    message: `expected a list, an identifier, or ${orCall}`,
    own: "a list is missing here",
    help: "write it as `(a, b)`, or give a list's name",
  }),
  noItem: (): Mistake => ({
    code: "expected-list-item",
    message: "expected a string value",
    own: "a value is missing behind the comma",
  }),
  unclosedList: ({ text, offset }: Rest): Mistake => {
    const next = text[offset];
    const help =
      next === undefined || next === ","
        ? undefined
        : "separate values by commas; put a value with blanks, quotes, `(`, `)` or `=` in it in quotes";
    return {
      code: "unclosed-list",
      message: "expected a ')' token",
      own: "the list is not closed here",
      ...(help && { help }),
    };
  },
  noArgument: (): Mistake => ({
    code: "expected-argument",
    message: "expected a valid field argument: a quoted string or a bare string",
    own: "a field's argument is missing here",
    help: 'an argument with blanks, brackets or quotes in it stands in quotes: `["a b"]`; there is no blank around it',
  }),
  unclosedArgument: (): Mistake => ({
    code: "unclosed-argument",
    message: "expected a ']' token",
    own: "the argument is not closed by `]` here",
  }),
  noField: (): Mistake => ({
    code: "expected-field",
    message: "expected a field within 'val' transformer",
    own: "`val` takes a plain field",
  }),
  unclosedCall: (): Mistake => ({
    code: "unclosed-call",
    message: "expected a ')' token closing the transformer",
    own: "the call is not closed by `)` here",
  }),
  noCallArgument: (): Mistake => ({
    code: "expected-call-argument",
    message: "expected field transformer argument: field, transformer, quoted string, number, or transformer list",
    own: "an argument is missing here",
    help: "write a field, a call, a number, a text in quotes, or a list in `(…)`",
  }),
  noCallListItem: (): Mistake => ({
    code: "expected-call-list-item",
    message: "expected transformer list argument: field, transformer, quoted string, or number",
    own: "a value is missing in this list",
    help: "write a field, a call, a number or a text in quotes",
  }),
  unclosedCallList: (): Mistake => ({
    code: "unclosed-call-list",
    message: "expected ')'",
    own: "the list is not closed by `)` here",
  }),
  badEscape: (message: string): Mistake => ({
    code: "bad-escape",
    message,
    help: "a backslash in quotes is written twice: `\\\\`",
  }),
  tooDeep: (maxDepth: number): Mistake => ({
    code: "too-deep",
    message: `exceeded max depth limit of ${maxDepth}`,
    own: "the condition nests too deep",
    help: "move a part of it into a macro",
  }),
} as const;

/** The word or sign at an offset, blanks before it skipped; empty at the end. */
export function nextWord({ text, offset }: Rest): string {
  const from = afterBlanks(text, offset);
  const to = scanBareValue(text, from);
  if (to > from) return text.slice(from, Math.min(to, from + 60));
  const code = text.codePointAt(from);
  return code === undefined ? "" : String.fromCodePoint(code);
}

const isCall = (name: string): name is TransformerName => (transformerNames as readonly string[]).includes(name);

function leftoverWords(lastToken: string, rest: Rest): Pick<Mistake, "own" | "help"> {
  const word = nextWord(rest);
  const lower = word.toLowerCase();
  if (word === ")") return { own: "this `)` closes nothing" };
  if (word.startsWith("#"))
    return { own: "a condition has no comments", help: "put the comment in a line of the YAML" };
  const own = `\`and\` or \`or\` is missing after \`${lastToken}\``;
  if (word !== lower && (lower === "and" || lower === "or"))
    return { own, help: `keywords are lower-case: \`${lower}\`` };
  if (word === "&&" || word === "||") return { own, help: `write \`${word === "&&" ? "and" : "or"}\`` };
  if (lower === "and" && lastToken === ")") return { own, help: "put a blank between `or` and `(`" };
  if (word === "(" && isCall(lastToken)) return { own, help: `put no blank between \`${lastToken}\` and \`(\`` };
  if (word === "(" && /^(?:one|any|all)of$/.test(lastToken)) {
    return { own, help: `put blanks around \`${lastToken}\`` };
  }
  if (operators.includes(word) || /^[=<>!]/.test(word)) {
    return { own, help: `if \`${lastToken}\` is meant as a field: a field has a dot in its name` };
  }
  const sentence = scanName(word, 0) > 0 && /[\w'"]/.test(word);
  return sentence ? { own, help: "a value of several words stands in quotes" } : { own };
}

function operatorWords(rest: Rest): Pick<Mistake, "own" | "help"> {
  const word = nextWord(rest);
  const own = word ? `\`${word}\` is no operator` : "an operator is missing here";
  const lower = word.toLowerCase();
  if (operators.includes(word)) return { own: `\`${word}\` needs a blank and a value behind it` };
  if (operators.includes(lower)) return { own, help: `operators are lower-case: \`${lower}\`` };
  const guess = /^[a-z]+$/i.test(word) ? nearest(lower, operators) : undefined;
  return {
    own,
    help: guess ? `did you mean \`${guess}\`?` : `operators are ${operators.map((one) => `\`${one}\``).join(", ")}`,
  };
}

function valueWords({ text, offset }: Rest): Pick<Mistake, "own" | "help"> {
  const next = text[offset];
  if (next === undefined) return { own: "a value is missing here" };
  if (next === '"' || next === "'") {
    const help = /\\["']\s*$/.test(text)
      ? "a text cannot end in a backslash: the quote behind it is part of the text"
      : undefined;
    return { own: "this quote is never closed", ...(help && { help }) };
  }
  const own = `no value can begin with \`${next}\``;
  if (next === "(")
    return {
      own,
      help: "compare with several values by `in (…)` or `= anyof (…)`; put a text with `(` in it in quotes",
    };
  return { own, help: "put the text in quotes" };
}
