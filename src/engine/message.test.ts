import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planMessage } from "./message.ts";
import { type LanguageEvent, languageAbout, languageCatalogue } from "./testing/language-world.ts";

const event: LanguageEvent = {
  "t.str": "abc",
  "t.num": 5,
  "t.strs": ["a", "b"],
  "t.net": "10.0.0.1",
  "t.key[x]": "kx",
  "t.key[a=b]": "quoted",
};

function planned(template: string) {
  const plan = planMessage(template, languageCatalogue, { falcoCompat: false });
  if (!plan.ok) throw new Error(plan.problem.message);
  return plan.value;
}

test.each([
  ["user %t.str did it", "user abc did it"],
  ["%t.str%t.num,(%t.str);", "abc5,(abc);"],
  ["<%t.strlong> end", "<<NA>> end"],
  ["%5t.str|", "abc  |"],
  ["%2t.str|", "ab|"],
  ["%0t.str|", "abc|"],
  ["%4t.strlong|", "<NA>|"],
  ["%t.strx", "abcx"],
  ["%t.str.foo", "abc.foo"],
  ["%t.str[", "abc["],
  ["%t.str[0]", "abc[0]"],
  ["%t.str]%t.num", "abc]5"],
  ["*%t.str*", "abc*"],
  ["%t.strs %t.net", "(a,b) <IPNET>"],
  ["%t.key[x]-%t.key['a=b']-%t.key[y]", "kx-quoted-<NA>"],
  ["%toupper(t.str) %tolower(toupper(t.str))", "ABC abc"],
  ["%toupper(t.str)[x]", "ABC[x]"],
  ["%toupper(t.str)(x)", "ABC(x)"],
  ["%join('-', (t.num, 'z')) %len(t.strs)", "5-z 2"],
  ["%getopt(t.strs,'a')[a]|", "<NA>|"],
  ["%evt.reltime", "000000000"],
])("%s prints %s", (template, text) => {
  expect(planned(template).text(event, languageAbout)).toBe(text);
});

test("its fields are typed, bare and once each, those within calls among them", () => {
  const message = planned("%t.num %2t.str %toupper(t.str) %join(',', (t.strs, t.strlong)) %t.key['a=b'] %evt.time");
  expect(message.fieldNames).toEqual(["t.num", "t.str", "t.strs", "t.strlong", 't.key["a=b"]', "evt.time"]);
  expect([...message.fields(event, languageAbout)]).toEqual([
    ["t.num", 5n],
    ["t.str", "abc"],
    ["t.strs", ["a", "b"]],
    ["t.strlong", null],
    ['t.key["a=b"]', "quoted"],
    ["evt.time", 1_700_000_000_123_456_789n],
  ]);
});

const unknown = "unknown filter: unexpected token after '";

describe("refused", () => {
  test.each([
    ["", "empty formatting token"],
    ["100%", "invalid formatting syntax: formatting cannot end with a %"],
    ["%5", "invalid formatting syntax: formatting cannot end with a number"],
    ["%%", unknown],
    ["a % b", unknown],
    ["%foo.bar", unknown],
    ["%t.idx[a]", unknown],
    ["%t.idx", unknown],
    ["%val(t.str)", unknown],
    ["%toupper(t.num)", unknown],
    ["%toupper(t.str", unknown],
    ["%t.key[", unknown],
    ["%t.key['a b']", unknown],
    ["%T.str", unknown],
    ["%{t.str}", unknown],
    ["%join(',')", unknown],
    ["%toupper(t.str, t.str)", "unknown multivalue transformer"],
    ["%65536t.str", "invalid formatting syntax: a length can be at most 65535"],
  ])("%s: %s", (template, message) => {
    const plan = planMessage(template, languageCatalogue, { falcoCompat: false });
    expect(plan.ok || plan.problem.message).toBe(message);
  });

  test("with the place of the mistake, and our own words for it", () => {
    expect(planMessage("on %5t.nope now", languageCatalogue, { falcoCompat: false })).toEqual({
      ok: false,
      problem: {
        code: "output-token",
        message: unknown,
        own: "no field is called `t.nope`, or it cannot stand here so",
        help: "did you mean `t.opt`?",
        offset: 3,
        span: { from: 3, to: 11 },
      },
    });
  });
});

test("no template makes planning or printing throw", () => {
  const pieces = fc.oneof(
    fc.constantFrom(
      "%",
      "%t.str",
      "t.key",
      "[x]",
      "['",
      "']",
      "toupper(",
      "join(",
      "%concat(t.str,",
      ")",
      "(",
      ",",
      "9",
      "*",
      ".",
    ),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const plan = planMessage(parts.join(""), languageCatalogue, { falcoCompat: false });
      if (!plan.ok) return plan.problem.message.length > 0;
      plan.value.fields(event, languageAbout);
      return typeof plan.value.text(event, languageAbout) === "string";
    }),
    { numRuns: 2000 },
  );
});
