/** The words of a condition, by the engine's own scanner: what each is, whole or half-written, and what could come next. */
import {
  afterBlanks,
  isLetter,
  scanBareArgument,
  scanBareValue,
  scanFieldName,
  scanName,
  scanNumber,
  scanQuoted,
} from "../../engine/scan.ts";
import { comparisonOperators, modifiers, transformerNames } from "../../engine/syntax.ts";

export type TokenKind =
  | "field"
  | "unknown-field"
  | "argument"
  | "operator"
  | "keyword"
  | "call"
  | "macro"
  | "unknown-macro"
  | "list"
  | "text"
  | "number"
  | "value"
  | "bracket"
  | "wrong";

export interface Token {
  readonly kind: TokenKind;
  readonly from: number;
  readonly to: number;
}

/** What there is to name. */
export interface Names {
  field(name: string): boolean;
  macro(name: string): boolean;
  list(name: string): boolean;
}

/**
 * What may stand at a place: a check (a field, a macro, `not`), an operator, one value, a list or its name, an item of a
 * list, an argument in brackets, an argument of a call, or `and`, `or`, `)`.
 */
export type Expected = "check" | "operator" | "value" | "list" | "item" | "argument" | "call" | "joint";

export interface Standing {
  readonly expects: Expected;
  /** The field left of the operator, or whose argument is asked for. */
  readonly field?: string;
  /** Behind which a value is wanted. */
  readonly operator?: string;
}

interface Step extends Token {
  readonly before: Standing;
}

const words = new Set<string>(comparisonOperators.filter((one) => /^[a-z]/.test(one)));
const signs = comparisonOperators.filter((one) => !/^[a-z]/.test(one));
const lists: readonly string[] = ["in", "intersects", "pmatch"];

export function conditionTokens(text: string, names: Names): readonly Token[] {
  return walked(text, names).steps;
}

/** What may stand at an offset, and where the word that is being written there begins. */
export function standingAt(text: string, at: number, names: Names): Standing & { readonly from: number } {
  const { steps, end } = walked(text.slice(0, at), names);
  const last = steps.at(-1);
  const isWord = last !== undefined && last.to === at && /[\w.*/:@-]$/.test(text.slice(last.from, at));
  if (isWord && last.kind !== "bracket") return { ...last.before, from: last.from };
  return { ...end, from: at };
}

type Frame = { readonly kind: "group" | "list" | "items" | "call"; readonly after: Standing };

