/** The scan with SIMD against the one without: same verdict, same places, whatever the bytes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isCompact } from "../compact.ts";
import { itemWidth } from "./scanned.ts";
import { scan } from "./script-scan.ts";
import { slotCount, slotOf } from "./shape.ts";
import { SimdScan } from "./simd-scan.ts";

const simd = SimdScan.open({ kept: [slotOf("verb"), slotOf("user/groups")], asks: [], sought: [], rules: 0 })!;
const encoder = new TextEncoder();

/** What both say of a payload; the one with SIMD leaves those with blanks to the other. */
function agree(body: Uint8Array): boolean {
  const [given, wanted] = [simd.scan(body), scan(body)];
  if (given === undefined) return false;
  expect(wanted).toBeDefined();
  expect([given.events, [...given.items]]).toEqual([wanted!.events, [...wanted!.items]]);
  for (let event = 0; event < given.events; event++) {
    const [from, own] = [event * given.placeWidth, event * wanted!.placeWidth];
    const places = given.places.subarray(from, from + slotCount * 2);
    expect([...places]).toEqual([...wanted!.places.subarray(own, own + slotCount * 2)]);
    // As who prints an event relies on.
    const [begin, end] = given.items.subarray(event * itemWidth);
    expect(isCompact(body, begin!, end!)).toBe(true);
  }
  return true;
}

const event = {
  auditID: "a",
  level: "Request",
  verb: "create",
  user: { username: "alice", groups: ["dev", "ops"], extra: { a: ["b", 1, null, true] } },
  objectRef: { resource: "pods", name: 'a\\"}]{[,:b', apiVersion: "v1" },
  responseStatus: { code: 201, metadata: {} },
  requestObject: {
    "": [[], {}, [[1, -2.5e3], { x: [] }], "é✓😀\n\u0001"],
    deep: { deeper: [{ deepest: [0.1, "x"] }] },
  },
  stageTimestamp: "2026-03-01T10:00:00.250000Z",
};
const list = (...items: unknown[]) => JSON.stringify({ kind: "EventList", items });

test("what is sound is scanned with SIMD, in lists and in lines, at whatever distance from a block's edge", () => {
  for (let pad = 0; pad < 140; pad++) {
    const padded = { ...event, auditID: "x".repeat(pad), userAgent: "é\\".repeat(pad % 70) };
    expect(agree(encoder.encode(list(padded, event, { ...event, verb: undefined })))).toBe(true);
    const line = JSON.stringify({ kind: "Event", ...padded });
    expect(agree(encoder.encode(`${line}\n${line}\n`))).toBe(true);
    expect(agree(encoder.encode(`\n${line}\n\n${line}`))).toBe(true);
  }
});

test("an empty list, one with members behind its events, nothing", () => {
  for (const text of ['{"kind":"EventList","items":[]}', '{"kind":"EventList","metadata":{},"items":[],"x":[1]}'])
    expect(agree(encoder.encode(text))).toBe(true);
  for (const text of ["", "{}", "[]", "1", '""', "\n", '{"kind":"EventList"}', "}", '{"kind":"EventList","items":[1]}'])
    expect(agree(encoder.encode(text))).toBe(false);
});

/** Bytes and runs of bytes that grammar turns on. */
const piece = fc.constantFrom(
  ...['"', "\\", "{", "}", "[", "]", ",", ":", " ", "\n", "\t", "0", "-", "1e5", "01", "1.", ".5", "+1", "null", "nul"],
  ...["true", "truex", "false", "é", "\u0000", "\u007f", "\\u0061", "\\ud800", "\\x", "\\u12g4", "\\/", "\ufeff", "😀"],
  ...['"a":1,', '"a":', ',"a"', '""', "{}", "[]", "[{}]", '{"":[]}', "[,]", "[1,]", "{,}", '{"a"}', '["a":1]', "1 2"],
  ...['"verb":"x",', '"\\u0076erb":"x",', '"objectRef":{},', '"requestObject":[{"spec":1}],', '"items":[],', "}\n{"],
);
const bytes = fc.oneof(
  piece.map((text) => [...encoder.encode(text)]),
  fc.array(fc.nat(255), { minLength: 1, maxLength: 3 }),
);

test("no change to a payload makes them differ", () => {
  const text = list(event, { ...event, requestObject: null, annotations: { a: "b" } }, event);
  const sound = encoder.encode(text);
  let taken = 0;
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(9999).map((at) => at / 10_000), remove: fc.nat(3), bytes }), {
        minLength: 1,
        maxLength: 2,
      }),
      fc.boolean(),
      (changes, lines) => {
        let body = [...(lines ? encoder.encode(`${JSON.stringify({ kind: "Event", ...event })}\n`) : sound)];
        for (const { at, remove, bytes } of changes) {
          const place = Math.floor(at * body.length);
          body = [...body.slice(0, place), ...bytes, ...body.slice(place + remove)];
        }
        if (agree(Uint8Array.from(body))) taken++;
        else {
          // Left to the other: then it is no JSON, has blanks, or is no list of ours.
          const text = Buffer.from(body).toString();
          const other = scan(Uint8Array.from(body));
          if (other !== undefined) expect(text).toMatch(/[ \t\r\n]|\n\n|^\n|\}\{/);
        }
      },
    ),
    { numRuns: 4000 },
  );
  expect(taken).toBeGreaterThan(200);
});

