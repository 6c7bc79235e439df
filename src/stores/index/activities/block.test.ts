import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Block } from "./block.ts";
import { BrokenBlock, type Contents } from "./block-file.ts";
import { countedColumns } from "./columns.ts";
import { Shelf } from "./shelf.ts";
import { Values } from "./values.ts";

/** A block of twelve rows of before frames: each part is in one. */
const former = join(import.meta.dirname, "testing", "former.block");
const contents = JSON.parse(readFileSync(join(import.meta.dirname, "testing", "former.json"), "utf8")) as Contents;

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-block-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

function open(path: string): Block {
  const values = Object.fromEntries(countedColumns.map((name) => [name, new Values()]));
  const shelves = { parts: new Shelf(1 << 20), frames: new Shelf(1 << 20) };
  return new Block(1, path, contents, shelves, values as ConstructorParameters<typeof Block>[4]);
}

test("a block of a former version is read, row by row and column by column", () => {
  const path = join(dir, "former.block");
  copyFileSync(former, path);
  const block = open(path);
  const rows = Array.from({ length: block.count }, (_, row) => block.activity(row));
  expect(rows.map(({ id }) => id)).toEqual(
    Array.from({ length: 12 }, (_, n) => (n < 2 ? `odd-${n}` : `${n}`.padStart(32, "0"))),
  );
  expect(rows[11]).toMatchObject({
    time: "2026-03-02T08:00:21.000001Z",
    name: "web-1",
    user: "user-2",
    requestURI: "/api/v1/namespaces/default/pods/web-1",
  });
  expect([...block.tallies("user")!]).toEqual([4, 4, 4]);
  expect([...block.numbers("moment")].at(-1)).toBe(contents.most);
  expect([...block.ids("name")]).toEqual(Array.from({ length: 12 }, (_, n) => (n % 5) + 1));
  block.close();
});

test("a damaged block is named, with the way out", () => {
  const path = join(dir, "damaged.block");
  const bytes = readFileSync(former);
  bytes.fill(0, contents.parts.moment![0]);
  writeFileSync(path, bytes);
  const block = open(path);
  expect(() => block.activity(0)).toThrow(BrokenBlock);
  expect(() => block.activity(0)).toThrow(
    /damaged\.block is damaged \(.*\): rebuild the index with `tiercel journal rejudge`/,
  );
  block.close();
});