function walked(text: string, names: Names): { readonly steps: readonly Step[]; readonly end: Standing } {
  const steps: Step[] = [];
  const frames: Frame[] = [];
  let standing: Standing = { expects: "check" };
  let at = 0;

  const take = (kind: TokenKind, to: number, next: Standing): true => {
    steps.push({ kind, from: at, to, before: standing });
    at = to;
    standing = next;
    return true;
  };
  const joint: Standing = { expects: "joint" };

  /** A field, with the argument behind it. */
  function field(to: number, next: Standing): true {
    const name = text.slice(at, to);
    take(names.field(name) ? "field" : "unknown-field", to, next);
    return argument(name, next);
  }

  function argument(name: string, next: Standing): true {
    if (text[at] !== "[") return true;
    take("bracket", at + 1, { expects: "argument", field: name });
    const quoted = scanQuoted(text, at);
    const end = quoted > at ? quoted : scanBareArgument(text, at);
    if (end > at) take("argument", end, { expects: "argument", field: name });
    if (text[at] === "]") take("bracket", at + 1, next);
    return true;
  }

  /** `name(` of a transformer: what follows the whole call is told by `after`. */
  function call(after: Standing): boolean {
    const name = transformerNames.find((one) => text.startsWith(`${one}(`, at));
    if (name === undefined) return false;
    take("call", at + name.length, standing);
    frames.push({ kind: "call", after });
    return take("bracket", at + 1, { expects: "call" });
  }

  /** A constant: quoted, a number, a list's name, or any other word. */
  function constant(next: Standing): boolean {
    const quoted = scanQuoted(text, at);
    if (quoted > at) return take("text", quoted, next);
    const bare = scanBareValue(text, at);
    if (bare === at) return false;
    const word = text.slice(at, bare);
    return take(names.list(word) ? "list" : scanNumber(text, at) === bare ? "number" : "value", bare, next);
  }

  function wrong(): true {
    const bare = scanBareValue(text, at);
    return take("wrong", Math.max(bare, at + 1), standing);
  }

  function check(): true {
    const next = (from: number, to: number): Standing => ({ expects: "operator", field: text.slice(from, to) });
    if (text[at] === "(") {
      frames.push({ kind: "group", after: joint });
      return take("bracket", at + 1, { expects: "check" });
    }
    const name = scanName(text, at);
    const word = text.slice(at, name);
    if (word === "not" && (text[name] === "(" || afterBlanks(text, name) > name))
      return take("keyword", name, standing);
    // What is appended to a condition begins with its joint.
    if ((word === "and" || word === "or") && steps.length === 0) return take("keyword", name, standing);
    if (call({ expects: "operator" })) return true;
    const dotted = scanFieldName(text, at);
    if (dotted > at) return field(text[dotted] === "." ? dotted + 1 : dotted, next(at, dotted));
    if (name === at) return wrong();
    // `ka.`: a field whose next part is still to come.
    if (text[name] === ".") return field(name + 1, next(at, name + 1));
    return take(names.macro(word) ? "macro" : "unknown-macro", name, joint);
  }

  function operator(): true {
    const { field: left } = standing;
    const sign = signs.find((one) => text.startsWith(one, at));
    if (sign !== undefined)
      return take("operator", at + sign.length, { expects: "value", field: left, operator: sign });
    const end = scanName(text, at);
    const word = text.slice(at, end);
    if (word === "exists") return take("operator", end, joint);
    if (words.has(word)) {
      const expects = lists.includes(word) ? "list" : "value";
      return take("operator", end, { expects, field: left, operator: word });
    }
    if (end === at) return wrong();
    // A word that is being written, or is none: what follows it is unknown.
    return take("wrong", end, joint);
  }

  function value(): true {
    const name = scanName(text, at);
    const word = text.slice(at, name);
    const behind = afterBlanks(text, name);
    const isModifier = modifiers.some((one) => one === word) && behind > name;
    if (isModifier && (text[behind] === "(" || isLetter(text.charCodeAt(behind))))
      return take("operator", name, { ...standing, expects: "list" });
    return call(joint) || constant(joint) || wrong();
  }

  function list(): true {
    if (text[at] === "(") {
      frames.push({ kind: "list", after: joint });
      return take("bracket", at + 1, { ...standing, expects: "item" });
    }
    return call(joint) || constant(joint) || wrong();
  }

  function close(): boolean {
    if (text[at] !== ")" || frames.length === 0) return false;
    const { kind, after } = frames.pop()!;
    take("bracket", at + 1, after);
    if (kind === "call") argument("", after);
    return true;
  }

  function inside(): true {
    if (close()) return true;
    if (text[at] === ",") return take("bracket", at + 1, standing);
    const next = standing;
    if (standing.expects === "item") return constant(next) || wrong();
    if (text[at] === "(") {
      frames.push({ kind: "items", after: next });
      return take("bracket", at + 1, next);
    }
    if (call(next)) return true;
    const dotted = scanFieldName(text, at);
    if (dotted > at) return field(dotted, next);
    const name = scanName(text, at);
    if (name > at && text[name] === ".") return field(name + 1, next);
    return constant(next) || wrong();
  }

  function together(): true {
    if (close()) return true;
    const name = scanName(text, at);
    const word = text.slice(at, name);
    if (word === "and" || word === "or") return take("keyword", name, { expects: "check" });
    return wrong();
  }

  for (at = afterBlanks(text, at); at < text.length; at = afterBlanks(text, at)) {
    const { expects } = standing;
    // `a and )`: the bracket closes all the same.
    if (expects === "check") (text[at] === ")" && close()) || check();
    else if (expects === "operator") (text[at] === ")" && close()) || operator();
    else if (expects === "value") value();
    else if (expects === "list") list();
    else if (expects === "joint") together();
    // Behind an argument that was not closed.
    else if (expects === "argument") standing = joint;
    else inside();
  }
  return { steps, end: standing };
}