test("texts of grammar's own pieces are judged alike", () => {
  const grammar = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(grammar, fc.nat(70), (text, pad) => {
      const padded = "p".repeat(pad);
      agree(encoder.encode(list({ ...event, auditID: padded }).replace('"a":["b"', `"a":[${text},"b"`)));
      agree(encoder.encode(list({ ...event, auditID: padded }).replace('"deep":{', `"deep":{${text},`)));
      agree(encoder.encode(list({ ...event, auditID: padded }).replace('"name":"', `"name":"${text}`)));
    }),
    { numRuns: 4000 },
  );
});

test("between and behind events stands what belongs there, however well the events are known", () => {
  const known = list(event);
  expect(agree(encoder.encode(known))).toBe(true);
  const [head, one] = ['{"kind":"EventList","items":[', JSON.stringify(event)];
  for (const between of ["", "\n", ";", "}", "]", ",,", ":", '"'])
    for (const text of [
      `${head}${one}${between}${one}]}`,
      `${head}${one}]${between}}`,
      `${head}${one}]}${between}${one}`,
    ])
      if (!text.endsWith("}]}") || between !== "") {
        const body = encoder.encode(text);
        expect([text.slice(-60), agree(body)]).toEqual([text.slice(-60), text === known]);
      }
});

test("what is learned of names, of boxes and of long runs of either stays right, however much there is of it", () => {
  const labels = (from: number, count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`label-${from + at}`, at % 3 === 0 ? at : { [`k:{"a${at}":1}`]: {} }]),
    );
  for (let round = 0; round < 60; round++) {
    const many = {
      ...event,
      [`unknown-${round}`]: round,
      annotations: labels(round * 40, 40),
      objectRef: { ...event.objectRef, ...labels(round * 7, 7) },
      requestObject: { metadata: { managedFields: [{ fieldsV1: labels(round * 50, 50) }], labels: labels(0, 20) } },
      responseObject: { long: Array.from({ length: 90 }, () => ({})), ["n".repeat(300)]: { a: [[], [[]]] } },
    };
    expect(agree(encoder.encode(list(many, event, many)))).toBe(true);
  }
});

test("any JSON in bodies and elsewhere, after any other", () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      fc.dictionary(fc.string(), fc.jsonValue()),
      (request, response, more) => {
        const text = list(
          { ...event, requestObject: request, objectRef: more },
          { ...more, ...event, responseObject: response },
        );
        agree(encoder.encode(text));
        if (!text.includes("\\")) expect(agree(encoder.encode(text))).toBe(true);
      },
    ),
    { numRuns: 1500 },
  );
});

test("of doubles the first counts, of objects with wanted members too", () => {
  const doubled = (text: string) => list(event).replace('"verb":', `${text},"verb":`);
  for (const text of [
    '"user":"x"',
    '"user":{"uid":"u"}',
    '"user":{}',
    '"objectRef":{"name":"n"}',
    '"requestObject":[]',
  ])
    for (let times = 0; times < 3; times++) {
      expect(agree(encoder.encode(doubled(text)))).toBe(true);
      expect(agree(encoder.encode(list(event)))).toBe(true);
    }
});

test("a list is ours whatever stands beside its events, as long as it is sound", () => {
  const items = `"items":[${JSON.stringify(event)}]`;
  const sound = [
    `"metadata":{"resourceVersion":"1"},${items}`,
    `"metadata":{"continue":"a\\"b","é":[{},[1]]},${items},"kind":"EventList"`,
    `"metadata":null,"x":-1.5e3,${items},"y":true,"z":[[]]`,
    `"x":"é\\u0061\\\\",${items},"x":""`,
  ];
  const unsound = [
    ...["}", '"metadata":{"a":01},', '"metadata":{"a"},', '"x":"\\x",', '"x":"\u0001",', '"x":1 2,'].map(
      (head) => head + items,
    ),
    ...["x", ",", ',"x"', ',"x":', ',"x":1.', ',"x":{]', ',"x":{"a":"\\u00g0"}', `,${items}`, ',"\\u0069tems":[]'].map(
      (tail) => items + tail,
    ),
  ];
  for (const members of [...sound, ...unsound]) {
    const body = encoder.encode(`{"kind":"EventList",${members}}`);
    for (const known of [false, true])
      expect([members, known, agree(body)]).toEqual([members, known, !unsound.includes(members)]);
  }
});

test("pieces of grammar beside the events of a list are judged alike", () => {
  const grammar = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(grammar, grammar, (before, behind) => {
      agree(encoder.encode(`{"kind":"EventList",${before}"items":[${JSON.stringify(event)}]${behind}}`));
      agree(
        encoder.encode(
          `{"kind":"EventList","metadata":{${before}},"items":[${JSON.stringify(event)}],"x":"${behind}"}`,
        ),
      );
    }),
    { numRuns: 4000 },
  );
});
