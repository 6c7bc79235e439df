import fc from "fast-check";
import { expect, test } from "vitest";
import { type Diagnostic, type Drawing, drawer, drawn } from "./diagnostic.ts";

const source = { name: "tiercel.yaml", text: "log:\r\n\tlevle: info\r\nend" };

/** Drawn for the words of a text. */
function pointed(text: string, words: string, more: Partial<Diagnostic> = {}, drawing?: Drawing): string[] {
  const from = text.indexOf(words);
  const place = { source: { name: "f", text }, from, to: from + words.length };
  return drawer(drawing)({ code: "c", message: "m", place, ...more }).split("\n");
}

test("a mistake is shown with its line, underlined, with a way out", () => {
  const from = source.text.indexOf("levle");
  const place = { source, from, to: from + 5 };
  expect(
    drawn({ code: "unknown-option", message: "no option is called `levle`", place, help: "did you mean `level`?" }),
  ).toBe(
    "tiercel.yaml:2:2: no option is called `levle` [unknown-option]\n2 | \tlevle: info\n    \t^^^^^\nhelp: did you mean `level`?",
  );
});

test("marks end where the line does, and there is at least one", () => {
  const underlined = (from: number, to: number) =>
    drawn({ code: "c", message: "m", place: { source, from, to } }).split("\n")[2];
  const from = source.text.indexOf("levle");
  expect(underlined(from, source.text.length)).toBe("    \t^^^^^^^^^^^");
  expect(underlined(source.text.length, source.text.length)).toBe("       ^");
});

test("what no text holds is told by what holds it", () => {
  expect(drawn({ code: "bad-value", message: "too low", origin: "--listen" })).toBe("--listen: too low [bad-value]");
});

test("notes stand before the remedy", () => {
  expect(pointed("ab", "b", { notes: ["used by rule `r`"], help: "leave it out" })).toEqual([
    "f:1:2: m [c]",
    "1 | ab",
    "     ^",
    "note: used by rule `r`",
    "help: leave it out",
  ]);
});

test("marks stand under wide characters, and under nothing that takes no room", () => {
  expect(pointed("名前 = bob", "bob")).toEqual(["f:1:6: m [c]", "1 | 名前 = bob", "           ^^^"]);
  expect(pointed("x 😀é", "😀é")).toEqual(["f:1:3: m [c]", "1 | x 😀é", "      ^^^"]);
  expect(pointed("e\u0301x", "x")).toEqual(["f:1:3: m [c]", "1 | e\u0301x", "     ^"]);
});

test("a long line is cut around what is wrong", () => {
  const text = `${"a".repeat(500)} wrong ${"b".repeat(500)}`;
  expect(pointed(text, "wrong", {}, { width: 44 })).toEqual([
    "f:1:502: m [c]",
    "1 | …aaaaaaaaaa wrong bbbbbbbbbbbbbbbbbbbbb…",
    "                ^^^^^",
  ]);
  expect(pointed(`wrong ${"b".repeat(500)}`, "wrong", {}, { width: 24 })[1]).toBe("1 | wrong bbbbbbbbbbbbb…");
  expect(pointed(`${"a".repeat(500)} wrong`, "wrong", {}, { width: 24 })[1]).toBe("1 | …aaaaaaaaaaa wrong");
});

test("what would steer the terminal is shown, not obeyed", () => {
  const place = { source: { name: "f", text: "\u001b[2Jx\u202e" }, from: 4, to: 5 };
  expect(drawn({ code: "c", message: "no \u001b[31mfield", place })).toBe(
    "f:1:5: no ␛[31mfield [c]\n1 | ␛[2Jx\ufffd\n        ^",
  );
});

test("in colour, what is wrong is red, or yellow where it is a warning", () => {
  expect(pointed("ab", "b", {}, { colour: true })[2]).toBe("     \u001b[31m^\u001b[39m");
  expect(pointed("ab", "b", { severity: "warning" }, { colour: true })[2]).toBe("     \u001b[33m^\u001b[39m");
});

test("any place in any text is drawn within the width", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.nat(300), fc.nat(300), (text, from, length) => {
      const place = { source: { name: "f", text }, from: Math.min(from, text.length), to: from + length };
      const [, line, marks] = drawer({ width: 60 })({ code: "c", message: "m", place }).split("\n");
      expect(marks).toMatch(/^ +[ \t]*\^+$/);
      expect([...line!].length).toBeLessThanOrEqual(200);
    }),
  );
});
