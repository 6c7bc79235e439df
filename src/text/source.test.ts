import { expect, test } from "vitest";
import { lineSpan, position } from "./source.ts";

const source = { name: "f", text: "a\r\n😀b\n\nc" };

test("lines and columns count from 1, a character once", () => {
  expect(position(source, 0)).toEqual({ line: 1, column: 1 });
  expect(position(source, source.text.indexOf("b"))).toEqual({ line: 2, column: 2 });
  expect(position(source, source.text.indexOf("c"))).toEqual({ line: 4, column: 1 });
  expect(position(source, 99)).toEqual({ line: 4, column: 2 });
});

test("a line is without its end", () => {
  const line = (number: number) => {
    const { from, to } = lineSpan(source, number);
    return source.text.slice(from, to);
  };
  expect([1, 2, 3, 4, 5].map(line)).toEqual(["a", "😀b", "", "c", ""]);
});
