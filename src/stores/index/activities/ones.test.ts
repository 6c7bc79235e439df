import fc from "fast-check";
import { expect, test } from "vitest";
import { ones } from "./ones.ts";

test("ones are counted between any two places, of masks that begin anywhere", () => {
  const bits = fc.array(fc.constantFrom(0, 1), { maxLength: 40 });
  fc.assert(
    fc.property(bits, fc.nat(7), fc.nat(40), fc.nat(40), (some, begin, a, b) => {
      const mask = Uint8Array.from([...Array(begin).fill(1), ...some]).subarray(begin);
      const [from, to] = [Math.min(a, b, mask.length), Math.min(Math.max(a, b), mask.length)];
      expect(ones(mask, from, to)).toBe([...mask.subarray(from, to)].reduce((sum, bit) => sum + bit, 0));
    }),
  );
  expect(ones(new Uint8Array(5000).fill(1), 1, 4999)).toBe(4998);
});
