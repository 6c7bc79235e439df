import fc from "fast-check";
import { expect, test } from "vitest";
import { Lines } from "./lines.ts";

test("lines are the texts one below the other, whatever was there before", () => {
  const lines = new Lines();
  const text = fc.string({ unit: "binary" }).map((any) => any.toWellFormed().replaceAll("\n", " "));
  fc.assert(
    fc.property(fc.array(text), (texts) => {
      for (const one of texts) lines.add(one);
      expect(lines.count).toBe(texts.length);
      expect(lines.length).toBe(Buffer.byteLength(texts.join("\n")));
      expect(new TextDecoder("utf-8", { ignoreBOM: true }).decode(lines.take())).toBe(texts.join("\n"));
      expect(lines.count).toBe(0);
      expect(lines.length).toBe(0);
    }),
  );
});

test("lines longer than the memory make it grow", () => {
  const lines = new Lines();
  const texts = ["{}", "é".repeat(300_000), "", "😀".repeat(200_000), "end"];
  for (const one of texts) lines.add(one);
  expect(Buffer.from(lines.take()).toString()).toBe(texts.join("\n"));
});
