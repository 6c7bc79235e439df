import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { askedList, type Column, cell, duration, type ListFlags } from "./asked-list.ts";
import { testIo } from "./io.kit.ts";

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve())));

/** A server that knows its answers by heart; tells what it was asked. */
async function answering(pages: readonly unknown[], status = 200) {
  const asked: string[] = [];
  let next = 0;
  server = createServer((request, response) => {
    asked.push(`${request.url} ${request.headers.authorization ?? ""}`);
    response.writeHead(status, { "content-type": "application/json", connection: "close" });
    const page = pages[next++];
    response.end(typeof page === "string" ? page : JSON.stringify(page));
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}

const columns: readonly Column[] = [
  { title: "ID", text: (row) => cell(row, "id") },
  { title: "NAME", text: (row) => cell(row, "name") },
  { title: "MORE", text: (row) => cell(row, "more"), wide: true },
];
const flags = (url: string, more: Partial<ListFlags> = {}): ListFlags => ({
  server: url,
  data: "/nowhere",
  output: "table",
  filters: {},
  ...more,
});
const item = (id: string, name: string | null = null) => ({ id, name, more: "m", time: "2024-01-01T00:00:00Z" });

describe("a list", () => {
  test("goes through pages up to its limit, with the filters and the token", async () => {
    const { url, asked } = await answering([
      { items: [item("a"), item("b")], next: "c1" },
      { items: [item("c")], next: "c2" },
    ]);
    const io = testIo({ env: { TIERCEL_TOKEN: "secret" } });
    const options = flags(url, { limit: 3, since: "1h30m", filters: { user: ["bob", "eve"], verb: undefined } });
    expect(await askedList("/list", columns, options, io)).toBe(0);
    expect(asked).toEqual([
      "/list?from=2023-12-31T22%3A30%3A00.000Z&user=bob&user=eve&limit=3 Bearer secret",
      "/list?from=2023-12-31T22%3A30%3A00.000Z&user=bob&user=eve&limit=1&cursor=c1 Bearer secret",
    ]);
    expect(io.out()).toBe("ID  NAME\na   -\nb   -\nc   -\n");
  });

  test("is wide, JSON or JSON lines as asked", async () => {
    const page = { items: [item("a", "n")], next: null };
    const printed = async (output: ListFlags["output"]) => {
      const { url } = await answering([page]);
      const io = testIo();
      await askedList("/list", columns, flags(url, { output }), io);
      await new Promise<void>((resolve) => server?.close(() => resolve()));
      return io.out();
    };
    expect(await printed("wide")).toBe("ID  NAME  MORE\na   n     m\n");
    expect(JSON.parse(await printed("json"))).toEqual({ items: page.items });
    expect(await printed("ndjson")).toBe(`${JSON.stringify(page.items[0])}\n`);
    server = undefined;
  });

  test("shows no terminal what a caller put into a name", async () => {
    const { url } = await answering([{ items: [item("a", "\x1b[2J\u009b31mboo\nnext")], next: null }]);
    const io = testIo();
    await askedList("/list", columns, flags(url), io);
    expect(io.out()).toBe("ID  NAME\na    [2J 31mboo next\n");
  });
});

describe("what goes wrong", () => {
  test("a server that is none of ours", async () => {
    const { url } = await answering(["<html>"]);
    const io = testIo();
    expect(await askedList("/list", columns, flags(url), io)).toBe(3);
    expect(io.err()).toContain("answers something that is not Tiercel's");
  });

  test("a server that does not let us in", async () => {
    const { url } = await answering([{ error: { code: "unauthenticated", message: "nobody has this token" } }], 401);
    const io = testIo({ env: { TIERCEL_TOKEN: "old" } });
    expect(await askedList("/list", columns, flags(url), io)).toBe(3);
    expect(io.err()).toContain("does not let us in: nobody has this token\nhelp: set TIERCEL_TOKEN");
    expect(io.err()).not.toContain("old\n");
  });

  test("a question it does not understand, with the server's remedy", async () => {
    const { url } = await answering([{ error: { code: "invalid", message: "`from` is wrong", help: "mend it" } }], 400);
    await expect(askedList("/list", columns, flags(url), testIo())).rejects.toMatchObject({
      message: "`from` is wrong",
      help: "mend it",
    });
  });

  test("an address that is none", async () => {
    await expect(askedList("/list", columns, flags("localhost"), testIo())).rejects.toMatchObject({
      message: "`localhost` is no address of a server",
    });
  });
});

test("lengths of time", () => {
  expect(["90s", "15m", "1h30m", "7d", "2w"].map(duration)).toEqual([
    90_000, 900_000, 5_400_000, 604_800_000, 1_209_600_000,
  ]);
  for (const text of ["", "1", "h", "1h 2m", "-1h", "1y", "99999999999w"]) expect(() => duration(text)).toThrow();
});
