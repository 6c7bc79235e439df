/** From a condition's tree to a test: types checked, constants read, lists made sets, once a rule. */
import type { Catalogue, Scalar, Value } from "../fields/field.ts";
import { constantWarnings } from "./constant-warnings.ts";
import type { Dialect, Outcome, PlanCondition, Problem, Test } from "./contract.ts";
import { Shared } from "./once.ts";
import { planOperand, type Reading, refusal } from "./operand.ts";
import {
  type Holds,
  type ListOperator,
  modified,
  type OneValueOperator,
  type Operator,
  operators,
} from "./operators.ts";
import type { Comparison, Condition, Exists, Literal } from "./syntax.ts";
import type { Given } from "./transformers.ts";
import { type Constant, type Kind, types } from "./values.ts";

/** One comparison made ready. `left` is what it looks at, for those who want to show it. */
export interface Leaf<E> {
  readonly test: Test<E>;
  readonly left: Reading<E>;
  /** What stands right, where that is a field or a call. */
  readonly right?: Reading<E>;
  readonly warnings: readonly Problem[];
}

export const planCondition: PlanCondition = <E>(condition: Condition, catalogue: Catalogue<E>, dialect: Dialect) => {
  const warnings: Problem[] = [];
  const test = planNode(condition, catalogue, dialect, warnings);
  return test.ok ? { ok: true, value: { test: test.value, warnings } } : test;
};

function planNode<E>(
  node: Condition,
  catalogue: Catalogue<E>,
  dialect: Dialect,
  warnings: Problem[],
): Outcome<Test<E>> {
  switch (node.kind) {
    case "and":
    case "or": {
      const tests: Test<E>[] = [];
      for (const child of node.children) {
        const test = planNode(child, catalogue, dialect, warnings);
        if (!test.ok) return test;
        tests.push(test.value);
      }
      return { ok: true, value: node.kind === "and" ? every(tests) : some(tests) };
    }
    case "not": {
      const child = planNode(node.child, catalogue, dialect, warnings);
      if (!child.ok) return child;
      const test = child.value;
      return { ok: true, value: (event, about) => !test(event, about) };
    }
    case "macro":
      return refusal("unresolved-macro", `filter error: unexpected identifier '${node.name}'`, node);
    case "exists":
    case "comparison": {
      const leaf = planLeaf(node, catalogue, dialect);
      if (!leaf.ok) return leaf;
      warnings.push(...leaf.value.warnings);
      return { ok: true, value: tests.question(catalogue, wordsOf(node, dialect), leaf.value.test) };
    }
  }
}

/** Comparisons that many rules make: each is made once an event. */
const tests = new Shared();

/** All that a comparison depends on beside its fields, and not where it is written. */
function wordsOf(check: Exists | Comparison, dialect: Dialect): string {
  return JSON.stringify([dialect.falcoCompat, check], (key, value) =>
    key === "span" || key === "falcoOffset" ? undefined : value,
  );
}

function every<E>(tests: readonly Test<E>[]): Test<E> {
  return (event, about) => {
    for (const test of tests) if (!test(event, about)) return false;
    return true;
  };
}

function some<E>(tests: readonly Test<E>[]): Test<E> {
  return (event, about) => {
    for (const test of tests) if (test(event, about)) return true;
    return false;
  };
}

/** One comparison, by itself; an evaluator that wants to watch builds its tree of these. */
export function planLeaf<E>(check: Exists | Comparison, catalogue: Catalogue<E>, dialect: Dialect): Outcome<Leaf<E>> {
  const planned = planOperand(check.left, catalogue, dialect);
  if (!planned.ok) return planned;
  const left = planned.value;
  if (check.kind === "exists") {
    const test: Test<E> = (event, about) => left.read(event, about) !== undefined;
    return { ok: true, value: { test, left, warnings: [] } };
  }
  const operator = operators[check.operator];
  const unsupported = unsupportedOperator(operator, check, left);
  if (unsupported) {
    const help = left.list ? "a list goes with `in`, `intersects` and `exists`" : undefined;
    return refusal("unsupported-operator", unsupported, check, { help });
  }
  if (check.right.kind === "field" || check.right.kind === "call") {
    return planBetween(check, operator, left, planOperand(check.right, catalogue, dialect));
  }
  return planAgainst(
    check,
    operator,
    left,
    check.right.kind === "list" ? check.right.items : [check.right],
    catalogue,
    dialect,
  );
}

/** Falco's message where an operator does not go with what stands left of it. */
function unsupportedOperator(
  operator: Operator,
  { operator: written, modifier }: Comparison,
  left: Given,
): string | undefined {
  const name = written === "==" ? "=" : written;
  const { kind, family } = types[left.type];
  if (left.list) {
    const supported = operator.operand === "a list" && operator.elements;
    return supported ? undefined : `filter error: '${name}' operator not supported list filters`;
  }
  if (
    operator.operand === "one value" ? operator.against[kind] : operator.operand === "a list" && operator.amid[kind]
  ) {
    return;
  }
  const what = modifier && family === "ip address and network" ? "with modifier" : "operator";
  return `filter error: '${name}' ${what} not supported for ${family} filters`;
}

