/** What came of a request. */
import { expect, test } from "vitest";
import { outcomeOf } from "./outcome.ts";

test("an answer says what came of a request", () => {
  const of = (code: number) => outcomeOf(code, ["ResponseComplete"]);
  expect([200, 201, 101, 304].map(of)).toEqual(["done", "done", "done", "done"]);
  expect([401, 403].map(of)).toEqual(["denied", "denied"]);
  expect([400, 404, 409, 422, 429, 500, 503].map(of)).toEqual(Array(7).fill("failed"));
});

test("without an answer it is unfinished, after a panic it has failed", () => {
  expect(outcomeOf(null, ["RequestReceived"])).toBe("unfinished");
  expect(outcomeOf(0, ["RequestReceived"])).toBe("unfinished");
  expect(outcomeOf(101, ["ResponseStarted"])).toBe("done");
  expect(outcomeOf(200, ["ResponseStarted", "Panic"])).toBe("failed");
  expect(outcomeOf(null, ["Panic"])).toBe("failed");
  expect(outcomeOf(403, ["Panic"])).toBe("denied");
});
