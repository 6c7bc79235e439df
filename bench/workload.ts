/** What is measured with: batches of audit events from ../shared/bench, rules, and the median of rounds that take turns. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { AuditEvent } from "../src/domain/audit-event.ts";
import { type FastRules, fastRuleSet } from "../src/engine/fast/index.ts";
import { load, type RuleSet } from "../src/engine/index.ts";
import { fieldCatalogue } from "../src/fields/index.ts";

export const batchEvents = 400;
const generator = resolve("../shared/bench/audit-events.mjs");
const officialFile = join(
  process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance",
  "falco/rules/k8s_audit_rules.yaml",
);
for (const needed of [generator, officialFile]) {
  if (existsSync(needed)) continue;
  process.stderr.write(`bench: ${needed} is missing; the workloads are kept beside the repository\n`);
  process.exit(2);
}
const { make } = (await import(pathToFileURL(generator).href)) as {
  make: (seed: number) => { one: (mix: string) => unknown };
};

/** The mixes, each with so many batches as make a round of some tenths of a second. */
export const mixes = [
  ["mix", 10],
  ["meta", 10],
  ["heavy", 2],
] as const;

/** Batches as an API server posts them, `batches` of 400 events. */
export function workload(mix: string, batches: number): readonly Uint8Array[] {
  const { one } = make(42);
  return Array.from({ length: batches }, () => {
    const items = Array.from({ length: batchEvents }, () => one(mix));
    return new TextEncoder().encode(
      JSON.stringify({ kind: "EventList", apiVersion: "audit.k8s.io/v1", metadata: {}, items }),
    );
  });
}

export const officialRules = (): string => readFileSync(officialFile, "utf8");

export interface Engines {
  readonly plain: RuleSet<AuditEvent>;
  readonly fast: FastRules;
}

/** The same rules for both engines. */
export function engines(text: string): Engines {
  const plain = rules(text);
  const catalogue = fieldCatalogue({ falcoCompat: false });
  const fast = fastRuleSet(plain, { catalogue, dialect: { falcoCompat: false }, matching: "all", source: "k8s_audit" });
  return { plain, fast };
}

export function rules(text: string): RuleSet<AuditEvent> {
  const world = { sources: new Map([["k8s_audit", fieldCatalogue({ falcoCompat: false })]]), matching: "all" as const };
  const { diagnostics, ruleSet } = load([{ name: "bench.yaml", text }], world);
  if (diagnostics.length > 0) throw new Error(`${diagnostics[0]?.message}`);
  return ruleSet;
}

export type Subject = (bodies: readonly Uint8Array[]) => unknown | Promise<unknown>;

export function parsed(bodies: readonly Uint8Array[]): void {
  for (const body of bodies) JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("utf8"));
}

/** As long as each subject runs before it counts: what is compiled while it runs, as a server's is, is compiled by then. */
const warmMillis = 1000;

/** Milliseconds of each subject in each round, the subjects taking turns once all are warm. */
export async function takeTurns(
  subjects: readonly Subject[],
  bodies: readonly Uint8Array[],
  rounds: number,
): Promise<readonly (readonly number[])[]> {
  const times = subjects.map((): number[] => []);
  for (const subject of subjects) {
    const began = performance.now();
    do await subject(bodies);
    while (performance.now() - began < warmMillis);
  }
  for (let round = 0; round < rounds; round++)
    for (const [at, subject] of subjects.entries()) {
      const began = performance.now();
      await subject(bodies);
      times[at]!.push(performance.now() - began);
    }
  return times;
}

export const median = (numbers: readonly number[]) =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

/** How many times faster the second is, as the median over rounds. */
export const ratio = (slow: readonly number[], fast: readonly number[]) =>
  median(fast.map((time, round) => slow[round]! / time));
