import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { regex } from "./regex.ts";

function holds(pattern: string, value: string): boolean {
  const read = regex(pattern);
  if (!read.ok) throw new Error(read.message);
  return read.matches(value);
}

test.each<[string, string, boolean]>([
  ["syscal.*", "syscall", true],
  ["yscal.*", "syscall", false],
  ["^[s]{1}ysca[l]{2}$", "syscall", true],
  ["^a|b$", "ab", false],
  ["^a|b$", "b", true],
  ["", "", true],
  ["", "a", false],
  ["a.c", "a\nc", false],
  [".*", "a\nc", false],
  [".*c", "a\nc", false],
  ["a.*", "a\n", false],
  [".*b.*", "abc", true],
  [".*b.*", "a\nbc", false],
  ["[^a]", "\n", true],
  ["a$\nb", "a\nb", true],
  ["a$\\n^b", "a\nb", true],
  ["a$\rb", "a\rb", false],
  ["a.b", "a\rb", true],
  ["a.b", "a\u2028b", true],
  ["A", "a", false],
  [".", "é", true],
  [".", "😀", true],
  [".", "\udcff", true],
  ["\\x{fffd}", "\udcff", true],
  ["�", "\udcff", true],
  ["\\x{dcff}", "\udcff", false],
  ["é{2}", "éé", true],
  ["\\x{e9}", "é", true],
  ["\\xe9", "é", true],
  ["\\12", "\n", true],
  ["\\0", "\0", true],
  ["[[:digit:]]{3}", "123", true],
  ["[[:^alpha:]]b", "1b", true],
  ["[[:alpha:]]", "é", false],
  ["[[:word:]]+", "a_1", true],
  ["[]a]", "]", true],
  ["[^]a]", "]", false],
  ["[a-]", "-", true],
  ["[-a]", "-", true],
  ["[\\]]", "]", true],
  ["[\\n-\\x0c]", "\v", true],
  ["x{,2}", "x{,2}", true],
  ["a{", "a{", true],
  ["a{x}", "a{x}", true],
  ["a{01}", "a{01}", true],
  ["x{2,}", "xxx", true],
  ["x{2,3}", "xxxx", false],
  ["x{0}", "", true],
  ["a*?", "aaa", true],
  ["a++", "aa", true],
  ["a**", "", true],
  ["()", "", true],
  ["a||b", "", true],
  ["a\\.b", "axb", false],
  ["a\\_.", "a_x", true],
  ["(a|b)+c", "abac", true],
  ["(a|b)(c|d)", "bd", true],
  ["(foo).*", "foobar", true],
  ["foo(bar|baz)", "foobaz", true],
  ["foo(bar|baz)", "fobaz", false],
])("%j on %j: %s", (pattern, value, answer) => {
  expect(holds(pattern, value)).toBe(answer);
});

test.each([
  ["\\d+", "invalid escape sequence: \\d"],
  ["[\\d]", "invalid escape sequence: \\d"],
  ["\\bA", "invalid escape sequence: \\b"],
  ["\\1", "invalid escape sequence: \\1"],
  ["\\pL", "invalid escape sequence: \\p"],
  ["\\Qa\\E", "invalid escape sequence: \\Q"],
  ["\\x4", "invalid escape sequence: \\x4"],
  ["\\x{110000}", "invalid escape sequence: \\x{110000"],
  ["\\x{4g}", "invalid escape sequence: \\x{4g"],
  ["a\\", "trailing \\"],
  ["(?i)abc", "no argument for repetition operator: ?"],
  ["+a", "no argument for repetition operator: +"],
  ["a|*", "no argument for repetition operator: *"],
  ["(*a)", "no argument for repetition operator: *"],
  ["{2}", "no argument for repetition operator: {2}"],
  ["x{1001}", "invalid repetition size: {1001}"],
  ["x{3,2}", "invalid repetition size: {3,2}"],
  ["(x{100}){11}", "invalid repetition size: {11}"],
  ["(", "missing ): ("],
  ["a)", "unexpected ): a)"],
  ["b[a", "missing ]: [a"],
  ["[]", "missing ]: []"],
  ["[a-", "invalid UTF-8"],
  ["[z-a]", "invalid character class range: z-a"],
  ["[a-b-c]", "invalid character class range: -c"],
  ["[[:nope:]]", "invalid character class range: [:nope:]"],
  ["\udcff", "invalid UTF-8"],
  [`(${"a".repeat(200)}){1000}`, "pattern too large - compile failed"],
])("%j is refused: %s", (pattern, message) => {
  expect(regex(pattern)).toEqual({ ok: false, message: `invalid regex pattern: ${message}` });
});

describe("hostile patterns", () => {
  test.each([
    ["(a+)+$", "a".repeat(50_000)],
    ["(a|aa)+", "a".repeat(50_000)],
    ["(a*)*(a*)*(a*)*", "a".repeat(50_000)],
    ["((a?){30}){30}a{30}", "a".repeat(2_000)],
    ["(x{10}){100}", "x".repeat(2_000)],
    ["(.*)(.*)(.*)(.*)(.*)[0-9]", "a".repeat(50_000)],
  ])("%s takes time in proportion to the value", (pattern, value) => {
    expect(holds(pattern, `${value}!`)).toBe(false);
  });

  test("nothing one may write makes it throw", () => {
    const pieces = fc.constantFrom(..."()[]{}*+?|.^$\\-:,0129adx\n\udc80é");
    fc.assert(
      fc.property(
        fc.string({ unit: pieces, maxLength: 40 }),
        fc.string({ unit: pieces, maxLength: 20 }),
        (pattern, value) => {
          const read = regex(pattern);
          if (read.ok) read.matches(value);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
