import fc from "fast-check";
import { expect, test } from "vitest";
import { LineSplitter, ObjectSplitter, type Splitter } from "./item-splitter.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (piece: Uint8Array) => new TextDecoder().decode(piece);

function items(splitter: Splitter, ...pieces: readonly Uint8Array[]): string[] {
  const all = [...pieces.flatMap((piece) => [...splitter.push(piece)]), ...splitter.end()];
  return all.map(({ bytes, line, tooLong }) => `${line}: ${tooLong ? "too long: " : ""}${text(bytes)}`);
}

const objects = (source: string) => items(new ObjectSplitter(), bytes(source));

test("objects come one by one from lines, arrays in arrays, and side by side", () => {
  expect(objects('{"a":1}\n{"b":[{}]}\r\n\n[{"c":"}"},[{"d":"\\""}]]{"e":1}{"f":1}')).toEqual([
    '1: {"a":1}',
    '2: {"b":[{}]}',
    '4: {"c":"}"}',
    '4: {"d":"\\""}',
    '4: {"e":1}',
    '4: {"f":1}',
  ]);
});

test("a pretty-printed object is one item, with the line it begins on", () => {
  expect(objects('[\n  {\n    "a": {\n      "b": 1\n    }\n  },\n  {}\n]\n')).toEqual([
    '2: {\n    "a": {\n      "b": 1\n    }\n  }',
    "7: {}",
  ]);
});

test("an event list with one event a line stays whole", () => {
  const list = '{"kind":"EventList","items":[\n{"kind":"Event"},\n{"kind":"Event"}\n]}';
  expect(objects(list)).toEqual([`1: ${list}`]);
});

test("an object that breaks off costs only itself, wherever it broke", () => {
  for (const broken of ['{"a":"x', '{"a":', '{"a":1,', '{"a":{"b":1}', '{"a":"x\\', '{"a":[1', "{"]) {
    expect(objects(`${broken}\n{"b":1}\n{"c":1}\n`), broken).toEqual([
      expect.stringMatching(/^1: /),
      '2: {"b":1}',
      '3: {"c":1}',
    ]);
  }
});

test("what is no object is an item up to its line's end, or to the next comma within an array", () => {
  expect(objects('hello, {"a":1}\n[1,{"b":1}]\nbye')).toEqual(['1: hello, {"a":1}', "2: 1", '2: {"b":1}', "3: bye"]);
});

test("lines are items, without their ends and without empty ones", () => {
  expect(items(new LineSplitter(), bytes("a\r\n\n{\n \nlast"))).toEqual(["1: a", "3: {", "4:  ", "5: last"]);
});

test("what is longer than the bound is passed over, and the next item is whole", () => {
  const long = `{"a":"${"x".repeat(100)}"}\n{"b":1}\n`;
  const pieces = [...long].map(bytes);
  for (const Kind of [ObjectSplitter, LineSplitter]) {
    expect(items(new Kind(20), ...pieces), Kind.name).toEqual([`1: too long: {"a":"${"x".repeat(14)}`, '2: {"b":1}']);
  }
});

test("how a stream is cut into pieces changes nothing, and no stream throws", () => {
  const parts = [
    '{"a":"b\\"}"}',
    "{",
    "}",
    "[",
    "]",
    ",",
    '"',
    "\\",
    "\n",
    "\r\n",
    " ",
    "x",
    '\n{"k":1}',
    "\ufeff",
    "é",
  ];
  const source = fc.array(fc.constantFrom(...parts), { maxLength: 60 }).map((all) => bytes(all.join("")));
  for (const Kind of [ObjectSplitter, LineSplitter]) {
    fc.assert(
      fc.property(source, fc.array(fc.nat(200), { maxLength: 5 }), (whole, cuts) => {
        const at = [...new Set([0, ...cuts.map((cut) => Math.min(cut, whole.length)), whole.length])].sort(
          (a, b) => a - b,
        );
        const pieces = at.slice(1).map((to, index) => whole.slice(at[index], to));
        expect(items(new Kind(), ...pieces)).toEqual(items(new Kind(), whole));
      }),
    );
  }
});

test("a hostile depth is not remembered brace by brace", () => {
  const deep = new Uint8Array(1_000_000).fill(0x5b);
  deep[0] = 0x7b;
  expect(new ObjectSplitter().push(deep)).toEqual([]);
  const splitter = new ObjectSplitter();
  splitter.push(deep);
  expect(splitter.push(bytes('\n{"b":1}\n')).map((item) => item.bytes.length)).toEqual([1_000_000, 7]);
});
