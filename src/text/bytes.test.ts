import fc from "fast-check";
import { expect, test } from "vitest";
import { byteLength, compareBytes, fromBytes, toBytes } from "./bytes.ts";

test("texts are bytes of UTF-8", () => {
  expect([...toBytes("aé€😀")]).toEqual([0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80]);
  expect(byteLength("aé€😀")).toBe(10);
  expect(byteLength("aé€😀", 1, 3)).toBe(5);
});

test("a byte that is no UTF-8 is a lone surrogate, and is that byte again", () => {
  expect(fromBytes(Uint8Array.of(0x61, 0xff, 0xc3, 0xa9, 0xc3))).toBe("a\udcffé\udcc3");
  expect([...toBytes("\udcff")]).toEqual([0xff]);
  expect(byteLength("\udcff")).toBe(1);
});

test("overlong forms, encoded surrogates and what lies beyond U+10FFFF are no UTF-8", () => {
  for (const bytes of [
    [0xc0, 0x80],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
  ]) {
    expect(fromBytes(Uint8Array.from(bytes))).toBe(bytes.map((byte) => String.fromCharCode(0xdc00 + byte)).join(""));
  }
});

test("other lone surrogates stand for U+FFFD", () => {
  expect([...toBytes("\ud800x")]).toEqual([0xef, 0xbf, 0xbd, 0x78]);
  expect(byteLength("\ud800x")).toBe(4);
});

test("any bytes come back as they were", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect([...toBytes(fromBytes(bytes))]).toEqual([...bytes]);
    }),
  );
  const many = Uint8Array.from({ length: 50_000 }, (_, at) => at % 256);
  expect(toBytes(fromBytes(many))).toEqual(many);
});

test("well-formed text agrees with the platform's encoder", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const bytes = new TextEncoder().encode(text);
      expect(toBytes(text)).toEqual(bytes);
      expect(byteLength(text)).toBe(bytes.length);
      expect(fromBytes(bytes)).toBe(text);
    }),
  );
});

test("texts are ordered by bytes, not by UTF-16 units", () => {
  expect(Math.sign(compareBytes("\u{1f600}", "\uffee"))).toBe(1);
  expect(Math.sign(compareBytes("\u{1f600}", "\u{1f601}"))).toBe(-1);
  expect(Math.sign(compareBytes("a", "ab"))).toBe(-1);
  expect(compareBytes("é", "é")).toBe(0);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(Math.sign(compareBytes(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
  );
});
