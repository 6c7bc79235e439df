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

async function alertsOf(args: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const io = testIo();
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
