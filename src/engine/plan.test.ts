import fc from "fast-check";
import { expect, test } from "vitest";
import { planCondition, planLeaf } from "./plan.ts";
import {
  type CallArgument,
  type Comparison,
  type Condition,
  comparisonOperators,
  modifiers,
  type Operand,
  transformerNames,
} from "./syntax.ts";
import { type LanguageEvent, languageAbout, languageCatalogue } from "./testing/language-world.ts";

const dialect = { falcoCompat: false };
const span = { from: 0, to: 0 };

function field(name: string, argument?: string): Operand {
  return { kind: "field", name, argument, span };
}

function comparison(left: Operand, operator: Comparison["operator"], ...values: string[]): Comparison {
  const items = values.map((value) => ({ kind: "literal", value, span }) as const);
  return { kind: "comparison", left, operator, right: { kind: "list", items, span }, span };
}

function answer(condition: Condition, event: LanguageEvent): boolean | string {
  const plan = planCondition(condition, languageCatalogue, dialect);
  return plan.ok ? plan.value.test(event, languageAbout) : plan.problem.message;
}

test("`not` makes an absent value true, `!=` does not", () => {
  const equal = comparison(field("t.str"), "=", "a");
  expect(answer({ kind: "not", child: equal, span }, {})).toBe(true);
  expect(answer(comparison(field("t.str"), "!=", "a"), {})).toBe(false);
});

test("half a character is found among bytes, though no part of the text", () => {
  expect(answer(comparison(field("t.str"), "contains", "\udcc3"), { "t.str": "é" })).toBe(true);
  expect(answer(comparison(field("t.str"), "startswith", "\udcc3"), { "t.str": "é" })).toBe(true);
  expect(answer(comparison(field("t.str"), "endswith", "\udca9"), { "t.str": "é" })).toBe(true);
  expect(answer(comparison(field("t.str"), "icontains", "\udca9"), { "t.str": "é" })).toBe(true);
  expect(answer(comparison(field("t.str"), "=", "\udcc3"), { "t.str": "é" })).toBe(false);
});

test("texts are ordered by bytes, not by UTF-16", () => {
  const right: Operand = { kind: "call", name: "val", args: [field("t.str2")], span };
  const less: Comparison = { kind: "comparison", left: field("t.str"), operator: "<", right, span };
  expect(answer(less, { "t.str": "\uffee", "t.str2": "😀" })).toBe(true);
  expect(answer(less, { "t.str": "😀", "t.str2": "\uffee" })).toBe(false);
});

test("a mistake has its place, its words and a code of ours", () => {
  const left = { kind: "field", name: "t.nope", span: { from: 7, to: 13 } } as const;
  expect(planLeaf({ kind: "exists", left, span: { from: 7, to: 20 } }, languageCatalogue, dialect)).toEqual({
    ok: false,
    problem: {
      code: "unknown-field",
      message: "filter_check called with nonexistent field t.nope",
      own: "no field is called `t.nope`",
      help: "did you mean `t.opt`?",
      offset: 7,
      span: { from: 7, to: 13 },
    },
  });
});

test("a leaf tells what it looks at", () => {
  const leaf = planLeaf(comparison(field("t.key", "/a"), "=", "x"), languageCatalogue, dialect);
  if (!leaf.ok) throw new Error(leaf.problem.message);
  expect(leaf.value.left.read({ "t.key[/a]": "y" }, languageAbout)).toBe("y");
  expect(leaf.value.left.fields.map(({ field: { name } }) => name)).toEqual(["t.key"]);
});

test("a value is read once an event, however many conditions look at it", () => {
  let reads = 0;
  const counted = {
    ...languageCatalogue.get("t.str")!,
    read: () => {
      reads++;
      return "a";
    },
  };
  const catalogue = new Map([["t.str", counted]]);
  const conditions = [comparison(field("t.str"), "=", "b"), comparison(field("t.str"), "in", "c", "d")];
  const tests = conditions.map((condition) => {
    const plan = planCondition<LanguageEvent>(condition, catalogue, dialect);
    if (!plan.ok) throw new Error(plan.problem.message);
    return plan.value.test;
  });
  const [first, second] = [{}, {}];
  for (const check of tests) check(first, languageAbout);
  expect(reads).toBe(1);
  for (const check of tests) check(second, languageAbout);
  expect(reads).toBe(2);
  const later = { ...languageAbout };
  for (const check of tests) check(second, later);
  expect(reads).toBe(3);
});

