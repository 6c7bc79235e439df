/** Puts a payload to both engines; whatever differs is a bug, whichever is wrong. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { AuditEvent, Decoded } from "../../domain/audit-event.ts";
import { decode } from "../../domain/decode.ts";
import { type ScanCounts, ScannedEvent, Scanner } from "../../domain/scan/index.ts";
import { fieldCatalogue, fieldEntries } from "../../fields/index.ts";
import { aboutEvent, auditCatalogue, auditSource, ruleWorld } from "../audit-world.ts";
import type { Match } from "../contract.ts";
import { load, type RuleSet, type RuleSource } from "../index.ts";
import { type FastRules, fastRuleSet } from "./fast-rules.ts";

const receivedAt = new Date("2026-11-24T10:00:00Z");

export interface Pair {
  readonly plain: RuleSet<AuditEvent>;
  readonly fast: FastRules;
  /** The same without SIMD. */
  readonly script: FastRules;
}

/** The same rules for both engines, in both dialects and both ways of matching. */
export function pairs(files: readonly RuleSource[], faults: "none" | "as they come" = "none"): readonly Pair[] {
  return [false, true].flatMap((falcoCompat) =>
    (["first", "all"] as const).map((matching): Pair => {
      const loaded = load(files, ruleWorld({ falcoCompat, matching }));
      if (!loaded.ok && faults === "none") throw new Error(loaded.diagnostics.map(({ message }) => message).join("\n"));
      const catalogue = auditCatalogue(falcoCompat);
      const world = { catalogue, dialect: { falcoCompat }, matching, source: auditSource };
      const fast = fastRuleSet(loaded.ruleSet, world);
      return { plain: loaded.ruleSet, fast, script: fastRuleSet(loaded.ruleSet, { ...world, scanBy: "script" }) };
    }),
  );
}

const packFolder = join(import.meta.dirname, "../../../rules");

/** The rules that we ship. */
export const pack: readonly RuleSource[] = readdirSync(packFolder)
  .filter((name) => /^\d\d-[a-z-]+\.yaml$/.test(name))
  .sort()
  .map((name) => ({ name, text: readFileSync(join(packFolder, name), "utf8") }));

const scanners = { simd: new Scanner(), script: new Scanner(undefined, "script") };

/** How many events both engines were given and the fast one scanned itself. */
export function compare(body: Uint8Array, rules: readonly Pair[]): ScanCounts {
  const wanted = [...decode(body, { receivedAt })];
  const shownWanted = wanted.map(shown);
  const before = { ...scanners.simd.counts };
  for (const scanner of [scanners.simd, scanners.script]) {
    const given = [...scanner.decode(body, { receivedAt })];
    expect(given.map(shown)).toEqual(shownWanted);
    if (scanner === scanners.script) continue;
    for (const [at, part] of wanted.entries()) {
      const other = given[at];
      if (part.kind !== "event" || other?.kind !== "event" || !(other.event instanceof ScannedEvent)) continue;
      expect(fieldsOf(other.event)).toEqual(fieldsOf(part.event));
    }
  }
  const { counts } = scanners.simd;
  const difference = {
    scanned: counts.scanned - before.scanned,
    scriptPayloads: counts.scriptPayloads - before.scriptPayloads,
    odd: counts.odd - before.odd,
    plainPayloads: counts.plainPayloads - before.plainPayloads,
  };
  for (const { plain, fast, script } of rules) {
    const judged = partsJudged(plain, wanted);
    // Decoded anew each time: what was read of an event is remembered by it.
    expect(partsJudged(fast, [...fast.scanner.decode(body, { receivedAt })])).toEqual(judged);
    expect(bodyJudged(fast, body)).toEqual(judged);
    expect(bodyJudged(script, body)).toEqual(judged);
  }
  return difference;
}

/** What is told of a payload's parts, events that no rule matched left out. */
function bodyJudged(rules: FastRules, body: Uint8Array) {
  const told: unknown[] = [];
  const about = (event: AuditEvent, at: number) => aboutEvent(event, BigInt(at + 1), "localhost", 0n);
  const events = rules.judgeBody(body, { receivedAt, about }, (part, matches) => {
    told.push(part.kind === "event" ? [part.event.raw, matches.map(saidOf)] : part);
  });
  return [events, told];
}

function partsJudged(rules: RuleSet<AuditEvent>, parts: readonly Decoded[]) {
  let events = 0;
  const told: unknown[] = [];
  for (const part of parts) {
    if (part.kind !== "event") {
      told.push(part);
      continue;
    }
    const matches = rules.judge(part.event, aboutEvent(part.event, BigInt(++events), "localhost", 0n));
    if (matches.length > 0) told.push([part.event.raw, matches.map(saidOf)]);
  }
  return [events, told];
}

const saidOf = ({ rule, message, fields }: Match<AuditEvent>) => ({ rule: rule.name, message, fields: [...fields] });

function shown(part: Decoded): unknown {
  if (part.kind !== "event") return part;
  const { raw, time, root } = part.event;
  const members = [...root.members()].map(([name, value]) => [name, value.kind, value.text()]);
  return { raw, time, members, compact: root.compact(), plain: root.plain() };
}

const catalogues = [fieldCatalogue({ falcoCompat: false }), fieldCatalogue({ falcoCompat: true })];
const keysOf = new Map(fieldEntries.map(({ name, example }) => [name, example.argument]));
const keys = ["/requestObject/spec/containers/0/image", "/user/groups", "a", "", "é"];

function fieldsOf(event: AuditEvent): unknown {
  const about = aboutEvent(event, 1n, "localhost", 0n);
  return catalogues.flatMap((catalogue) =>
    [...catalogue.values()].map(({ name, argument, read }) => {
      const bare = argument?.required ? [] : [undefined];
      const given =
        argument === undefined ? [] : argument.accepts === "index" ? ["0", "1"] : [keysOf.get(name), ...keys];
      const args = [...bare, ...given.filter((one) => one !== undefined)];
      return [name, args.map((one) => read(event, one, about))];
    }),
  );
}
