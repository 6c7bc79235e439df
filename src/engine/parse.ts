/** Text → tree: Falco's grammar of conditions, oddities and all (reference 01 §3.2). Conditions nest only so deep, so neither do we. */
import type { Outcome, ParseCondition, Problem } from "./contract.ts";
import { Scanner, SyntaxProblem } from "./scanner.ts";
import {
  type Call,
  type CallArgument,
  type CallList,
  type ComparisonOperator,
  type Condition,
  type FieldReference,
  type Literal,
  type LiteralList,
  type Modifier,
  modifiers,
  type Operand,
  type Span,
  type TransformerName,
  transformerNames,
} from "./syntax.ts";

const defaultMaxDepth = 100;

const numericOperators = ["<=", "<", ">=", ">"] as const;
const symbolOperators = ["==", "=", "!="] as const;
// A blank behind it is part of a word operator: `contains'x'` is none.
const wordOperators = [
  "glob",
  "iglob",
  "contains",
  "icontains",
  "bcontains",
  "startswith",
  "bstartswith",
  "endswith",
  "regex",
] as const;
const listOperators = ["intersects", "in", "pmatch"] as const;

const operatorWords = ["exists", ...numericOperators, ...symbolOperators, ...wordOperators, ...listOperators];
const listed = (words: readonly string[]) => words.map((word) => `'${word}'`).join(", ");
const orTransformed = `a field with a valid transformer: ${listed(transformerNames)}`;

/** The tree of a condition, or the first mistake in it. Lists and macros are names here; fields are not looked up. */
export const parseCondition: ParseCondition = (text, { maxDepth = defaultMaxDepth } = {}) => {
  if (text === "") return refused(new SyntaxProblem("empty", "filter input string is empty", 0, { from: 0, to: 0 }));
  return attempt(() => {
    const parser = new Parser(new Scanner(text), maxDepth);
    const condition = parser.or();
    parser.end();
    return condition;
  });
};

/**
 * The field or call that begins at an offset, the longest that parses, and where it ends; undefined where none does.
 * `val(…)` counts as a call here.
 */
export function parseOperand(text: string, from = 0): { readonly operand: Operand; readonly to: number } | undefined {
  const scanner = new Scanner(text, from);
  const parser = new Parser(scanner, defaultMaxDepth);
  const parsed = attempt(() => parser.field() ?? parser.call(true));
  return parsed.ok && parsed.value ? { operand: parsed.value, to: scanner.at } : undefined;
}

function attempt<T>(parse: () => T): Outcome<T> {
  try {
    return { ok: true, value: parse() };
  } catch (problem) {
    if (problem instanceof SyntaxProblem) return refused(problem);
    throw problem;
  }
}

function refused({ code, message, offset, span }: SyntaxProblem): { ok: false; problem: Problem } {
  return { ok: false, problem: { code, message, offset, span } };
}

class Parser {
  readonly #scan: Scanner;
  readonly #maxDepth: number;
  #depth = 0;

  constructor(scan: Scanner, maxDepth: number) {
    this.#scan = scan;
    this.#maxDepth = maxDepth;
  }

  end(): void {
    this.#scan.blanks();
    if (this.#scan.ended) return;
    throw this.#problem("unexpected-token", `unexpected token after '${this.#scan.last}', expecting 'or', 'and'`);
  }

  or(): Condition {
    return this.#deeper(() => this.#run("or", () => this.#and()));
  }

  #and(): Condition {
    return this.#deeper(() => this.#run("and", () => this.#not()));
  }

  /** Operands with one word between them. After the word comes a blank, or at once a parenthesis: then a group and nothing else. */
  #run(word: "and" | "or", operand: () => Condition): Condition {
    const scan = this.#scan;
    scan.blanks();
    const from = scan.at;
    const children = [operand()];
    let to = scan.at;
    scan.blanks();
    while (scan.take(word)) {
      if (scan.blanks()) children.push(operand());
      else if (scan.take("(")) children.push(this.#group());
      else throw this.#problem("missing-operand", `expected blank or '(' after '${word}'`);
      to = scan.at;
      scan.blanks();
    }
    return children.length > 1 ? { kind: word, children, span: { from, to } } : children[0]!;
  }

