/** Every operator of conditions, told once: what it means, on what, and by example. */
import type { Scalar } from "../fields/field.ts";
import { compareBytes } from "../text/bytes.ts";
import { type Address, isWithin, type Network, sameAddress } from "./address.ts";
import { byteString, isAscii } from "./byte-string.ts";
import { glob } from "./glob.ts";
import { pmatch } from "./pmatch.ts";
import { regex } from "./regex.ts";
import type { ComparisonOperator, Modifier } from "./syntax.ts";
import type { Constant, Kind } from "./values.ts";

/** A test of one value that is there; an absent one never reaches it, for every comparison with it is false. */
export type Holds = (value: Scalar) => boolean;
/** Makes the test against one constant, once a rule. */
export type Against = (constant: Constant) => Holds;
/** Makes the test against all constants of a list at once. */
export type Amid = (constants: readonly Constant[]) => Holds;

/** A condition, the fields an event has, and the answer, in the words of the language's own test table. */
export type Example = readonly [condition: string, fields: Readonly<Record<string, unknown>>, answer: boolean];

interface Common {
  /** One sentence, for reference pages, hover and completion. */
  readonly doc: string;
  /** Whether another field may stand right of it. */
  readonly withFields: boolean;
  /** Falco's message about a string constant, where not every one will do. */
  readonly refusal?: (constant: string) => string | undefined;
  readonly examples: readonly Example[];
}
/** Compares with one constant, or with several by way of a modifier. A kind of value that is not here is not supported. */
export interface OneValueOperator extends Common {
  readonly operand: "one value";
  readonly against: Readonly<Partial<Record<Kind, Against>>>;
}
/** Compares with a list of constants. */
export interface ListOperator extends Common {
  readonly operand: "a list";
  readonly amid: Readonly<Partial<Record<Kind, Amid>>>;
  /** How many elements of a list field must hold; absent, where list fields are not supported. */
  readonly elements?: "every" | "some";
}
/** Asks only whether there is a value, of whatever kind, single or list. */
export interface PresenceOperator extends Common {
  readonly operand: "nothing";
}
export type Operator = OneValueOperator | ListOperator | PresenceOperator;

// The planner looks a test up by the kind of the field, whose values and constants are then of that kind.
// These say so to the type system, each in one place.
const onText = (test: (constant: string) => (value: string) => boolean) => test as unknown as Against;
const onNumbers = (test: (constant: bigint) => (value: bigint) => boolean) => test as unknown as Against;
const onAddresses = (test: (constant: Address) => (value: Address) => boolean) => test as unknown as Against;
const onNetworks = (test: (constant: Network) => (value: Address) => boolean) => test as unknown as Against;
const onPaths = (test: (constants: readonly string[]) => (value: string) => boolean) => test as unknown as Amid;

function equality(negated: boolean): OneValueOperator["against"] {
  const same: Against = (constant) => (value) => (value === constant) !== negated;
  return {
    string: same,
    numeric: same,
    bool: same,
    address: onAddresses((constant) => (value) => sameAddress(value, constant) !== negated),
    network: onNetworks((network) => (value) => isWithin(value, network) !== negated),
  };
}

const equal: OneValueOperator = {
  doc: "The value is this, or lies in this network.",
  operand: "one value",
  withFields: true,
  against: equality(false),
  examples: [
    ["t.str = abc", { "t.str": "abc" }, true],
    ["t.str = ABC", { "t.str": "abc" }, false],
    ["t.num = 010", { "t.num": 10 }, true],
    ["t.net = 142.251.0.0/8", { "t.net": "142.251.111.147" }, true],
    ["t.str = ''", {}, false],
  ],
};

/** `<` and its like, by the sign of an order. */
function ordered(words: string, holds: (sign: number) => boolean, examples: readonly Example[]): OneValueOperator {
  const plain = <T extends string | bigint>(value: T, constant: T) =>
    holds(value < constant ? -1 : value > constant ? 1 : 0);
  return {
    doc: `The value is ${words} this; texts are compared byte by byte, with numbers too.`,
    operand: "one value",
    withFields: true,
    against: {
      numeric: onNumbers((constant) => (value) => plain(value, constant)),
      // UTF-16 units are in the order of bytes so long as one side is ASCII.
      string: onText((constant) =>
        isAscii(constant) ? (value) => plain(value, constant) : (value) => holds(compareBytes(value, constant)),
      ),
    },
    examples,
  };
}

