import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterAll, expect, test } from "vitest";
import { pageRoutes, readPages } from "./pages.ts";

const folder = mkdtempSync(join(tmpdir(), "tiercel-pages-"));
mkdirSync(join(folder, "assets"));
writeFileSync(join(folder, "index.html"), "<!doctype html><html><head><title>T</title></head></html>");
writeFileSync(join(folder, "assets/index-abc.js"), "export {};");
writeFileSync(join(folder, "scheme.js"), "0;");
afterAll(() => rmSync(folder, { recursive: true }));

function served(basePath = "") {
  const app = new Hono();
  const pages = readPages(folder);
  if (pages === undefined) throw new Error("there are pages");
  pageRoutes(app, pages, basePath);
  app.notFound((context) => context.text("nothing", 404));
  return app;
}

test("every address of a page answers with the one document, its base and a new nonce", async () => {
  const app = served();
  const [first, second] = await Promise.all(["/", "/activity/sessions?user=a"].map((path) => app.request(path)));
  const [one, two] = await Promise.all([first?.text(), second?.text()]);
  expect(first?.status).toBe(200);
  expect(one).toMatch(/<head><base href="\/"><meta name="tiercel-nonce" content="[\w-]{22}">/);
  expect(one).not.toBe(two);
  const nonce = /content="([\w-]+)"/.exec(one ?? "")?.[1];
  const policy = first?.headers.get("content-security-policy");
  expect(policy).toContain(`style-src 'self' 'nonce-${nonce}'`);
  expect(policy).toContain("default-src 'none'; script-src 'self'");
  expect(policy).not.toContain("unsafe");
});

test("assets may be kept for ever, other files are asked for anew", async () => {
  const app = served();
  const asset = await app.request("/assets/index-abc.js");
  expect([asset.status, asset.headers.get("content-type"), asset.headers.get("cache-control")]).toEqual([
    200,
    "text/javascript; charset=utf-8",
    "public, max-age=31536000, immutable",
  ]);
  const etag = asset.headers.get("etag") ?? "";
  const again = await app.request("/assets/index-abc.js", { headers: { "if-none-match": etag } });
  expect(again.status).toBe(304);
  expect((await app.request("/scheme.js")).headers.get("cache-control")).toBe("no-cache");
});

test("a script that is no longer there is not answered with a page, nor is the API", async () => {
  const app = served();
  const paths = ["/assets/index-old.js", "/old.css", "/api/v1/nothing", "/%2e%2e%2findex%zz"];
  const statuses = await Promise.all(paths.map(async (path) => (await app.request(path)).status));
  expect(statuses).toEqual([404, 404, 404, 404]);
});

test("below a sub-path the document says so, by configuration or by the proxy's word", async () => {
  const base = async (basePath: string, headers: Record<string, string> = {}) =>
    /<base href="([^"]*)"/.exec(await (await served(basePath).request("/rules", { headers })).text())?.[1];
  expect(await base("/tiercel")).toBe("/tiercel/");
  expect(await base("", { "x-forwarded-prefix": "/sec/tiercel/" })).toBe("/sec/tiercel/");
  expect(await base("", { "x-forwarded-prefix": '/"><script>' })).toBe("/");
});

test("what is worth it comes compressed to those who take it", async () => {
  const long = `// ${"x".repeat(5000)}\n`;
  writeFileSync(join(folder, "assets/long-abc.js"), long);
  const app = served();
  const packed = await app.request("/assets/long-abc.js", { headers: { "accept-encoding": "gzip, br" } });
  expect([packed.headers.get("content-encoding"), packed.headers.get("vary")]).toEqual(["gzip", "Accept-Encoding"]);
  expect(gunzipSync(await packed.arrayBuffer()).toString()).toBe(long);
  expect((await app.request("/assets/long-abc.js")).headers.get("content-encoding")).toBeNull();
  const short = await app.request("/assets/index-abc.js", { headers: { "accept-encoding": "gzip" } });
  expect(short.headers.get("content-encoding")).toBeNull();
});

test("where no pages are built there are none", () => {
  expect(readPages(join(folder, "absent"))).toBeUndefined();
});
