import { expect, test } from "vitest";
import { addressText, isLoopback, readAddress } from "./address.ts";

test.each([
  ["127.0.0.1:7766", "127.0.0.1", 7766],
  ["[::1]:0", "::1", 0],
  [":7765", "0.0.0.0", 7765],
  ["localhost:80", "localhost", 80],
  ["audit.example.com:65535", "audit.example.com", 65535],
])("`%s` is an address", (text, host, port) => expect(readAddress(text)).toEqual({ host, port }));

test.each([
  "",
  "7766",
  "127.0.0.1",
  "127.0.0.1:",
  "127.0.0.1:65536",
  "::1:80",
  "[::1]",
  "[nope]:80",
  "1.2.3:80",
  "a b:80",
  "-:1",
])("`%s` is none", (text) => expect(readAddress(text)).toBeUndefined());

test("only this machine reaches loopback", () => {
  expect(
    ["127.0.0.1", "127.9.9.9", "::1", "localhost", "0.0.0.0", "::", "10.0.0.1", "127.evil.com"].map(isLoopback),
  ).toEqual([true, true, true, true, false, false, false, false]);
});

test("IPv6 is written in brackets", () => expect(addressText({ host: "::1", port: 1 })).toBe("[::1]:1"));
