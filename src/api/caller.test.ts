import { Hono } from "hono";
import { expect, test } from "vitest";
import { type Caller, callerOf, oneOf } from "./caller.ts";

async function caller(peer: string, headers: Record<string, string>, publicUrl?: string): Promise<Caller> {
  const app = new Hono();
  const isProxy = oneOf(["10.0.0.0/8", "2001:db8::1"]);
  app.get("*", (context) => context.json(callerOf(context, { basePath: "/t", isProxy, publicUrl })));
  const env = { incoming: { socket: { remoteAddress: peer } } };
  const request = new Request("http://tiercel.test/x", { headers: { host: "tiercel.test", ...headers } });
  return (await app.request(request, {}, env)).json() as Promise<Caller>;
}

const claims = {
  "x-forwarded-for": "198.51.100.9, 192.0.2.1, 10.1.2.3",
  "x-forwarded-proto": "https",
  "x-forwarded-host": "audit.example",
};

test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.9.9.9", "2001:db8::1"])("%s is believed", async (peer) => {
  expect(await caller(peer, claims)).toEqual({
    address: "192.0.2.1",
    isSecure: true,
    origin: "https://audit.example",
    base: "/t",
  });
});

test("anybody else's word about the way is their own", async () => {
  expect(await caller("192.0.2.77", claims)).toEqual({
    address: "192.0.2.77",
    isSecure: false,
    origin: "http://tiercel.test",
    base: "/t",
  });
});

test("what stands in the chain and is no address ends it", async () => {
  expect((await caller("127.0.0.1", { "x-forwarded-for": "192.0.2.1, unknown" })).address).toBe("127.0.0.1");
});

test("the operator's word about our address counts more than a request's", async () => {
  expect((await caller("127.0.0.1", claims, "https://tiercel.example/t")).origin).toBe("https://tiercel.example");
});