/** Against constants. */
function planAgainst<E>(
  check: Comparison,
  operator: Operator,
  left: Reading<E>,
  items: readonly Literal[],
  catalogue: Catalogue<E>,
  dialect: Dialect,
): Outcome<Leaf<E>> {
  const warnings: Problem[] = [];
  const constants: Constant[] = [];
  for (const item of items) {
    warnings.push(...constantWarnings(check, item, catalogue));
    const constant = types[left.type].read(item.value);
    const refused = constant.ok ? left.type === "string" && operator.refusal?.(item.value) : constant.message;
    if (refused) return refusal("bad-constant", refused, item, { offset: beginning(check), help: help(left, refused) });
    if (constant.ok) constants.push(constant.value);
  }
  const holds = testOf(operator, check, left, constants, dialect);
  return { ok: true, value: { test: onValue(left, holds), left, warnings } };
}

/** Where Falco says that a check begins: the mistakes of its constants it puts there. */
function beginning({ span, falcoOffset }: Comparison): number {
  return falcoOffset ?? span.from;
}

/** The way out of what is wrong with a constant, where there is a plain one. */
function help({ type }: Given, message: string): string | undefined {
  if (type === "bool") return "write `true` or `false`";
  if (type === "ipnet") return "write a network: `10.0.0.0/8`";
  if (types[type].kind === "numeric") return "write decimal digits";
  const perl = /invalid escape sequence: \\([dDwWsS])$/.exec(message)?.[1];
  const named = perl && { d: "digit", w: "word", s: "space" }[perl.toLowerCase()];
  return named && `write \`[[:${perl === perl.toLowerCase() ? "" : "^"}${named}:]]\`: there are no Perl classes`;
}

function testOf(
  operator: Operator,
  { modifier, operator: name }: Comparison,
  left: Reading<never>,
  constants: readonly Constant[],
  dialect: Dialect,
): (value: Value) => boolean {
  const { kind } = types[left.type];
  if (operator.operand === "nothing") return () => true;
  if (operator.operand === "a list") {
    if (left.list && left.elementsHoldNul) return () => false;
    return amid(operator, kind, left.list, constants);
  }
  const against = operator.against[kind]!;
  if (!modifier) return whole(constants.length > 0 ? against(constants[0]!) : () => false);
  // Falco compares a network's constants as bytes of memory here, which are never those of an address.
  const unequal = name === "!=";
  const tests =
    dialect.falcoCompat && kind === "network" ? constants.map((): Holds => () => unequal) : constants.map(against);
  return whole(modified[modifier](tests));
}

// A field that is no list has single values; this says so to the type system.
const whole = (holds: Holds) => holds as (value: Value) => boolean;

/** Membership among constants, of a value or of a list's elements. */
function amid(
  operator: ListOperator,
  kind: Kind,
  list: boolean,
  constants: readonly Constant[],
): (value: Value) => boolean {
  const holds = operator.amid[kind]!(constants);
  if (!list) return whole(holds);
  const wanted = operator.elements === "some";
  return (value) => {
    for (const element of value as readonly Scalar[]) if (holds(element) === wanted) return wanted;
    return !wanted;
  };
}

/** Whatever the test, it is false of nothing. */
function onValue<E>(left: Reading<E>, holds: (value: Value) => boolean): Test<E> {
  const { read } = left;
  return (event, about) => {
    const value = read(event, about);
    return value !== undefined && holds(value);
  };
}

/** Against another field. */
function planBetween<E>(
  check: Comparison,
  operator: Operator,
  left: Reading<E>,
  planned: Outcome<Reading<E>>,
): Outcome<Leaf<E>> {
  if (!planned.ok) return planned;
  const right = planned.value;
  const offset = beginning(check);
  const refuse = (message: string) => refusal("fields-compared", message, check.right, { offset });
  if (!operator.withFields) {
    return refuse(`operator '${check.operator.toUpperCase()}' doesn't support right-hand side fields`);
  }
  if (left.type === "ipnet") return refuse("field type 'IPNET' doesn't support right-hand side fields");
  if (left.type !== right.type || left.list !== right.list) {
    return refuse(
      `field '${left.name}' has type '${shapeName(left)}' while the right-hand side field '${right.name}' has incompatible type '${shapeName(right)}'`,
    );
  }
  const test: Test<E> = (event, about) => {
    const value = left.read(event, about);
    if (value === undefined) return false;
    const other = right.read(event, about);
    return other !== undefined && between(value, other);
  };
  const between =
    Boolean(left.elementsHoldNul) === Boolean(right.elementsHoldNul)
      ? comparison(operator as ListOperator | OneValueOperator, left)
      : () => false;
  return { ok: true, value: { test, left, right, warnings: [] } };
}

function shapeName({ type, list }: Given): string {
  return list ? `${types[type].falco} (list)` : types[type].falco;
}

/** Between two values of the same shape. The test made of the right one is kept until another comes. */
function comparison(
  operator: ListOperator | OneValueOperator,
  { type, list }: Given,
): (left: Value, right: Value) => boolean {
  const { kind } = types[type];
  let last: Value | undefined;
  let holds: (value: Value) => boolean = () => false;
  return (left, right) => {
    if (right !== last) {
      last = right;
      const constants = list ? (right as readonly Scalar[]) : [right as Scalar];
      holds =
        operator.operand === "a list"
          ? amid(operator, kind, list, constants)
          : whole(operator.against[kind]!(constants[0]!));
    }
    return holds(left);
  };
}
