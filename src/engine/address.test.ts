import { describe, expect, test } from "vitest";
import { isWithin, printAddress, readAddress, readNetwork, sameAddress } from "./address.ts";

function address(text: string) {
  const read = readAddress(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

function network(text: string) {
  const read = readNetwork(text);
  if (!read.ok) throw new Error(read.message);
  return read.value;
}

describe("reading", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1"],
    ["255.255.255.255", "255.255.255.255"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:4860:4860::8888", "2001:4860:4860::8888"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ])("%s prints as %s", (text, printed) => {
    expect(printAddress(address(text))).toBe(printed);
  });

  test.each([
    ["10.0.1", "unrecognized IPv4 address 10.0.1"],
    ["10.0.0.256", "unrecognized IPv4 address 10.0.0.256"],
    ["10.0.0.01", "unrecognized IPv4 address 10.0.0.01"],
    ["::ffff:10.0.0.1", "unrecognized IPv4 address ::ffff:10.0.0.1"],
    ["foo", "unrecognized IPv6 address foo"],
    ["", "unrecognized IPv6 address "],
    ["1::2::3", "unrecognized IPv6 address 1::2::3"],
    ["1:2:3:4:5:6:7", "unrecognized IPv6 address 1:2:3:4:5:6:7"],
    ["1:2:3:4:5:6:7:8::", "unrecognized IPv6 address 1:2:3:4:5:6:7:8::"],
    [":1:2:3:4:5:6:7", "unrecognized IPv6 address :1:2:3:4:5:6:7"],
  ])("%s is no address", (text, message) => {
    expect(readAddress(text)).toEqual({ ok: false, message });
  });

  test.each([
    ["10.0.0.1", "unrecognized IP network 10.0.0.1"],
    ["10.0.0.0/33", "invalid netmask 33"],
    ["10.0.0.0/", "invalid netmask "],
    ["2001:db8::/129", "invalid v6 netmask 129"],
  ])("%s is no network", (text, message) => {
    expect(readNetwork(text)).toEqual({ ok: false, message });
  });
});

test("IPv4 within IPv6 prints with dots", () => {
  const mapped = Uint8Array.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 0, 0, 1]);
  expect(printAddress(mapped)).toBe("::ffff:10.0.0.1");
});

test.each([
  ["142.251.111.147", "142.0.0.0/4", true],
  ["142.251.111.147", "142.251.0.0/8", true],
  ["142.251.111.147", "10.0.0.0/8", false],
  ["142.251.111.147", "10.0.0.0/0", true],
  ["142.251.111.147", "142.251.111.147/32", true],
  ["142.251.111.146", "142.251.111.147/32", false],
  ["142.251.111.146", "142.251.111.147/31", true],
  ["2001:4860:4860::8888", "2001:4860:4860::1/48", true],
  ["2001:4860:4860::8888", "2001:db8::/64", false],
  ["::1", "10.0.0.0/0", false],
])("%s within %s: %s", (text, net, answer) => {
  expect(isWithin(address(text), network(net))).toBe(answer);
});

test("addresses of two families are never the same", () => {
  expect(sameAddress(address("0.0.0.0"), address("::"))).toBe(false);
  expect(sameAddress(address("::1"), address("0::1"))).toBe(true);
});
