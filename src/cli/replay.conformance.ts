/** Recorded traces replayed from the command line, against real Falco's alerts on the very same bytes. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { testIo } from "./io.kit.ts";
import { run } from "./run.ts";

const folder = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance", "falco");
const present = existsSync(folder);
const traces = join(folder, "traces");
const official = join(folder, "rules", "k8s_audit_rules.yaml");

interface Golden {
  /** `file#line` */
  readonly id: string;
  readonly alerts: readonly {
    readonly rule: string;
    readonly priority: string;
    readonly message: string;
    readonly output_fields: Readonly<Record<string, unknown>>;
    readonly time: string;
    readonly tags: readonly string[];
  }[];
}

const goldens: readonly Golden[] = !present
  ? []
  : readdirSync(folder)
      .filter((name) => name.endsWith(".golden.jsonl"))
      .sort()
      .flatMap((name) => lines(readFileSync(join(folder, name), "utf8")).map((line) => JSON.parse(line)));

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

async function alertsOf(args: readonly string[], stdin?: string): Promise<readonly Record<string, unknown>[]> {
  const io = testIo({ stdin });
  const exit = await run(
    ["replay", "-q", "-o", "json", "--json-include-message-property", "--falco-compat", ...args],
    io,
  );
  expect(exit, io.err()).toBe(0);
  return lines(io.out()).map((line) => JSON.parse(line));
}

const judged = ({ rule, priority, message, output_fields, time, tags }: Record<string, unknown>) => ({
  rule,
  priority,
  message,
  output_fields,
  time,
  tags,
});

describe.skipIf(!present)("replay of the traces as Falco", () => {
  const byFile = Map.groupBy(goldens, ({ id }) => id.slice(0, id.lastIndexOf("#")));
  for (const [file, expected] of byFile) {
    test(`${file} gives Falco's alerts`, async () => {
      const all = await alertsOf(["--all", "-r", official, join(traces, file)]);
      expect(all.map(judged)).toEqual(expected.flatMap(({ alerts }) => alerts));
    });
  }
});

interface Expectation {
  readonly name: string;
  /** Load order, names under `rules/`. */
  readonly rules: readonly string[];
  readonly trace: string;
  readonly observed?: { readonly rule_matching_first?: { readonly counts: Readonly<Record<string, number>> } };
  readonly alerts_all?: readonly Record<string, unknown>[];
}

const expectations: readonly Expectation[] = !present
  ? []
  : readdirSync(folder)
      .filter((name) => /^expectations.*\.json$/.test(name))
      .sort()
      .flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as readonly Expectation[]);

describe.skipIf(!present)("replay of Falco's own regression tests", () => {
  for (const { name, rules, trace, alerts_all, observed } of expectations) {
    test(`${name}`, async () => {
      const files = rules.flatMap((file) => ["-r", join(folder, "rules", file)]);
      const all = await alertsOf(["--all", ...files, join(traces, trace)]);
      expect(all.map(judged)).toEqual((alerts_all ?? []).map(judged));
      if (observed?.rule_matching_first === undefined) return;
      const first = await alertsOf([...files, join(traces, trace)]);
      const counts = Object.entries(Object.groupBy(first, ({ rule }) => String(rule)));
      expect(Object.fromEntries(counts.map(([rule, some = []]) => [rule, some.length]))).toEqual(
        observed.rule_matching_first.counts,
      );
    });
  }
});

const corpus = resolve(folder, "..", "corpus");

/** Each file of payloads with its golden file; a payload of several lines is not one to a reader of lines. */
const payloadFiles = !existsSync(corpus)
  ? []
  : readdirSync(corpus, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".golden.jsonl"))
      .sort()
      .map((name) => ({ name, pairs: pairsOf(join(corpus, name)) }))
      .filter(({ pairs }) => pairs.length > 0);

function pairsOf(goldenFile: string): readonly { readonly payload: string; readonly golden: Golden }[] {
  const source = goldenFile.replace(/\.golden\.jsonl$/, ".jsonl");
  if (!existsSync(source)) return [];
  const rows = lines(readFileSync(source, "utf8"));
  const answers = lines(readFileSync(goldenFile, "utf8")).map((line): Golden => JSON.parse(line));
  if (rows.length !== answers.length) return [];
  return rows.flatMap((row, index) => {
    const parsed = JSON.parse(row);
    const payload: unknown = parsed.kind === undefined ? parsed.payload : row;
    const golden = answers[index];
    return typeof payload === "string" && golden && !payload.includes("\n") ? [{ payload, golden }] : [];
  });
}

describe.skipIf(!present || payloadFiles.length === 0)("replay of recorded payloads, one a line", () => {
  for (const { name, pairs } of payloadFiles) {
    test(`${name} gives Falco's alerts`, async () => {
      const stdin = pairs.map(({ payload }) => `${payload}\n`).join("");
      const all = await alertsOf(["--all", "-r", official, "-"], stdin);
      expect(all.map(judged)).toEqual(pairs.flatMap(({ golden }) => golden.alerts));
    });
  }
});
