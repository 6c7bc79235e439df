import { expect, test } from "vitest";
import { type JsonView, jsonRows, matchesOf, openAtFirst } from "./json-rows.ts";

const event = {
  verb: "create",
  user: { username: "alice@example.com", groups: ["dev", "system:authenticated"] },
  requestObject: { metadata: { annotations: { "a/b~c": "x" } } },
  code: 201,
  none: null,
  empty: {},
};

const drawn = (value: unknown, view: JsonView) =>
  jsonRows(value, view).map(
    ({ depth, name, text, isOpen, path }) => `${"  ".repeat(depth)}${isOpen ? "- " : ""}${name ?? ""} ${text} ${path}`,
  );

test("only what is open has rows", () => {
  expect(drawn(event, { open: new Set(["", "/user"]) })).toEqual([
    "-  {6} ",
    '  verb "create" /verb',
    "  - user {2} /user",
    '    username "alice@example.com" /user/username',
    "    groups [2] /user/groups",
    "  requestObject {1} /requestObject",
    "  code 201 /code",
    "  none null /none",
    "  empty {} /empty",
  ]);
});

test("a search opens the way to what it finds and leaves the rest out; letter case does not count", () => {
  expect(drawn(event, { open: new Set([""]), query: "DEV" })).toEqual([
    "-  {6} ",
    "  - user {2} /user",
    "    - groups [2] /user/groups",
    '      0 "dev" /user/groups/0',
  ]);
  expect(matchesOf(event, "DEV")).toBe(1);
});

test("a name that is found can be opened though nothing below it is", () => {
  expect(drawn(event, { open: new Set(), query: "annotations" })).toEqual([
    "-  {6} ",
    "  - requestObject {1} /requestObject",
    "    - metadata {1} /requestObject/metadata",
    "      annotations {1} /requestObject/metadata/annotations",
  ]);
  expect(drawn(event, { open: new Set(["/requestObject/metadata/annotations"]), query: "annotations" }).at(-1)).toBe(
    '        a/b~c "x" /requestObject/metadata/annotations/a~1b~0c',
  );
});

test("of very many children the first hundred are shown, and how many more there are", () => {
  const rows = jsonRows({ list: Array.from({ length: 250 }, (_, at) => at) }, { open: new Set(["", "/list"]) });
  expect([rows.length, rows.at(-1)?.kind, rows.at(-1)?.text]).toEqual([103, "more", "150 more"]);
});

test("the whole and its small branches stand open at first", () => {
  expect([...openAtFirst(event)]).toEqual(["", "/user", "/requestObject"]);
});
