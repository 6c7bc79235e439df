/** A condition's text as a tree, by Falco's own grammar (reference 01 §3): the same trees, the same mistakes at the same places. */
import type { ParseCondition, Problem } from "./contract.ts";
import { unescaped } from "./escape.ts";
import { type Mistake, mistakes } from "./parse-problems.ts";
import {
  afterBlanks,
  afterSpace,
  isDigit,
  isLetter,
  type Scan,
  scanBareArgument,
  scanBareValue,
  scanFieldName,
  scanName,
  scanNumber,
  scanQuoted,
} from "./scan.ts";
import {
  type Call,
  type CallArgument,
  type CallList,
  type Comparison,
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

/** As deep as rules files may nest, and shallow enough for any stack. */
const deepest = 1000;

export const parseCondition: ParseCondition = (text, { maxDepth = 100 } = {}) => {
  const parser = new Parser(text, 0, maxDepth);
  const condition = parser.condition();
  return condition ? { ok: true, value: condition } : { ok: false, problem: parser.problem! };
};

/** The field (with its argument) or the transformer call that begins at an offset, as in an output template; `val(…)` is none. */
export function parseOperand(
  text: string,
  from: number,
  { maxDepth = 100 }: { readonly maxDepth?: number } = {},
): { readonly operand: Operand; readonly to: number } | undefined {
  const parser = new Parser(text, from, maxDepth);
  const operand = parser.operand();
  return operand && { operand, to: operand.span.to };
}

const numberOperators = ["<=", "<", ">=", ">"] as const;
const signOperators = ["==", "=", "!="] as const;
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
/** Those that may stand left and inside of others; `val` stands only on the right. */
const calls = transformerNames.filter((name) => name !== "val");

/** Methods answer undefined where they fail; what went wrong is then in `problem`, and nobody goes on. */
class Parser {
  problem: Problem | undefined;
  readonly #text: string;
  readonly #maxDepth: number;
  #at: number;
  /** Behind the last token. */
  #end: number;
  #lastToken = "";
  #depth = 0;

  constructor(text: string, from: number, maxDepth: number) {
    this.#text = text;
    this.#at = from;
    this.#end = from;
    this.#maxDepth = Math.min(maxDepth, deepest);
  }

  condition(): Condition | undefined {
    if (this.#text === "") return this.#fail(mistakes.empty());
    const condition = this.#or();
    if (condition && this.#at < this.#text.length) {
      return this.#fail(mistakes.leftover(this.#lastToken, this.#rest()));
    }
    return condition;
  }

  operand(): Operand | undefined {
    return this.#nested(() => this.#field(this.#at) ?? this.#call(calls, this.#at));
  }

  // Structure

  #or(): Condition | undefined {
    return this.#run("or", () => this.#and());
  }

  #and(): Condition | undefined {
    return this.#run("and", () => this.#not());
  }

  /** Operands joined by one keyword are children of one flat node. */
  #run(keyword: "and" | "or", operand: () => Condition | undefined): Condition | undefined {
    return this.#nested(() => {
      const began = this.#at;
      this.#blanks();
      const from = this.#at;
      const first = operand();
      if (!first) return undefined;
      const children = [first];
      this.#blanks();
      while (this.#word(keyword)) {
        let child: Condition | undefined;
        if (this.#blanks()) child = operand();
        // Behind `or(…)` no `and` is looked for: the group is all of the right side.
        else if (this.#word("(")) child = this.#group();
        else return this.#fail(mistakes.noBlank(keyword));
        if (!child) return undefined;
        children.push(child);
        this.#blanks();
      }
      if (children.length === 1) return first;
      return { kind: keyword, children, ...this.#placed(from, began) };
    });
  }

  #not(): Condition | undefined {
    return this.#nested(() => {
      const from = this.#at;
      let negated = false;
      for (let next = this.#behindNot(); next > this.#at; next = this.#behindNot()) {
        negated = !negated;
        this.#at = next;
      }
      let child: Condition | undefined;
      if (this.#word("not(")) {
        negated = !negated;
        child = this.#group();
      } else child = this.#check();
      return child && negated ? { kind: "not", child, ...this.#placed(from) } : child;
    });
  }

  /** Behind a `not` with white space after it, if one stands here. */
  #behindNot(): number {
    if (!this.#text.startsWith("not", this.#at)) return this.#at;
    const next = afterSpace(this.#text, this.#at + 3);
    return next > this.#at + 3 ? next : this.#at;
  }

  /** What follows a `(`. */
  #group(): Condition | undefined {
    return this.#nested(() => {
      this.#blanks();
      const condition = this.#or();
      if (!condition) return undefined;
      this.#blanks();
      return this.#word(")") ? condition : this.#fail(mistakes.unclosedGroup());
    });
  }

  #check(): Condition | undefined {
    return this.#nested(() => {
      // Only `not` leaves white space here that is a blank to one and not to the other: backspaces.
      const began = this.#at;
      this.#blanks();
      const from = this.#at;
      if (this.#word("(")) return this.#group();
      const left = this.#field(from, began) ?? (this.problem ? undefined : this.#call(calls, from, began));
      if (left) return this.#comparison(left, began);
      if (this.problem) return undefined;
      const name = this.#token(scanName);
      if (name === undefined) return this.#fail(mistakes.noCheck(this.#rest()));
      return { kind: "macro", name, ...this.#placed(from, began) };
    });
  }

  // Comparisons

  #comparison(left: Operand, began: number): Condition | undefined {
    return this.#nested(() => {
      const { from } = left.span;
      this.#blanks();
      if (this.#word("exists")) return { kind: "exists", left, ...this.#placed(from, began) };
      const compared = this.#comparedWith();
      return compared && { kind: "comparison", left, ...compared, ...this.#placed(from, began) };
    });
  }

  #comparedWith(): Pick<Comparison, "operator" | "modifier" | "right"> | undefined {
    const compared = (operator: ComparisonOperator, right: Comparison["right"] | undefined) =>
      right && { operator, right };
    const number = this.#oneOf(numberOperators);
    if (number) return compared(number, this.#number());
    const text = this.#oneOf(signOperators) ?? this.#wordOperator();
    if (text) {
      const modifier = this.#modifier();
      if (!modifier) return compared(text, this.#value());
      const right = this.#list("constants");
      return right && { operator: text, modifier, right };
    }
    const list = this.#oneOf(listOperators);
    if (list) return compared(list, this.#list("constants or a call"));
    return this.#fail(mistakes.noOperator(this.#rest()));
  }

  /** An operator that is a word, with the blank that belongs to it. */
  #wordOperator(): ComparisonOperator | undefined {
    const found = wordOperators.find(
      (word) =>
        this.#text.startsWith(word, this.#at) &&
        afterBlanks(this.#text, this.#at + word.length) > this.#at + word.length,
    );
    if (found) this.#take(this.#at + found.length);
    return found;
  }

  /** A modifier, if a list or a list's name follows; else the word is the value. */
  #modifier(): Modifier | undefined {
    const text = this.#text;
    const from = afterBlanks(text, this.#at);
    if (from === this.#at) return undefined;
    const modifier = modifiers.find((word) => text.startsWith(word, from));
    if (!modifier) return undefined;
    const end = from + modifier.length;
    const next = afterBlanks(text, end);
    if (next === end) return undefined;
    const listFollows = text[next] === "(" || (isLetter(text.charCodeAt(next)) && !isKeyword(text, next));
    if (!listFollows) return undefined;
    this.#take(end);
    this.#at = next;
    return modifier;
  }

  #number(): Operand | Literal | undefined {
    return this.#nested(() => {
      this.#blanks();
      const from = this.#at;
      const call = this.#rightCall();
      if (call || this.problem) return call;
      const value = this.#token(scanNumber);
      if (value === undefined) return this.#fail(mistakes.noNumber(this.#rest()));
      return { kind: "literal", value, span: this.#span(from) };
    });
  }

  #value(): Operand | Literal | undefined {
    return this.#nested(() => {
      this.#blanks();
      const call = this.#rightCall();
      if (call || this.problem) return call;
      return this.#constant() ?? (this.problem ? undefined : this.#fail(mistakes.noText(this.#rest())));
    });
  }

  /** A value among others in a list. */
  #item(): Literal | undefined {
    return this.#nested(() => {
      this.#blanks();
      return this.#constant() ?? (this.problem ? undefined : this.#fail(mistakes.noItem()));
    });
  }

  #list(allowed: "constants" | "constants or a call"): LiteralList | Operand | Literal | undefined {
    return this.#nested(() => {
      this.#blanks();
      const from = this.#at;
      if (this.#word("(")) return this.#items(from);
      const call = allowed === "constants" ? undefined : this.#rightCall();
      if (call || this.problem) return call;
      const value = this.#token(scanName);
      if (value === undefined) return this.#fail(mistakes.noList());
      return { kind: "literal", value, span: this.#span(from) };
    });
  }

  #items(from: number): LiteralList | undefined {
    const items: Literal[] = [];
    this.#blanks();
    const first = this.#item();
    if (first) {
      items.push(first);
      this.#blanks();
      while (this.#word(",")) {
        const item = this.#item();
        if (!item) return undefined;
        items.push(item);
        this.#blanks();
      }
    }
    // Whatever is wrong with the first item is forgotten: to Falco the list is then empty, and has to end here.
    const { problem } = this;
    this.problem = undefined;
    if (this.#word(")")) return { kind: "list", items, span: this.#span(from) };
    const failed = mistakes.unclosedList(this.#rest());
    return this.#fail(problem?.code === "bad-escape" ? { ...failed, ...ownWords(problem) } : failed, problem?.span);
  }

  // Operands

  /** A field with its argument. */
  #field(from: number, began = from): FieldReference | undefined {
    const name = this.#token(scanFieldName);
    if (name === undefined) return undefined;
    return this.#nested(() => {
      const argument = this.#argument();
      return argument && { kind: "field", name, ...argument, ...this.#placed(from, began) };
    });
  }

  /** `[…]`, if it is there. */
  #argument(): { readonly argument?: string } | undefined {
    if (!this.#word("[")) return {};
    const argument = this.#quoted() ?? (this.problem ? undefined : this.#token(scanBareArgument));
    if (argument === undefined) return this.problem ? undefined : this.#fail(mistakes.noArgument());
    return this.#word("]") ? { argument } : this.#fail(mistakes.unclosedArgument());
  }

  #rightCall(): Call | undefined {
    return this.#nested(() => {
      const from = this.#at;
      if (!this.#word("val(")) return this.#call(calls, from);
      this.#blanks();
      const field = this.#field(this.#at);
      if (!field) return this.problem ? undefined : this.#fail(mistakes.noField());
      return this.#closed("val", [field], from, from);
    });
  }

  #call(names: readonly TransformerName[], from: number, began = from): Call | undefined {
    const name = names.find((one) => this.#text.startsWith(`${one}(`, this.#at));
    if (!name) return undefined;
    this.#take(this.#at + name.length + 1);
    return this.#nested(() => {
      this.#blanks();
      const args: CallArgument[] = [];
      do {
        const argument = this.#callArgument();
        if (!argument) return undefined;
        args.push(argument);
        this.#blanks();
      } while (this.#word(","));
      return this.#closed(name, args, from, began);
    });
  }

  #closed(name: TransformerName, args: readonly CallArgument[], from: number, began: number): Call | undefined {
    this.#blanks();
    if (!this.#word(")")) return this.#fail(mistakes.unclosedCall());
    const argument = this.#argument();
    return argument && { kind: "call", name, args, ...argument, ...this.#placed(from, began) };
  }

  #callArgument(): CallArgument | undefined {
    return this.#nested(() => {
      const began = this.#at;
      this.#blanks();
      const from = this.#at;
      const value = this.#token(scanNumber) ?? this.#quoted();
      if (value !== undefined) return { kind: "literal", value, ...this.#placed(from, began) };
      if (this.problem) return undefined;
      if (this.#word("(")) return this.#callList(from, began);
      const operand = this.#call(calls, from, began) ?? (this.problem ? undefined : this.#field(from, began));
      return operand ?? (this.problem ? undefined : this.#fail(mistakes.noCallArgument()));
    });
  }

  /** What follows a `(` among a call's arguments. To Falco each item is where the list is. */
  #callList(from: number, began: number): CallList | undefined {
    const items: (Operand | Literal)[] = [];
    this.#blanks();
    if (this.#word(")")) return { kind: "call-list", items, ...this.#placed(from, began) };
    do {
      this.#blanks();
      const item = this.#callListItem(began);
      if (!item) return undefined;
      items.push(item);
      this.#blanks();
    } while (this.#word(","));
    if (!this.#word(")")) return this.#fail(mistakes.unclosedCallList());
    return { kind: "call-list", items, ...this.#placed(from, began) };
  }

  #callListItem(began: number): Operand | Literal | undefined {
    const from = this.#at;
    const operand = this.#field(from, began) ?? (this.problem ? undefined : this.#call(calls, from, began));
    if (operand || this.problem) return operand;
    const value = this.#quoted() ?? (this.problem ? undefined : this.#token(scanNumber));
    if (value !== undefined) return { kind: "literal", value, ...this.#placed(from, began) };
    return this.problem ? undefined : this.#fail(mistakes.noCallListItem());
  }

  // Tokens

  #constant(): Literal | undefined {
    const from = this.#at;
    const value = this.#quoted() ?? (this.problem ? undefined : this.#token(scanBareValue));
    return value === undefined ? undefined : { kind: "literal", value, span: this.#span(from) };
  }

  /** A quoted string's meaning. An unclosed one is none; a bad escape fails, with the parser behind it. */
  #quoted(): string | undefined {
    const from = this.#at;
    const token = this.#token(scanQuoted);
    if (token === undefined) return undefined;
    const meaning = unescaped(token);
    if (!meaning.ok) {
      return this.#fail(mistakes.badEscape(meaning.message), { from: from + meaning.from, to: from + meaning.to });
    }
    this.#lastToken = meaning.value;
    return meaning.value;
  }

  #token(scan: Scan): string | undefined {
    const end = scan(this.#text, this.#at);
    return end > this.#at ? this.#take(end) : undefined;
  }

  /** Literal text, if it stands here; it needs no boundary behind it. */
  #word(word: string): boolean {
    const found = this.#text.startsWith(word, this.#at);
    if (found) this.#take(this.#at + word.length);
    return found;
  }

  #oneOf<T extends string>(words: readonly T[]): T | undefined {
    return words.find((word) => this.#word(word));
  }

  #take(end: number): string {
    this.#lastToken = this.#text.slice(this.#at, end);
    this.#at = end;
    this.#end = end;
    return this.#lastToken;
  }

  #blanks(): boolean {
    const from = this.#at;
    this.#at = afterBlanks(this.#text, from);
    return this.#at > from;
  }

  // Places and failures

  #span(from: number): Span {
    return { from, to: this.#end };
  }

  /** Falco's place of some nodes is before the blanks in front of them. */
  #placed(from: number, began = from): { readonly span: Span; readonly falcoOffset?: number } {
    const span = this.#span(from);
    return began === from ? { span } : { span, falcoOffset: began };
  }

  /** One step deeper, as Falco counts steps. */
  #nested<T>(parse: () => T | undefined): T | undefined {
    this.#depth++;
    const parsed = this.#depth < this.#maxDepth ? parse() : this.#fail(mistakes.tooDeep(this.#maxDepth));
    this.#depth--;
    return parsed;
  }

  #rest(): { readonly text: string; readonly offset: number } {
    return { text: this.#text, offset: this.#at };
  }

  #fail(mistake: Mistake, span?: Span): undefined {
    this.problem = { ...mistake, offset: this.#at, span: span ?? wordAt(this.#text, this.#at) };
    return undefined;
  }
}

/** The word or sign at an offset, or the place behind the text's last word. */
function wordAt(text: string, offset: number): Span {
  const from = afterBlanks(text, offset);
  if (from >= text.length) return { from: offset, to: offset };
  const word = scanBareValue(text, from);
  return { from, to: word > from ? word : from + (text.codePointAt(from)! > 0xffff ? 2 : 1) };
}

/** Whether `and`, `or` or `not` stands here with no letter or digit behind it; `_` is neither. */
function isKeyword(text: string, at: number): boolean {
  const word = ["and", "or", "not"].find((one) => text.startsWith(one, at));
  if (!word) return false;
  const behind = text.charCodeAt(at + word.length);
  return !isLetter(behind) && !isDigit(behind);
}

function ownWords({ message, own, help }: Problem): Pick<Mistake, "own" | "help"> {
  return { own: own ?? message, ...(help !== undefined && { help }) };
}