  #not(): Condition {
    return this.#deeper(() => {
      const scan = this.#scan;
      scan.blanks();
      const from = scan.at;
      let negated = false;
      while (scan.match("notAndBlanks") !== undefined) negated = !negated;
      const grouped = scan.take("not(");
      const child = grouped ? this.#group() : this.#check();
      return negated !== grouped ? { kind: "not", child, span: { from, to: scan.at } } : child;
    });
  }

  /** The rest of a group whose parenthesis is open. */
  #group(): Condition {
    return this.#deeper(() => {
      const scan = this.#scan;
      const from = scan.at - 1;
      scan.blanks();
      const condition = this.or();
      scan.blanks();
      if (!scan.take(")")) throw this.#problem("unclosed-group", "expected a ')' token", { from, to: from + 1 });
      return condition;
    });
  }

  #check(): Condition {
    return this.#deeper(() => {
      const scan = this.#scan;
      scan.blanks();
      const from = scan.at;
      if (scan.take("(")) return this.#group();
      const left = this.field() ?? this.call(false);
      if (left) return this.#comparison(left);
      const name = scan.match("name");
      if (name !== undefined) return { kind: "macro", name, span: { from, to: scan.at } };
      throw this.#problem("missing-check", "expected a '(' token, a field check, or an identifier");
    });
  }

  #comparison(left: Operand): Condition {
    return this.#deeper(() => {
      const scan = this.#scan;
      const { from } = left.span;
      scan.blanks();
      if (scan.take("exists")) return { kind: "exists", left, span: { from, to: scan.at } };
      const numeric = numericOperators.find((operator) => scan.take(operator));
      if (numeric) return this.#compared(left, numeric, this.#number());
      const string = symbolOperators.find((operator) => scan.take(operator)) ?? this.#wordOperator();
      if (string) {
        const modifier = this.#modifier();
        return this.#compared(left, string, modifier ? this.#listOrName() : this.#string(), modifier);
      }
      const list = listOperators.find((operator) => scan.take(operator));
      if (list) return this.#compared(left, list, this.#list());
      throw this.#problem(
        "missing-operator",
        `expected a valid check operator: one of ${listed(operatorWords)}`,
        left.span,
      );
    });
  }

  #compared(
    left: Operand,
    operator: ComparisonOperator,
    right: Literal | LiteralList | Operand,
    modifier?: Modifier,
  ): Condition {
    const span = { from: left.span.from, to: this.#scan.at };
    return { kind: "comparison", left, operator, ...(modifier && { modifier }), right, span };
  }

  #wordOperator(): (typeof wordOperators)[number] | undefined {
    const scan = this.#scan;
    const before = scan.at;
    const word = wordOperators.find((operator) => scan.take(operator));
    if (word && scan.blank()) return word;
    scan.at = before;
    return undefined;
  }

  /** `oneof`, `anyof`, `allof`, where a list or a name follows; else the word is the value itself (reference 01 §3.4). */
  #modifier(): Modifier | undefined {
    const scan = this.#scan;
    const { at, last } = scan;
    // A word operator took a blank of its own already.
    const apart = scan.blanks() || isBlankBefore(scan.text, at);
    const word = apart ? modifiers.find((modifier) => scan.take(modifier)) : undefined;
    if (word && scan.blank()) {
      scan.blanks();
      const rest = scan.text.slice(scan.at, scan.at + 4);
      if (rest.startsWith("(") || (/^[a-zA-Z]/.test(rest) && !/^(?:and|or|not)(?![a-zA-Z0-9])/.test(rest))) return word;
    }
    scan.at = at;
    scan.last = last;
    return undefined;
  }

  #number(): Literal | Operand {
    return this.#deeper(() => {
      const scan = this.#scan;
      scan.blanks();
      const call = this.call(true);
      if (call) return call;
      const number = this.#numberLiteral();
      if (number) return number;
      throw this.#problem("missing-number", `expected a number value or ${orTransformed}`);
    });
  }

  #string(): Literal | Operand {
    return this.#deeper(() => {
      const scan = this.#scan;
      scan.blanks();
      const value = this.call(true) ?? this.#text();
      if (value) return value;
      throw this.#problem("missing-value", `expected a string value or ${orTransformed}`);
    });
  }

  #list(): LiteralList | Literal | Operand {
    return this.#deeper(() => {
      this.#scan.blanks();
      const value = this.#literalList() ?? this.call(true) ?? this.#listName();
      if (value) return value;
      throw this.#problem("missing-list", `expected a list, an identifier, or ${orTransformed}`);
    });
  }

  #listOrName(): LiteralList | Literal {
    return this.#deeper(() => {
      this.#scan.blanks();
      const value = this.#literalList() ?? this.#listName();
      if (value) return value;
      throw this.#problem("missing-list", "expected a list or an identifier");
    });
  }

  /** A name that no list stood for: one text, which then counts as a list of it. */
  #listName(): Literal | undefined {
    const from = this.#scan.at;
    const value = this.#scan.match("name");
    if (value === undefined) return undefined;
    return { kind: "literal", value, span: { from, to: this.#scan.at } };
  }

  #literalList(): LiteralList | undefined {
    const scan = this.#scan;
    const from = scan.at;
    if (!scan.take("(")) return undefined;
    scan.blanks();
    const items: Literal[] = [];
    const first = this.#firstItem();
    if (first) {
      items.push(first);
      for (scan.blanks(); scan.take(","); scan.blanks()) {
        scan.blanks();
        const item = this.#text();
        if (!item) throw this.#problem("missing-value", "expected a string value");
        items.push(item);
      }
    }
    if (!scan.take(")")) throw this.#problem("unclosed-list", "expected a ')' token", { from, to: from + 1 });
    return { kind: "list", items, span: { from, to: scan.at } };
  }

  // Falco tries the first item and takes any failure for an empty list, so a bad escape there is told of as a missing parenthesis.
  #firstItem(): Literal | undefined {
    try {
      return this.#text();
    } catch (problem) {
      if (problem instanceof SyntaxProblem) return undefined;
      throw problem;
    }
  }

  #text(): Literal | undefined {
    const scan = this.#scan;
    const from = scan.at;
    const value = scan.quoted() ?? scan.match("bareValue");
    return value === undefined ? undefined : { kind: "literal", value, span: { from, to: scan.at } };
  }

  #numberLiteral(): Literal | undefined {
    const scan = this.#scan;
    const from = scan.at;
    const value = scan.match("hexNumber") ?? scan.match("number");
    return value === undefined ? undefined : { kind: "literal", value, span: { from, to: scan.at } };
  }

  /** A field's name with its argument, if one begins here. */
  field(): FieldReference | undefined {
    const scan = this.#scan;
    const from = scan.at;
    const name = scan.match("fieldName");
    if (name === undefined) return undefined;
    const argument = this.#argument();
    return { kind: "field", name, ...(argument !== undefined && { argument }), span: { from, to: scan.at } };
  }

  /** `[…]` directly behind a field or a call. An empty text in quotes is an argument, nothing at all is a mistake. */
  #argument(): string | undefined {
    const scan = this.#scan;
    const from = scan.at;
    if (!scan.take("[")) return undefined;
    const argument = scan.quoted() ?? scan.match("bareArgument");
    const begun = { from, to: scan.at };
    if (argument === undefined) {
      throw this.#problem(
        "missing-argument",
        "expected a valid field argument: a quoted string or a bare string",
        begun,
      );
    }
    if (!scan.take("]")) throw this.#problem("unclosed-argument", "expected a ']' token", begun);
    return argument;
  }

  /** A transformer's call, if one begins here; `val(…)` only where it may stand. */
  call(valToo: boolean): Call | undefined {
    const scan = this.#scan;
    const name = transformerNames.find((each) => scan.text.startsWith(`${each}(`, scan.at));
    if (name === undefined || (name === "val" && !valToo)) return undefined;
    return this.#deeper(() => this.#callOf(name));
  }

  #callOf(name: TransformerName): Call {
    const scan = this.#scan;
    const from = scan.at;
    scan.take(`${name}(`);
    const args: CallArgument[] = [];
    do {
      scan.blanks();
      args.push(name === "val" ? this.#valArgument() : this.#callArgument());
      scan.blanks();
    } while (name !== "val" && scan.take(","));
    if (!scan.take(")")) {
      throw this.#problem("unclosed-call", "expected a ')' token closing the transformer", { from, to: scan.at });
    }
    const argument = this.#argument();
    return { kind: "call", name, args, ...(argument !== undefined && { argument }), span: { from, to: scan.at } };
  }

  #valArgument(): FieldReference {
    const field = this.field();
    if (field) return field;
    throw this.#problem("missing-field", "expected a field within 'val' transformer");
  }

  #callArgument(): CallArgument {
    const argument =
      this.#numberLiteral() ?? this.#quotedText() ?? this.#callList() ?? this.call(false) ?? this.field();
    if (argument) return argument;
    throw this.#problem(
      "missing-call-argument",
      "expected field transformer argument: field, transformer, quoted string, number, or transformer list",
    );
  }

  #callList(): CallList | undefined {
    const scan = this.#scan;
    const from = scan.at;
    if (!scan.take("(")) return undefined;
    return this.#deeper(() => {
      const items: (Operand | Literal)[] = [];
      scan.blanks();
      if (!scan.text.startsWith(")", scan.at)) {
        do {
          scan.blanks();
          items.push(this.#callListItem());
          scan.blanks();
        } while (scan.take(","));
      }
      if (!scan.take(")")) throw this.#problem("unclosed-call-list", "expected ')'", { from, to: scan.at });
      return { kind: "call-list", items, span: { from, to: scan.at } };
    });
  }

  #callListItem(): Operand | Literal {
    const item = this.field() ?? this.call(false) ?? this.#quotedText() ?? this.#numberLiteral();
    if (item) return item;
    throw this.#problem(
      "missing-call-argument",
      "expected transformer list argument: field, transformer, quoted string, or number",
    );
  }

  #quotedText(): Literal | undefined {
    const from = this.#scan.at;
    const value = this.#scan.quoted();
    return value === undefined ? undefined : { kind: "literal", value, span: { from, to: this.#scan.at } };
  }

  /** Counts what is open as Falco does, and stops where it stops. */
  #deeper<T>(parse: () => T): T {
    if (++this.#depth >= this.#maxDepth) {
      throw this.#problem("too-deep", `exceeded max depth limit of ${this.#maxDepth}`);
    }
    const parsed = parse();
    this.#depth--;
    return parsed;
  }

  /** A problem where we stand; the words drawn are the token there, unless others are to blame. */
  #problem(code: string, message: string, span?: Span): SyntaxProblem {
    const { at, text } = this.#scan;
    const word = /[^\s()]+|[()]/y;
    word.lastIndex = at;
    const here = { from: at, to: at + (word.exec(text)?.[0].length ?? 0) };
    return new SyntaxProblem(code, message, at, span ?? here);
  }
}

function isBlankBefore(text: string, at: number): boolean {
  return at > 0 && " \t\b\r\n".includes(text[at - 1]!);
}
