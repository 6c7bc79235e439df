import { expect, test } from "vitest";
import { once, Shared } from "./once.ts";
import { languageAbout } from "./testing/language-world.ts";

test("the same event is asked about once, another anew, and the first again after that", () => {
  const asked: string[] = [];
  const question = once((event: string) => {
    asked.push(event);
    return event.length;
  });
  const events = ["a", "a", "bb", "a"];
  expect(events.map((event) => question(event, languageAbout))).toEqual([1, 1, 2, 1]);
  expect(asked).toEqual(["a", "bb", "a"]);
});

test("what is known beside the event counts too", () => {
  const question = once((_event: string, { num }) => num);
  expect(question("a", languageAbout)).toBe(1n);
  expect(question("a", { ...languageAbout, num: 2n })).toBe(2n);
});

test("the same words about the same thing are one question, until there are too many", () => {
  const shared = new Shared();
  const [thing, other] = [{}, {}];
  const first = shared.question(thing, "q", () => 1);
  expect(shared.question(thing, "q", () => 2)).toBe(first);
  expect(shared.question(other, "q", () => 2)).not.toBe(first);
  for (let i = 0; i < 10_000; i++) shared.question(thing, `q${i}`, () => i);
  expect(shared.question(thing, "q", () => 1)).not.toBe(first);
});
