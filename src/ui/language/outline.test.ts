import { expect, test } from "vitest";
import { type Entry, entriesAt, itemAt, outlineOf } from "./outline.ts";
import { pack } from "./pack.kit.ts";

const text = `# Of the shop
- rule: "Shell in a pod" # renamed
  desc: >
    Someone opens a shell.
    # no comment, but text
  condition: took_effect
    and ka.verb = create
  output: 'it''s %ka.user.name'
  tags:
  - k8s
  - T1059
  exceptions:
    - name: known
      fields: [ka.user.name]
      values:
        - [alice]
    - name: other
  # of the next

- list: users
  items: [a,
    b]
- mac
`;

const said = (of: string, { key, style, text: { from, to }, inner }: Entry): unknown =>
  inner.length > 0 ? [key, inner.map((one) => said(of, one))] : [key, style, of.slice(from, to)];

test("items and keys are found with what they say, whatever way it is written", () => {
  const { items, comments } = outlineOf(text);
  expect(items.map(({ kind, name, entries }) => [kind, name, entries.map((entry) => said(text, entry))])).toEqual([
    [
      "rule",
      "Shell in a pod",
      [
        ["rule", "quoted", "Shell in a pod"],
        ["desc", "block", "    Someone opens a shell.\n    # no comment, but text"],
        ["condition", "plain", "took_effect\n    and ka.verb = create"],
        ["output", "quoted", "it''s %ka.user.name"],
        ["tags", "nested", "- k8s\n  - T1059"],
        [
          "exceptions",
          [
            ["name", "plain", "known"],
            ["fields", "flow", "[ka.user.name]"],
            ["values", "nested", "- [alice]"],
            ["name", "plain", "other"],
          ],
        ],
      ],
    ],
    [
      "list",
      "users",
      [
        ["list", "plain", "users"],
        ["items", "flow", "[a,\n    b]"],
      ],
    ],
    [undefined, "", []],
  ]);
  expect(comments.map(({ from, to }) => text.slice(from, to))).toEqual(["# Of the shop", "# of the next"]);
});

test("an offset is in the innermost key, within the one around it, within an item", () => {
  const { items } = outlineOf(text);
  const at = text.indexOf("alice");
  expect(itemAt({ items, comments: [] }, at)?.name).toBe("Shell in a pod");
  expect(entriesAt(items[0]!.entries, at).map(({ key }) => key)).toEqual(["values", "exceptions"]);
});

test("every item of the pack is read with its comment", () => {
  const items = pack.flatMap((file) => outlineOf(file.text).items);
  expect(items.filter(({ kind }) => kind === undefined)).toEqual([]);
  expect(items.find(({ name }) => name === "took_effect")?.comment).toBe(
    "It happened: it was answered with success, and was no rehearsal.",
  );
});

test("a text of broken YAML, or of none, has a shape all the same", () => {
  expect(outlineOf("").items).toEqual([]);
  expect(outlineOf("rule: [").items).toEqual([]);
  expect(outlineOf("- rule: [\n\t- x").items.map(({ name }) => name)).toEqual(["["]);
  expect(outlineOf("- \n-").items).toHaveLength(2);
});