const names = [...languageCatalogue.keys(), "t.nope"];
const values = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "",
    "a",
    "5",
    "-1",
    "true",
    "10.0.0.1",
    "::1",
    "10.0.0.0/8",
    "a*",
    "(a+)+$",
    "/etc",
    "t.str",
    "len(t.str)",
  ),
);
const argument = fc.option(fc.constantFrom("", "0", "01", "x", "a b", "a]b"), { nil: undefined });
const { operand, condition } = fc.letrec<{ operand: Operand; arg: CallArgument; condition: Condition }>((tie) => ({
  operand: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("field"), name: fc.constantFrom(...names), argument, span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("call"),
      name: fc.constantFrom(...transformerNames),
      args: fc.array(tie("arg"), { minLength: 1, maxLength: 3 }),
      argument,
      span: fc.constant(span),
    }),
  ) as fc.Arbitrary<Operand>,
  arg: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("literal"), value: values, span: fc.constant(span) }),
    tie("operand"),
    fc.record({
      kind: fc.constant("call-list"),
      items: fc.array(tie("operand"), { maxLength: 3 }),
      span: fc.constant(span),
    }),
  ) as fc.Arbitrary<CallArgument>,
  condition: fc.oneof(
    { depthSize: "small" },
    fc.record({ kind: fc.constant("exists"), left: tie("operand"), span: fc.constant(span) }),
    fc.record({
      kind: fc.constant("comparison"),
      left: tie("operand"),
      operator: fc.constantFrom(...comparisonOperators),
      modifier: fc.option(fc.constantFrom(...modifiers), { nil: undefined }),
      right: fc.oneof(
        fc.record({
          kind: fc.constant("list"),
          items: fc.array(fc.record({ kind: fc.constant("literal"), value: values, span: fc.constant(span) }), {
            maxLength: 4,
          }),
          span: fc.constant(span),
        }),
        tie("operand"),
      ),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("not"), child: tie("condition"), span: fc.constant(span) }),
    fc.record({
      kind: fc.constantFrom("and", "or"),
      children: fc.array(tie("condition"), { minLength: 1, maxLength: 3 }),
      span: fc.constant(span),
    }),
    fc.record({ kind: fc.constant("macro"), name: fc.constant("m"), span: fc.constant(span) }),
  ) as fc.Arbitrary<Condition>,
}));

const numbers = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String);
const addresses = fc.oneof(fc.ipV4(), fc.constantFrom("::1", "2001:db8::1"));
const texts = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom("", "a", "/etc/x", "-n", "aGVsbG8="));
const event = fc.record(
  {
    "t.str": texts,
    "t.str2": texts,
    "t.num": numbers,
    "t.bool": fc.boolean(),
    "t.rel": numbers,
    "t.ip": addresses,
    "t.ip2": addresses,
    "t.net": addresses,
    "t.strs": fc.array(texts, { maxLength: 4 }),
    "t.strs2": fc.array(texts, { maxLength: 4 }),
    "t.nums": fc.array(numbers, { maxLength: 4 }),
    "t.bools": fc.array(fc.boolean(), { maxLength: 4 }),
    "t.ips": fc.array(addresses, { maxLength: 4 }),
    "t.nets": fc.array(addresses, { maxLength: 4 }),
  },
  { requiredKeys: [] },
);

test("no tree and no event make planning or judging throw", () => {
  let planned = 0;
  fc.assert(
    fc.property(condition, event, fc.boolean(), (tree, given, falcoCompat) => {
      const plan = planCondition<LanguageEvent>(tree, languageCatalogue, { falcoCompat });
      if (!plan.ok) return plan.problem.message.length > 0;
      planned++;
      return typeof plan.value.test(given, languageAbout) === "boolean";
    }),
    // One in some 24 trees can be planned at all.
    { numRuns: 8000 },
  );
  expect(planned).toBeGreaterThan(100);
});

test("`not` turns every answer round, whatever the condition", () => {
  fc.assert(
    fc.property(operand, fc.constantFrom(...comparisonOperators), values, event, (left, operator, value, given) => {
      const check = comparison(left, operator, value);
      const plain = answer(check, given);
      const turned = answer({ kind: "not", child: check, span }, given);
      return typeof plain === "string" ? turned === plain : turned === !plain;
    }),
    { numRuns: 1000 },
  );
});
