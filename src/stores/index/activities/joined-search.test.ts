import fc from "fast-check";
import { expect, test } from "vitest";
import { textsEqual, textsHolding } from "./joined-search.ts";
import { textsFromBytes, textsToBytes } from "./parts.ts";

const word = fc.array(fc.constantFrom("a", "b", "ß", "/"), { maxLength: 4 }).map((letters) => letters.join(""));
const wordsAndOne = fc.tuple(fc.uniqueArray(word, { maxLength: 200 }), word);
const joined = (texts: readonly string[]) =>
  textsFromBytes([textsToBytes(texts.slice(0, 3)), textsToBytes(texts.slice(3))]);

test("texts that hold another are found as each by itself is", () => {
  fc.assert(
    fc.property(wordsAndOne, ([words, wanted]) => {
      const texts = ["", ...words];
      fc.pre(wanted !== "");
      const found = textsHolding(joined(texts), wanted) ?? new Uint8Array(texts.length);
      expect([...found]).toEqual(texts.map((text) => Number(text.includes(wanted))));
    }),
  );
});

test("the text that is another is found, among few and among many", () => {
  fc.assert(
    fc.property(wordsAndOne, ([words, wanted]) => {
      const texts = ["", ...words];
      const flags = new Uint8Array(texts.length);
      textsEqual(joined(texts), wanted, flags);
      expect([...flags]).toEqual(texts.map((text, at) => Number(at > 0 && text === wanted)));
    }),
  );
});