/** What looks for one text in another: on bytes where the text is no whole characters, for it may be half of one. */
function search(
  doc: string,
  finds: (value: string, text: string) => boolean,
  examples: readonly Example[],
): OneValueOperator {
  return {
    doc,
    operand: "one value",
    withFields: true,
    against: {
      string: onText((text) => {
        if (text.isWellFormed()) return (value) => finds(value, text);
        const bytes = byteString(text);
        return (value) => finds(byteString(value), bytes);
      }),
    },
    examples,
  };
}

function pattern(
  doc: string,
  test: (constant: string) => (value: string) => boolean,
  examples: readonly Example[],
): OneValueOperator {
  return { doc, operand: "one value", withFields: true, against: { string: onText(test) }, examples };
}

/** Falco has a kind of field made of bytes, which no source of ours has. */
function bytesOnly(doc: string): OneValueOperator {
  return { doc, operand: "one value", withFields: true, against: {}, examples: [] };
}

function membership(doc: string, elements: "every" | "some", examples: readonly Example[]): ListOperator {
  const inSet: Amid = (constants) => {
    const set: ReadonlySet<unknown> = new Set(constants);
    return (value) => set.has(value);
  };
  return {
    doc,
    operand: "a list",
    withFields: true,
    amid: {
      string: inSet,
      numeric: inSet,
      bool: inSet,
      address: (constants) => modified.anyof(constants.map(equal.against.address!)),
      network: (constants) => modified.anyof(constants.map(equal.against.network!)),
    },
    elements,
    examples,
  };
}

