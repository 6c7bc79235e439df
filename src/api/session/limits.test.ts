import { expect, test } from "vitest";
import { attempts } from "./limits.ts";

function clocked(longestWaitSecs = 60) {
  let at = 0;
  const tries = attempts({ attempts: 2, longestWaitSecs }, () => new Date(at));
  const later = (seconds: number) => {
    at += seconds * 1000;
  };
  return { tries, later };
}

test("the wait doubles up to the longest, and is forgotten after four of those", () => {
  const { tries, later } = clocked(10);
  const waits = Array.from({ length: 7 }, () => {
    tries.begin("bob", "192.0.2.1");
    const wait = tries.wait("bob", "192.0.2.1");
    later(wait);
    return wait;
  });
  expect(waits).toEqual([0, 1, 2, 4, 8, 10, 10]);
  later(61);
  tries.begin("bob", "192.0.2.1");
  expect(tries.wait("bob", "192.0.2.1")).toBe(0);
});

test("all addresses of one IPv6 network are one", () => {
  const { tries } = clocked();
  for (let n = 0; n < 8; n++) tries.begin(undefined, `2001:db8:0:7::${n}`);
  expect(tries.wait(undefined, "2001:0db8::7:1:2:3:4")).toBe(1);
  expect(tries.wait(undefined, "2001:db8:0:8::1")).toBe(0);
});

test("however many names are tried, little is kept, and the address stays known", () => {
  const { tries } = clocked();
  for (let n = 0; n < 25_000; n++) tries.begin(`name-${n}`, "192.0.2.1");
  expect(tries.wait("name-0", "192.0.2.9")).toBe(0);
  expect(tries.wait("name-24999", "192.0.2.1")).toBe(60);
});

test("a right password does not make an address forget what was tried from there", () => {
  const { tries } = clocked();
  for (let n = 0; n < 7; n++) tries.begin(`name-${n}`, "192.0.2.1");
  tries.begin("own", "192.0.2.1");
  tries.succeeded("own", "192.0.2.1");
  expect(tries.wait("bob", "192.0.2.1")).toBe(0);
  tries.begin("bob", "192.0.2.1");
  expect(tries.wait("ann", "192.0.2.1")).toBe(1);
});
