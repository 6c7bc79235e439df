/** Fields that are known not to match because their words stand nowhere in the body: wherever those stand, both engines agree. */
import { expect, test } from "vitest";
import { fieldEntries } from "../../fields/index.ts";
import { compare, type Pair, pairs } from "./compare.kit.ts";
import { soughtBy, spokenFields } from "./presence.ts";

const spoken = fieldEntries.filter(({ name }) => spokenFields.has(name));
const first = (value: unknown) => `${Array.isArray(value) ? value[0] : value}`;
/** Of each field a value that its example has. */
const values = spoken.map(({ name, example, falco }) => ({
  name,
  event: example.event as Record<string, unknown>,
  texts: [...new Set([first(example.value), first(falco?.value ?? example.value)])].filter((text) =>
    /^[^"'()]+$/.test(text),
  ),
}));
const rule = (condition: string, at: number) =>
  `- rule: r${at}\n  desc: d\n  condition: ${condition}\n  output: "%ka.verb"\n  priority: INFO\n  source: k8s_audit\n`;
const conditions = values.flatMap(({ name, texts }) =>
  texts.flatMap((text) => [
    `${name} intersects ("${text}", "nowhere-at-all")`,
    `${name} in ("${text}")`,
    `${name} contains "${text.slice(1)}"`,
    `${name} startswith "${text.slice(0, 3)}"`,
    `ka.useragent startswith kubectl or ${name} intersects ("${text}")`,
    `not ${name} intersects ("${text}")`,
  ]),
);

/** Any text with all of its letters escaped. */
const escaped = (json: string) =>
  json.replaceAll(/"[^"\\]*"/g, (text) =>
    JSON.stringify(JSON.parse(text)).replaceAll(/[a-z]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`),
  );
/** Ways in which what a body says may stand. */
const ways: readonly ((body: string, member: string, value: string) => string)[] = [
  (body) => body,
  (body) => `[${body}]`,
  (_, member, value) => `{"${member}":[${value}]}`,
  (_, member, value) => `{"${member}":[{},${value},{"containers":[]}]}`,
  (_, member, value) => `{"${member}":${value},"${member}":{}}`,
  (_, member, value) => `{"${member}":{},"${member}":${value}}`,
  (_, member, value) => `{"${member}":${value.replaceAll(/"([^"\\]*)":/g, '"$1":{},"$1":')}}`,
  (_, member, value) => `{"${member}":${value.replaceAll(/:"([^"\\]*)"/g, (text) => escaped(text))}}`,
  (_, member, value) => `{"${member}":${value.replaceAll("/", "\\/")}}`,
  (_, member, value) => `{"${member}":${JSON.stringify(value)}}`,
  () => "null",
];

test("what is sought of a body is there wherever the plain engine finds it", () => {
  const rules = pairs([{ name: "sought.yaml", text: conditions.map(rule).join("") }], "as they come");
  const sought = rules.flatMap(({ plain }: Pair) =>
    plain.rules.filter(({ condition }) => soughtBy(condition) !== undefined),
  );
  expect(sought.length).toBeGreaterThan(spoken.length);
  let scanned = 0;
  for (const { event } of values) {
    const body = event.requestObject as Record<string, unknown>;
    const [member = ""] = Object.keys(body);
    const items = ways.map((way, at) => {
      const request = way(JSON.stringify(body), member, JSON.stringify(body[member]));
      return `{"level":"Request","auditID":"a${at}","verb":"create","userAgent":"curl","requestObject":${request},"stageTimestamp":"2026-03-01T10:00:00.250000Z"}`;
    });
    scanned += compare(new TextEncoder().encode(`{"kind":"EventList","items":[${items.join(",")}]}`), rules).scanned;
  }
  expect(scanned).toBeGreaterThan(values.length * (ways.length - 3));
});
