import { expect, test } from "vitest";
import { drawn } from "./diagnostic.ts";

const source = { name: "tiercel.yaml", text: "log:\r\n\tlevle: info\r\nend" };
const from = source.text.indexOf("levle");

test("a mistake is shown with its line, underlined, with a way out", () => {
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
  expect(underlined(from, source.text.length)).toBe("    \t^^^^^^^^^^^");
  expect(underlined(source.text.length, source.text.length)).toBe("       ^");
});

test("what no text holds is told by what holds it", () => {
  expect(drawn({ code: "bad-value", message: "too low", origin: "--listen" })).toBe("--listen: too low [bad-value]");
});
