import fc from "fast-check";
import { expect, test } from "vitest";
import { nanosOf, timeText } from "./time.ts";

test("moments are read with any digits and any offset", () => {
  const second = 1_587_491_825n * 1_000_000_000n;
  expect(nanosOf("2020-04-21T17:57:05Z")).toBe(second);
  expect(nanosOf("2020-04-21T17:57:05.541358Z")).toBe(second + 541_358_000n);
  expect(nanosOf("2020-04-21T19:57:05.5+02:00")).toBe(second + 500_000_000n);
  expect(nanosOf("2020-04-21t12:27:05-05:30")).toBe(second);
  expect(nanosOf("2020-04-21T17:57:05.12345678987Z")).toBe(second + 123_456_789n);
  expect(nanosOf("1969-12-31T23:59:59.9Z")).toBe(-100_000_000n);
  expect(nanosOf("0001-01-01T00:00:00Z")).toBe(-62_135_596_800n * 1_000_000_000n);
});

test("what is no moment is none", () => {
  for (const text of [
    ...["", "2020", "2020-04-21", "2020-04-21T17:57Z", "2020-04-21T17:57:05", "2020-13-01T00:00:00Z"],
    ...["2020-02-30T00:00:00Z", "2020-04-21T25:00:00Z", "2020-04-21T17:57:05.Z", "20200421T175705Z", "yesterday"],
    "2020-04-21T17:57:05+25:00",
  ]) {
    expect([text, nanosOf(text)]).toEqual([text, undefined]);
  }
});

test("a moment is written with six digits, or nine where six do not hold it", () => {
  expect(timeText(1_587_491_825_541_358_000n)).toBe("2020-04-21T17:57:05.541358Z");
  expect(timeText(1_587_491_825_000_000_000n)).toBe("2020-04-21T17:57:05.000000Z");
  expect(timeText(1_587_491_825_541_358_001n)).toBe("2020-04-21T17:57:05.541358001Z");
  expect(timeText(-1n)).toBe("1969-12-31T23:59:59.999999999Z");
});

test("every moment of 64 bits of nanoseconds comes back as it was", () => {
  fc.assert(fc.property(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), (nanos) => nanosOf(timeText(nanos)) === nanos));
});