/** With ASCII letters made small, others as they are. */
export function lowered(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** What a modifier makes of the tests against each constant. Without constants all three are false. */
export const modified: Readonly<Record<Modifier, (tests: readonly Holds[]) => Holds>> = {
  oneof: (tests) => (value) => {
    let holding = 0;
    for (const test of tests) if (test(value)) holding++;
    return holding === 1;
  },
  anyof: (tests) => (value) => {
    for (const test of tests) if (test(value)) return true;
    return false;
  },
  allof: (tests) => (value) => {
    for (const test of tests) if (!test(value)) return false;
    return tests.length > 0;
  },
};

export const operators: Readonly<Record<ComparisonOperator | "exists", Operator>> = {
  exists: {
    doc: "The event has a value here, be it an empty text.",
    operand: "nothing",
    withFields: false,
    examples: [
      ["t.str exists", { "t.str": "" }, true],
      ["t.str exists", {}, false],
      ["t.strs exists", { "t.strs": ["a"] }, true],
    ],
  },
  "=": equal,
  "==": { ...equal, doc: "The same as `=`.", examples: [["t.str == abc", { "t.str": "abc" }, true]] },
  "!=": {
    ...equal,
    doc: "There is a value, and it is not this, nor in this network.",
    against: equality(true),
    examples: [
      ["t.str != abc", { "t.str": "abd" }, true],
      ["t.str != abc", {}, false],
      ["t.ip != 127.0.0.1", { "t.ip": "::1" }, true],
    ],
  },
  "<": ordered("less than", (sign) => sign < 0, [
    ["t.num < 7", { "t.num": 6 }, true],
    ["t.num < 7", {}, false],
    ["t.str < 5", { "t.str": "10" }, true],
  ]),
  "<=": ordered("at most", (sign) => sign <= 0, [["t.num <= 7", { "t.num": 7 }, true]]),
  ">": ordered("more than", (sign) => sign > 0, [
    ["t.num > 7", { "t.num": 7 }, false],
    ["t.str > 5", { "t.str": "10" }, false],
  ]),
  ">=": ordered("at least", (sign) => sign >= 0, [["t.num >= 7", { "t.num": 7 }, true]]),
  contains: search("The value holds this text.", (value, text) => value.includes(text), [
    ["t.str contains b", { "t.str": "abc" }, true],
    ["t.str contains B", { "t.str": "abc" }, false],
    ["t.str contains ''", { "t.str": "abc" }, true],
  ]),
  icontains: {
    ...search("The value holds this text, ASCII letters of either case.", () => false, [
      ["t.str icontains B", { "t.str": "abc" }, true],
      ["t.str icontains É", { "t.str": "é" }, false],
    ]),
    against: {
      string: onText((text) => {
        const wanted = byteString(lowered(text));
        return text.isWellFormed()
          ? (value) => lowered(value).includes(lowered(text))
          : (value) => byteString(lowered(value)).includes(wanted);
      }),
    },
  },
  bcontains: bytesOnly("The bytes hold these, given in hex; for fields made of bytes, which audit events lack."),
  startswith: search("The value begins with this text.", (value, text) => value.startsWith(text), [
    ["t.str startswith ab", { "t.str": "abc" }, true],
    ["t.str startswith abcd", { "t.str": "abc" }, false],
  ]),
  bstartswith: bytesOnly(
    "The bytes begin with these, given in hex; for fields made of bytes, which audit events lack.",
  ),
  endswith: search("The value ends with this text.", (value, text) => value.endsWith(text), [
    ["t.str endswith bc", { "t.str": "abc" }, true],
    ["t.str endswith b", { "t.str": "abc" }, false],
  ]),
  glob: pattern(
    "The whole value matches this pattern of `*`, `?` and `[…]`; a `?` is one byte.",
    (text) => glob(text),
    [
      ["t.str glob 'a*c'", { "t.str": "a/b/c" }, true],
      ["t.str glob '[!a]*'", { "t.str": "abc" }, false],
      ["t.str glob '?a'", { "t.str": "éa" }, false],
    ],
  ),
  iglob: pattern("As `glob`, ASCII letters of either case.", (text) => glob(text, { fold: true }), [
    ["t.str iglob 'A*C'", { "t.str": "abC" }, true],
  ]),
  regex: {
    ...pattern("The whole value matches this POSIX expression of RE2's.", matchesRegex, [
      ["t.str regex 'sys.*'", { "t.str": "syscall" }, true],
      ["t.str regex 'call'", { "t.str": "syscall" }, false],
      ["t.str regex '[[:digit:]]{3}'", { "t.str": "123" }, true],
    ]),
    withFields: false,
    refusal: (text) => {
      const read = regex(text);
      return read.ok ? undefined : read.message;
    },
  },
  in: membership("The value is one of these; of a list, every element is.", "every", [
    ["t.str in (a, 'b c')", { "t.str": "b c" }, true],
    ["t.str in ()", { "t.str": "a" }, false],
    ["t.strs in (a, b)", { "t.strs": ["a", "c"] }, false],
    ["t.net in (10.0.0.0/8, 142.251.0.0/16)", { "t.net": "142.251.111.147" }, true],
  ]),
  intersects: membership("The value is one of these; of a list, some element is.", "some", [
    ["t.strs intersects (a, b)", { "t.strs": ["a", "c"] }, true],
    ["t.strs intersects (b)", { "t.strs": ["a", "c"] }, false],
    ["t.str intersects (a)", { "t.str": "a" }, true],
  ]),
  pmatch: {
    doc: "The path is one of these or lies under one, by whole components, which may be globs.",
    operand: "a list",
    withFields: false,
    amid: { string: onPaths(pmatch) },
    examples: [
      ["t.str pmatch (/etc)", { "t.str": "/etc/passwd" }, true],
      ["t.str pmatch (/etc)", { "t.str": "/etcd" }, false],
      ["t.str pmatch (/e*/a)", { "t.str": "/etc/a/b" }, true],
    ],
  },
};

/** Patterns that cannot be read were refused before. */
function matchesRegex(text: string): (value: string) => boolean {
  const read = regex(text);
  return read.ok ? read.matches : () => false;
}
