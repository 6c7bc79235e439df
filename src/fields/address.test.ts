/** Addresses as bytes. */
import { expect, test } from "vitest";
import { addressOf } from "./address.ts";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::1", `${"0.".repeat(15)}1`],
  ["2001:db8::ff00:42:8329", "32.1.13.184.0.0.0.0.0.0.255.0.0.66.131.41"],
  ["::ffff:10.0.0.1", "0.0.0.0.0.0.0.0.0.0.255.255.10.0.0.1"],
  ["fe80::1%eth0", "254.128.0.0.0.0.0.0.0.0.0.0.0.0.0.1"],
])("%s", (text, bytes) => {
  expect(addressOf(text)?.join(".")).toBe(bytes);
});

test.each(["", "10.0.0", "256.0.0.1", "1:2", "1::2::3", "g::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::"])(
  "%j is none",
  (text) => {
    expect(addressOf(text)).toBeUndefined();
  },
);
