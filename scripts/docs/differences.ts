/** The page of all that we answer otherwise than Falco; each answer is asked of the code while the page is written. */
import { decode } from "../../src/domain/decode.ts";
import { fieldEntries } from "../../src/fields/index.ts";
import { languageDifferences } from "./language-differences.ts";
import { code, opening, type Page, table } from "./page.ts";
import { exampleText, valueText } from "./values.ts";

export const differences: Page = {
  path: "docs/reference/differences-from-falco.md",
  render: () => `${opening("Differences from Falco", "`src/fields/`, `src/engine/` and `src/domain/decode.ts`")}
By default we give the answer that a defect of Falco's k8saudit plugin was meant to give. \`tiercel replay --falco-compat\`
and the engine's option \`falcoCompat\` give Falco's own.

## Fields

${table(
  ["field", "what Falco does", "example", "our answer", "Falco's"],
  fieldEntries.flatMap(({ name, falco, example }) =>
    falco
      ? [[code(name), falco.doc, code(exampleText(example)), valueText(example.value), valueText(falco.value)]]
      : [],
  ),
)}
Reading \`ka.req.pod.volumes.volume_type\` on a JSON Patch ends Falco's process. For us the field has no value there, in
both modes.

Our further fields (those that [fields.md](fields.md) marks as not in Falco) can be named in both modes.

${languageDifferences()}
## Payloads

${table(
  ["payload", "our answer", "Falco's"],
  payloads.map(([what, text]) => [`${what}: ${code(shown(text))}`, answer(text, false), answer(text, true)]),
)}
In the compatible mode a body, or a line of a file, is one payload.
`,
};

const event = (id: string) =>
  `{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"${id}","stageTimestamp":"2024-05-01T10:00:00Z"}`;

const payloads: readonly (readonly [what: string, text: string])[] = [
  ["one element of an array is no audit event", `[${event("a")},{"kind":"Pod"}]`],
  ["two events one after the other", `${event("a")}${event("b")}`],
  ["half a line, left by a crash, before an event", `{"kind":"Ev${event("a")}`],
  ["a list that breaks off", `{"kind":"EventList","items":[${event("a")},{"kind":"Ev`],
  ["an empty list", '{"kind":"EventList","items":null}'],
  ["a byte order mark before an event", `\ufeff${event("a")}`],
  [
    "an event of before Kubernetes 1.12, without stageTimestamp",
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1beta1","metadata":{"creationTimestamp":"2017-09-11T19:55:34Z"},"auditID":"a"}',
  ],
  [
    "an event that lost its stageTimestamp",
    '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","requestReceivedTimestamp":"2024-05-01T10:00:00Z"}',
  ],
  [
    "an event that lost its `kind`",
    '{"auditID":"a","stage":"ResponseComplete","verb":"get","stageTimestamp":"2024-05-01T10:00:00Z"}',
  ],
  [
    "an event of more than 256 KiB",
    `{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-01T10:00:00Z","userAgent":"${"x".repeat(262_144)}"}`,
  ],
  [
    "an event nested more than 300 levels deep",
    `{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-01T10:00:00Z","requestObject":${"[".repeat(305)}${"]".repeat(305)}}`,
  ],
  [
    "a string with a bare control character",
    '{"kind":"Event","auditID":"a\u0001","stageTimestamp":"2024-05-01T10:00:00Z"}',
  ],
];

function answer(text: string, falcoCompat: boolean): string {
  const parts = [...decode(new TextEncoder().encode(text), { falcoCompat })];
  const events = parts.filter((part) => part.kind === "event").length;
  const reasons = parts.flatMap((part) => (part.kind === "rejected" ? [part.rejected.reason] : []));
  const judged = events === 0 ? "nothing judged" : events === 1 ? "1 event judged" : `${events} events judged`;
  return [judged, ...reasons.map((reason) => `refused: ${reason}`)].join("; ");
}

function shown(text: string): string {
  const plain = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("\ufeff", "\\ufeff");
  return plain.length > 220 ? `${plain.slice(0, 160)}…` : plain;
}
