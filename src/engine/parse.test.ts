import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCondition, parseOperand } from "./parse.ts";
import { printCondition, printOperand } from "./print.ts";
import { comparisonOperators, modifiers, transformerNames } from "./syntax.ts";

/** The canonical text, or the mistake in our words with what is underlined. */
function read(text: string, maxDepth?: number): string {
  const parsed = parseCondition(text, { maxDepth });
  if (parsed.ok) return printCondition(parsed.value);
  const { own, message, help, span } = parsed.problem;
  return `${own ?? message} «${text.slice(span.from, span.to)}»${help === undefined ? "" : ` (${help})`}`;
}

test("keywords and operators in capitals are pointed at", () => {
  expect(read("a.b = x AND c")).toBe("`and` or `or` is missing after `x` «AND» (keywords are lower-case: `and`)");
  expect(read("a.b IN (x)")).toBe("`IN` is no operator «IN» (operators are lower-case: `in`)");
});

test("a mistyped operator is answered with the nearest", () => {
  expect(read("a.b startwith x")).toBe("`startwith` is no operator «startwith» (did you mean `startswith`?)");
});

test("a macro where a field was meant is told of", () => {
  expect(read("verb = x")).toBe(
    "`and` or `or` is missing after `verb` «=» (if `verb` is meant as a field: a field has a dot in its name)",
  );
});

test("a value of several words wants quotes", () => {
  expect(read("a.b = New York")).toBe(
    "`and` or `or` is missing after `New` «York» (a value of several words stands in quotes)",
  );
});

test("an unclosed quote is pointed at where it opens", () => {
  expect(read("a.b = 'x and c")).toBe("this quote is never closed «'»");
  expect(read('a.b = "x\\\\"')).toBe(
    'this quote is never closed «"» (a text cannot end in a backslash: the quote behind it is part of the text)',
  );
});

test("a bad escape is underlined by itself, in a list too", () => {
  expect(read("a.b regex 'a\\.b'")).toBe(
    "unsupported string escape sequence: \\. «\\.» (a backslash in quotes is written twice: `\\\\`)",
  );
  expect(read("a.b in ('\\q', y)")).toBe(
    "unsupported string escape sequence: \\q «\\q» (a backslash in quotes is written twice: `\\\\`)",
  );
});

test("what a bad first item hides is, to Falco, an empty list", () => {
  expect(read("a.b in ('\\q')")).toBe("a.b in ()");
});

test("bytes of hex escapes are characters together, and bytes alone", () => {
  const value = (text: string) => {
    const parsed = parseCondition(`a.b = ${text}`);
    return parsed.ok && parsed.value.kind === "comparison" && parsed.value.right;
  };
  expect(value('"\\xc3\\xa9"')).toMatchObject({ value: "é" });
  expect(value('"é\\xff"')).toMatchObject({ value: "é\udcff" });
});

test("a modifier takes a list or its name, never a call", () => {
  expect(read("a.b = oneof (x, y)")).toBe("a.b = oneof (x, y)");
  expect(read("a.b = oneof val(c.d)")).toMatch(/^`and` or `or` is missing after `val`/);
});

test("an operand is read from the middle of a text, as far as it goes", () => {
  const at = (text: string, from: number) => {
    const read = parseOperand(text, from);
    return read && [printOperand(read.operand), read.to];
  };
  expect(at("%ka.key[x].y", 1)).toEqual(["ka.key[x]", 10]);
  expect(at("u=%toupper(a.b)!", 3)).toEqual(["toupper(a.b)", 15]);
  expect(at("%val(a.b)", 1)).toBe(undefined);
  expect(at("%x", 1)).toBe(undefined);
});

test("no nesting overflows the stack, whatever depth is asked for", () => {
  const deep = `${"(".repeat(100_000)}a`;
  expect(read(deep, Number.POSITIVE_INFINITY)).toMatch(/^the condition nests too deep/);
  expect(read(`${"b64(".repeat(100_000)}a.b`, 1_000_000)).toMatch(/^the condition nests too deep/);
  expect(read(`${"not ".repeat(100_001)}a`)).toBe("not a");
});

const soup = fc
  .array(
    fc.constantFrom(
      ...comparisonOperators,
      ...modifiers,
      ...transformerNames.map((name) => `${name}(`),
      ...["a", "a.b", "c.d[e]", "and", "or", "not", "exists", "(", ")", ",", "[", "]", " ", " ", " ", "\t", "\r\n"],
      ...["'x'", '"y\\x41"', "'", '"', "\\", "1", "-0x1", "1e+5", "é", "\u000b", "\0", "\udcff"],
    ),
    { maxLength: 60 },
  )
  .map((words) => words.join(""));

test("any text gets an answer with its places inside of the text", () => {
  fc.assert(
    fc.property(fc.oneof(soup, fc.string({ unit: "binary" })), (text) => {
      const parsed = parseCondition(text);
      const span = parsed.ok ? parsed.value.span : parsed.problem.span;
      expect(span.from).toBeGreaterThanOrEqual(0);
      expect(span.to).toBeGreaterThanOrEqual(span.from);
      expect(span.to).toBeLessThanOrEqual(text.length);
      if (!parsed.ok) expect(parsed.problem.offset).toBeLessThanOrEqual(text.length);
    }),
    { numRuns: 3000 },
  );
});

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/).filter((name) => !/^(?:and|or|not|val)/.test(name));
const field = fc.tuple(word, word, fc.option(word)).map(([a, b, c]) => `${a}.${b}${c === null ? "" : `[${c}]`}`);
// What prints as it can be read: no commas, no parentheses, nothing empty, no word that means something where it stands.
const value = fc
  .string({ unit: fc.constantFrom(..."ab0.:/*\\ '\"=\t\n\bé") })
  .filter((text) => text !== "" && !text.endsWith("\\") && !text.includes('\\"') && !text.startsWith('"'))
  .map((text) => `"${text.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`);
const check = fc.oneof(
  word,
  field.map((name) => `${name} exists`),
  fc.tuple(field, fc.constantFrom("=", "!=", "contains", "regex"), value).map((parts) => parts.join(" ")),
  fc.tuple(field, fc.array(value, { maxLength: 3 })).map(([name, items]) => `${name} in (${items.join(", ")})`),
  fc.tuple(field, field).map(([one, other]) => `toupper(${one}) = val(${other})`),
  fc.tuple(field, fc.nat()).map(([name, number]) => `len(${name}) >= ${number}`),
);
const { condition } = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4 },
    check,
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a}) and (${b})`),
    fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(${a}) or not (${b})`),
  ),
}));

test("a condition printed and read again prints the same", () => {
  fc.assert(
    fc.property(condition, (text) => {
      const printed = read(text);
      expect(read(printed)).toBe(printed);
    }),
    { numRuns: 500 },
  );
});
