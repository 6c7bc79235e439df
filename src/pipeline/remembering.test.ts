import { expect, test } from "vitest";
import { remembering } from "./remembering.ts";

test("a text that comes again is not hashed again, unless it is long", () => {
  const asked: string[] = [];
  const hash = remembering((text) => {
    asked.push(text);
    return `#${text.length}`;
  });
  const long = "x".repeat(5000);
  expect(["rule", "rule", long, long].map(hash)).toEqual(["#4", "#4", "#5000", "#5000"]);
  expect(asked).toEqual(["rule", long, long]);
});

test("many different texts do not fill the memory", () => {
  let asked = 0;
  const hash = remembering((text) => `${text}${asked++}`);
  hash("first");
  for (let text = 0; text < 20_000; text++) hash(`${text}`);
  expect(asked).toBe(20_001);
  hash("first");
  expect(asked).toBe(20_002);
});
