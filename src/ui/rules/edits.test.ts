import { expect, test } from "vitest";
import { asEdited, changedOf, editOf, foreign, nameRefusal, newEdit, opening, wholeText, withEdit } from "./edits.ts";

const file = (name: string, text: string, own = true) => ({ name, text, own, etag: `v-${text}` });
const files = [file("00-base.yaml", "base", false), file("own.yaml", "a\r\nb\r\n")];

test("a file is opened as it stands, and saved with the line ends it had", () => {
  const edit = opening(new Map(), files, "own.yaml")!;
  expect(edit).toMatchObject({ text: "a\nb\n", base: "a\nb\n", etag: "v-a\r\nb\r\n" });
  expect(changedOf(withEdit(new Map(), edit))).toEqual([]);
  const changed = { ...edit, text: "a\nb\nc\n" };
  expect(changedOf(withEdit(new Map(), changed))).toEqual([changed]);
  expect(wholeText(changed)).toBe("a\r\nb\r\nc\r\n");
  expect(opening(new Map(), files, "00-base.yaml")).toBeUndefined();
});

test("what nobody changed here follows the server, and stays open where it is not there", () => {
  const edit = editOf(files[1]!);
  const edits = withEdit(new Map(), edit);
  expect(opening(edits, [file("own.yaml", "theirs")], "own.yaml")).toMatchObject({ text: "theirs" });
  expect(opening(edits, [], "own.yaml")).toBe(edit);
  expect(asEdited([], edits).map(({ text }) => text)).toEqual(["a\nb\n"]);
});

test("the engine is given all files, own ones last and by name, as they are edited", () => {
  const edits = withEdit(withEdit(new Map(), newEdit("again.yaml", "new")), { ...editOf(files[1]!), text: "mine" });
  expect(asEdited(files, edits).map(({ name, text }) => [name, text])).toEqual([
    ["00-base.yaml", "base"],
    ["again.yaml", "new"],
    ["own.yaml", "mine"],
  ]);
});

test("what somebody else did to the file meanwhile is seen", () => {
  const edit = editOf(files[1]!);
  expect(foreign(edit, files)).toBeUndefined();
  expect(foreign(edit, [file("own.yaml", "theirs")])).toMatchObject({ text: "theirs" });
  expect(foreign(edit, [])).toBeNull();
  expect(foreign(newEdit("own.yaml", "x"), files)).toMatchObject({ name: "own.yaml" });
  expect(foreign(newEdit("other.yaml", "x"), files)).toBeUndefined();
});

test("a file's name is one that loads, and not taken", () => {
  expect(nameRefusal("mine.yaml", [])).toBeUndefined();
  expect(nameRefusal("mine.yaml", ["mine.yaml"])).toBe("there is a file of this name");
  expect(nameRefusal("a.test.yaml", [])).toBe("files of tests and of events are not loaded");
  expect(nameRefusal("My Rules", [])).toBe("small letters, digits, `.`, `_` and `-`, with `.yaml` at the end");
});
