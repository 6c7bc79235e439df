/** Each entry's example is read, in both dialects, and the entries fit together. */
import { expect, test } from "vitest";
import { exampleEvent } from "./example.ts";
import { fieldCatalogue, fieldEntries } from "./index.ts";

const ours = fieldCatalogue({ falcoCompat: false });
const falcos = fieldCatalogue({ falcoCompat: true });

test.each(fieldEntries.map((entry) => [entry.name, entry] as const))("%s answers its example", (name, entry) => {
  const event = exampleEvent(entry.example);
  const about = { num: 1n, time: event.time, source: "k8s_audit", hostname: "h" };
  const { argument, value } = entry.example;
  expect(ours.get(name)?.read(event, argument, about)).toEqual(value);
  expect(falcos.get(name)?.read(event, argument, about)).toEqual(entry.falco ? entry.falco.value : value);
});

test("no two entries share a name", () => {
  expect(ours.size).toBe(fieldEntries.length);
});

test("a sentence ends like one", () => {
  for (const { name, doc } of fieldEntries) expect(`${name}: ${doc}`).toMatch(/: [A-Z`].*\.$/);
});

test("without an auditID only the json fields answer", () => {
  for (const entry of fieldEntries) {
    const event = exampleEvent({ ...entry.example, event: { ...entry.example.event, auditID: undefined } });
    const about = { num: 1n, time: event.time, source: "k8s_audit", hostname: "h" };
    const value = entry.read(event, entry.example.argument, about);
    expect([entry.name, value === undefined]).toEqual([entry.name, entry.topic !== "raw event"]);
  }
});
