/** The quick look for secrets against the slow one: it may say yes too often, and never no where that says yes. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { marks } from "./marks.ts";
import { SimdMemory } from "./scan/simd-memory.ts";
import { noPlan } from "./scan/simd-plan.ts";
import { isMarkedAt, mayHoldMarks } from "./secret-marks.ts";

const encoder = new TextEncoder();
const memory = SimdMemory.open(noPlan);

/** By the automaton, and by SIMD where that is to be had: both say the same, and a certain yes is one. */
function quick(text: string, before = "..", behind = ".."): boolean {
  const bytes = encoder.encode(`${before}${text}${behind}`);
  const [from, to] = [encoder.encode(before).length, bytes.length - encoder.encode(behind).length];
  const answer = mayHoldMarks(bytes, from, to);
  memory?.put(bytes);
  const told = memory ? isMarkedAt(bytes, from, to, memory) : undefined;
  if (memory) expect([text, told !== false]).toEqual([text, answer]);
  if (told) expect([text, marks.test(text)]).toEqual([text, true]);
  return answer;
}

const pieces = [
  ...["secret", "SeCrEt", "stringData", "token", "passw", "passphrase", "pwd", "api", "access", "shared", "signing"],
  ...[
    "encryption",
    "private",
    "key",
    "Key",
    "Id",
    "_id",
    '"',
    "-id",
    "credential",
    "bearer",
    "authorization",
    ":",
    "=",
  ],
  ...["eyJ", "eyj", "/", "\\/", "@", "?", "&", "#", " ", "\t", "%3A%2F%2F", "%3a", "assertion", "signature", "sig="],
  ...[
    "u0026",
    "jwt",
    "auth=",
    "\\u004",
    "\\u008",
    "%41",
    "%4g",
    "%",
    "_",
    "-",
    ".",
    "é",
    "🦅",
    "a",
    "k8s",
    "x",
    "'",
    "\\",
  ],
];

test("wherever redaction would look, the quick look says yes", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      if (marks.test(text)) expect(quick(text), text).toBe(true);
    }),
    { numRuns: 20_000 },
  );
});

test("wherever a word stands it is found, and what stands around does not count", () => {
  const around = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 8 });
  fc.assert(
    fc.property(
      around,
      around,
      fc.string({ unit: "binary", maxLength: 40 }),
      around,
      (before, text, filler, behind) => {
        const whole = `${filler}${text}`.toWellFormed();
        if (marks.test(whole)) expect(quick(whole, before, behind), whole).toBe(true);
        else quick(whole, before, behind);
      },
    ),
    { numRuns: 5_000 },
  );
});

test("what every event holds is no mark", () => {
  for (const text of [
    '"authorization.k8s.io/decision":"allow"',
    '"authentication.kubernetes.io/credential-id":["JTI=1"]',
    '"accessKeyId":["AKIA"]',
    "https://kubernetes.default.svc/api?watch=true",
    '"resourceVersion":"1","monkey":"nut"',
    '"a":"100%"',
  ])
    expect([text, quick(text), marks.test(text)]).toEqual([text, false, false]);
});

test("no part outside of what is asked about counts", () => {
  const bytes = encoder.encode("secret{}secret");
  expect(mayHoldMarks(bytes, 6, 8)).toBe(false);
  expect(mayHoldMarks(encoder.encode("apikey"), 1, 6)).toBe(false);
});
