import { expect, test } from "vitest";
import { parserPosition } from "./position.ts";

test("columns and offsets count bytes", () => {
  expect(parserPosition("a.b = 'é' x", 10)).toEqual({ offset: 11, line: 1, column: 12 });
});

test("a CR and a LF each end a line", () => {
  expect(parserPosition("a\r\nand b", 7)).toEqual({ offset: 7, line: 3, column: 5 });
});

test("beyond the end is the end", () => {
  expect(parserPosition("a\nb", 99)).toEqual({ offset: 3, line: 2, column: 2 });
});
