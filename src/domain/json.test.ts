/** What the reader accepts, keeps and refuses. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJson } from "./json.ts";
import type { JsonValue } from "./json-value.ts";

function value(text: string): JsonValue {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`${parsed.message} at ${parsed.at}`);
  return parsed.value;
}

function fault(text: string): string {
  const parsed = parseJson(text);
  return parsed.ok ? "none" : `${parsed.at}: ${parsed.message}`;
}

test("numbers and escapes are kept as they came, blanks are not", () => {
  expect(value(' { "a" : [ 200.0 , 2e3, 12345678901234567890 ] , "b":"\\u00e9 \\/" }\n').compact()).toBe(
    '{"a":[200.0,2e3,12345678901234567890],"b":"\\u00e9 \\/"}',
  );
});

test("of members with one name the first counts, and all are listed", () => {
  const object = value('{"a":1,"\\u0061":2,"__proto__":3}');
  expect(object.member("a")?.text()).toBe("1");
  expect(object.member("__proto__")?.text()).toBe("3");
  expect(object.member("constructor")).toBeUndefined();
  expect([...object.members()].map(([name, of]) => `${name}=${of.text()}`)).toEqual(["a=1", "a=2", "__proto__=3"]);
  expect(JSON.stringify(object.plain())).toBe('{"a":1,"__proto__":3}');
});

test("half a surrogate pair is U+FFFD, a whole one a character", () => {
  expect(value('"\\ud83d\\ude00 \\ud800 \\udc00x"').text()).toBe("😀 \ufffd \ufffdx");
});

test("elements are found by position, and other kinds have none", () => {
  const array = value('[[1,[2]],"b",{"c":null}]');
  expect(array.element(1)?.text()).toBe("b");
  expect(array.element(2)?.member("c")?.kind).toBe("null");
  expect([array.element(3), array.element(-1), value("{}").element(0), value('"x"').member("length")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  ["", "0: the text ends where a value should be"],
  ['{"a":1,}', "7: found `}` where a member's name should be"],
  ["[1 2]", "3: found `2` where `,` or `]` should be"],
  ["01", "1: found `1` where the end of the text should be"],
  ['"a\nb"', "2: a string holds a bare control character"],
  ['"\\x"', "1: a string holds an escape that JSON does not know"],
  ['"abc', "4: a string has no end"],
  ["nan", "0: found `n` where a value should be"],
  ["{}{}", "2: found `{` where the end of the text should be"],
])("%j is refused", (text, message) => {
  expect(fault(text)).toBe(message);
});

test("nesting is bounded, and the deepest allowed is read", () => {
  expect(fault("[".repeat(1_000_000))).toBe("1000: nested more than 1000 levels deep");
  expect(value("[".repeat(1000) + "]".repeat(1000)).kind).toBe("array");
  expect(fault(`${"[".repeat(1000)}1${"]".repeat(1000)}`)).toBe("1000: nested more than 1000 levels deep");
});

test("the lax reader takes what fastjson takes", () => {
  const lax = (text: string) => {
    const parsed = parseJson(text, { lax: true });
    return parsed.ok ? `${parsed.value.kind} ${parsed.value.text()}` : "refused";
  };
  expect(['"a\tb"', '"\\x\\ud800z"', "01.2.3", "nan", "-inf", "nul", "[1,]"].map(lax)).toEqual([
    "string a\tb",
    "string \\x\\ud800z",
    "number 01.2.3",
    "number nan",
    "number -inf",
    "refused",
    "refused",
  ]);
});

test("whatever JSON.stringify writes is read back the same", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.nat(2), (json, blanks) => {
      const text = JSON.stringify(json, null, blanks);
      const read = value(text);
      expect(JSON.parse(JSON.stringify(read.plain()))).toEqual(JSON.parse(text));
      expect(read.compact()).toBe(JSON.stringify(json));
    }),
  );
});

test("any text is accepted exactly when JSON.parse accepts it", () => {
  const piece = fc.constantFrom(
    ...'{}[],:"\\ \n0123-+.eEtrufalsn',
    '"a"',
    "true",
    "null",
    "1.5e3",
    '"\\u00e9"',
    "\\ud800",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
      ),
      (text) => {
        expect(parseJson(text).ok).toBe(accepts(text));
      },
    ),
    { numRuns: 5000 },
  );
});

function accepts(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}
