import { expect, test } from "vitest";
import { receiverNotes, receiverUrl } from "./receiver-url.ts";

test("an address becomes one with the cluster in its path, whatever path was written", () => {
  const url = { url: "https://tiercel.example:7765/k8s_audit/prod" };
  expect(receiverUrl("tiercel.example:7765", "prod")).toEqual(url);
  expect(receiverUrl(" https://tiercel.example:7765/ ", "prod")).toEqual(url);
  expect(receiverUrl("https://tiercel.example:7765/k8s-audit/other", "prod")).toEqual(url);
  expect(receiverUrl("http://192.0.2.1:7765", "a b")).toEqual({ url: "http://192.0.2.1:7765/k8s_audit/a%20b" });
  expect(receiverUrl("https://example.org/tiercel/ingest", "prod")).toEqual({
    url: "https://example.org/tiercel/ingest/k8s_audit/prod",
  });
});

test("an address that an API server cannot use is refused with a way out", () => {
  const problem = (text: string) => ({ problem: undefined, ...receiverUrl(text, "prod") }).problem;
  expect(problem("https://tiercel.security.svc:7765")).toBe(
    "an API server cannot find `tiercel.security.svc`: it does not ask the cluster's DNS",
  );
  expect(problem("https://tiercel.security.svc.cluster.local")).toContain("does not ask the cluster's DNS");
  expect(problem("http://0.0.0.0:7765")).toBe("this is every address and none");
  expect(problem("ftp://tiercel.example")).toBe("ftp:// is not possible");
  expect(problem("https://a:b@tiercel.example")).toBe("the address holds a user");
  expect(problem("https://")).toBe("`https://` is no address");
});

test("what an address means is told: loopback is the API server's own, and http sends no token", () => {
  expect(receiverNotes("https://192.0.2.1:7765/k8s_audit/prod")).toEqual([]);
  expect(receiverNotes("http://127.0.0.1:7765/k8s_audit/prod").map((note) => note.split(/[ :]/)[0])).toEqual([
    "127.0.0.1",
    "By",
  ]);
});
