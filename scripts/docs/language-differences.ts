/** Where the rule language answers otherwise than Falco's; each answer is asked of the engine while the page is written. */
import { load } from "../../src/engine/index.ts";
import { type LanguageEvent, languageAbout, languageCatalogue } from "../../src/engine/testing/language-world.ts";
import { code, table } from "./page.ts";

const conditions: readonly (readonly [what: string, condition: string, fields: LanguageEvent])[] = [
  [
    "a transformed list compared with constants; Falco counts a NUL into each element",
    "tolower(t.strs) intersects (hello)",
    { "t.strs": ["HELLO"] },
  ],
  [
    "a network field with a modifier; Falco compares raw bytes",
    "t.net = anyof (142.0.0.0/8)",
    { "t.net": "142.251.111.147" },
  ],
  ["a bare list of numbers joined; Falco joins raw bytes", "join(',', t.nums) = '1,2'", { "t.nums": [1, 2] }],
  [
    "the options of a command line joined; Falco refuses it",
    "join(',', getopt(t.strs, 'ab')) = 'a,b'",
    { "t.strs": ["-ab"] },
  ],
];

const files: readonly (readonly [what: string, text: string])[] = [
  [
    "lists three deep, from the inmost out; Falco leaves the inmost name as text",
    `- list: l1\n  items: [a]\n- list: l2\n  items: [l1]\n- list: l3\n  items: [l2]\n${rule("t.str in (l3)")}`,
  ],
  [
    "exceptions replaced without `comps`; Falco gives them no operator",
    `${rule("t.str = a")}- rule: r\n  exceptions:\n  - name: e\n    fields: t.str2\n    values: [b]\n  override: {exceptions: replace}\n`,
  ],
];

/** A section of the page of differences. */
export function languageDifferences(): string {
  const rows = [
    ...conditions.map(([what, condition, fields]) => [
      `${what}: ${code(condition)} with ${code(JSON.stringify(fields))}`,
      matched(rule(condition), fields, false),
      matched(rule(condition), fields, true),
    ]),
    ...files.map(([what, text]) => [
      what,
      matched(text, { "t.str": "a" }, false),
      matched(text, { "t.str": "a" }, true),
    ]),
    ["a list of 2,000 characters in a message; Falco cuts it at 1,023 bytes", printed(false), printed(true)],
  ];
  return `## Language

${table(["case", "our answer", "Falco's"], rows)}
The fields \`t.…\` are those of the shared language cases. Where several globs of a \`pmatch\` fit one component of a path, each
pattern is tried by itself, in both modes.
`;
}

function rule(condition: string, output = "out"): string {
  const text = JSON.stringify(condition);
  return `- rule: r\n  desc: d\n  condition: ${text}\n  output: ${JSON.stringify(output)}\n  priority: WARNING\n  source: k8s_audit\n`;
}

function loaded(text: string, falcoCompat: boolean) {
  const world = { sources: new Map([["k8s_audit", languageCatalogue]]), dialect: { falcoCompat } };
  return load([{ name: "rules.yaml", text }], world, "falco");
}

function matched(text: string, fields: LanguageEvent, falcoCompat: boolean): string {
  const { ok, ruleSet } = loaded(text, falcoCompat);
  if (!ok) return "does not load";
  return ruleSet.judge(fields, languageAbout).length > 0 ? "matches" : "does not match";
}

function printed(falcoCompat: boolean): string {
  const [match] = loaded(rule("t.strs exists", "%t.strs"), falcoCompat).ruleSet.judge(
    { "t.strs": ["x".repeat(2000)] },
    languageAbout,
  );
  return `${match?.message.length} characters`;
}
