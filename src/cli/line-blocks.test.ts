import fc from "fast-check";
import { expect, test } from "vitest";
import { LineBlocks, linesIn } from "./line-blocks.ts";

test("blocks are the stream again, and those that are whole begin and end with lines", () => {
  const piece = fc.oneof(
    fc.string({ unit: fc.constantFrom("a", "b", "\n"), maxLength: 12 }),
    fc.constant("x".repeat(700_000)),
    fc.constant(`${"y".repeat(1_500_000)}\n`),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const cutter = new LineBlocks();
      const blocks = [...pieces.flatMap((text) => cutter.push(Buffer.from(text))), ...cutter.end()];
      let stream = "";
      for (const [at, { bytes, whole }] of blocks.entries()) {
        const text = Buffer.from(bytes).toString();
        const isLast = at === blocks.length - 1;
        if (whole && (!(stream === "" || stream.endsWith("\n")) || !(text.endsWith("\n") || isLast))) return false;
        stream += text;
      }
      return stream === pieces.join("");
    }),
    { numRuns: 25 },
  );
});

test("lines are counted by their ends", () => {
  expect(["", "a", "a\n", "\n\nb\n"].map((text) => linesIn(Buffer.from(text)))).toEqual([0, 0, 1, 3]);
});
