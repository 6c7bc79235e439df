/** Rule tests, run: each test's events judged by the rules, what came compared with what was expected. */
import { dirname } from "node:path";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { aboutEvent, auditCatalogue, ruleWorld } from "../engine/audit-world.ts";
import type { Match } from "../engine/contract.ts";
import { explainContext, explained } from "../engine/explain.ts";
import { type Loaded, load } from "../engine/index.ts";
import { ruleSet } from "../engine/ruleset.ts";
import type { About } from "../fields/field.ts";
import { drawn } from "../text/diagnostic.ts";
import { nearest } from "../text/nearest.ts";
import { applyChange } from "./event-change.ts";
import { eventFiles } from "./event-files.ts";
import { paint } from "./io.ts";
import { readRuleFiles, ruleFilePaths } from "./rule-files.ts";
import { type ExpectedAlert, type RuleTest, type RuleTestFile, readRuleTest, type TestEvent } from "./rule-test.ts";
import { whySilent } from "./rules-explain.ts";
import { savedEvents } from "./saved-events.ts";

export interface TestResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Lines for a person; none where the test holds. */
  readonly failure: readonly string[];
}

export interface TestRun {
  readonly results: readonly TestResult[];
  /** What is wrong with the test files or the rules themselves, drawn. */
  readonly faults: readonly string[];
}

/** What is left of an event, as JSON; undefined where nothing is. */
export type Lens = (event: AuditEvent) => string | undefined;

/** Runs the tests of these files, their events seen through `lens`. Rules that several files share are loaded once. */
export async function runRuleTests(paths: readonly string[], lens?: Lens): Promise<TestRun> {
  const results: TestResult[] = [];
  const faults: string[] = [];
  const bench = new Bench();
  for (const path of paths) {
    const read = readRuleTest(path);
    if (!read.ok) {
      faults.push(...read.mistakes.map(({ path: at, line, column, message }) => `${at}:${line}:${column}: ${message}`));
      continue;
    }
    for (const test of read.file.tests) {
      const rules = bench.rules(read.file, test);
      if (!rules.loaded.ok) {
        for (const diagnostic of rules.loaded.diagnostics) {
          if (diagnostic.severity === "error") faults.push(drawn(diagnostic));
        }
        break;
      }
      const failure = await failureOf(test, rules, lens);
      results.push({ file: path, line: test.line, name: test.name, failure });
    }
  }
  return { results, faults: [...new Set(faults)] };
}

interface Rules {
  readonly loaded: Loaded<AuditEvent>;
  /** Names of the rules that are judged; undefined: all. */
  readonly subject: ReadonlySet<string> | undefined;
  judge(event: AuditEvent, about: About): readonly Match<AuditEvent>[];
}

/** Loaded rules, by what was asked for. */
class Bench {
  readonly #loaded = new Map<string, Loaded<AuditEvent>>();

  rules(file: RuleTestFile, { falcoCompat, matching }: RuleTest): Rules {
    const paths = file.rules ?? ruleFilePaths(dirname(file.path));
    const selection = file.enable.map((rule) => ({ operation: "enable", rule }) as const);
    const key = JSON.stringify([paths, falcoCompat, selection]);
    const loaded =
      this.#loaded.get(key) ??
      load(readRuleFiles(paths), ruleWorld({ falcoCompat, selection }), falcoCompat ? "falco" : "lenient");
    this.#loaded.set(key, loaded);
    const { subject } = file;
    const names =
      subject === undefined
        ? undefined
        : new Set(
            loaded.compiled.rules.filter(({ info }) => info.place.file.name === subject).map(({ info }) => info.name),
          );
    // A selection moves what it enables to the end; tests expect the order of the files.
    const order = new Map(loaded.compiled.rules.map(({ info }, index) => [info.name, index]));
    const judged = loaded.ruleSet.rules
      .filter(({ name }) => names === undefined || names.has(name))
      .toSorted((a, b) => (order.get(a.name) ?? 0) - (order.get(b.name) ?? 0));
    const set = ruleSet(judged, { matching });
    return { loaded, subject: names, judge: (event, about) => set.judge(event, about) };
  }
}

interface Judged {
  readonly event: AuditEvent;
  readonly about: About;
  readonly matches: readonly Match<AuditEvent>[];
}

async function failureOf(test: RuleTest, rules: Rules, lens: Lens | undefined): Promise<readonly string[]> {
  const lines: string[] = [];
  const judged: Judged[] = [];
  let startTime: bigint | undefined;
  for (const item of test.events) {
    for (const whole of await eventsOf(item, test.falcoCompat, lines)) {
      const json = lens === undefined ? undefined : lens(whole);
      const [event = whole] = json === undefined ? [] : decoded(json, test.falcoCompat, "what is left of it", lines);
      startTime ??= event.time;
      const about = aboutEvent(event, BigInt(judged.length + 1), "localhost", startTime);
      const isSeen = lens === undefined || json !== undefined;
      judged.push({ event, about, matches: isSeen ? rules.judge(event, about) : [] });
    }
  }
  if (lines.length > 0) return lines;
  if (!test.perEvent) return compared(test.expect[0] ?? [], judged, rules, test, "");
  if (judged.length !== test.expect.length)
    return [`${test.expect.length} lists of alerts for ${judged.length} events`];
  return test.expect.flatMap((expected, index) =>
    compared(expected, [judged[index]!], rules, test, `event ${index + 1}: `),
  );
}

async function eventsOf(item: TestEvent, falcoCompat: boolean, wrong: string[]): Promise<readonly AuditEvent[]> {
  if (item.kind === "inline") return decoded(item.json, falcoCompat, "the event", wrong);
  const events: AuditEvent[] = [];
  const stdin = (async function* (): AsyncGenerator<Uint8Array> {})();
  for await (const batch of savedEvents(eventFiles([item.path]), { stdin }, { falcoCompat })) {
    for (const { part, file, line } of batch) {
      const where = `${file}:${line}`;
      if (part.kind === "rejected") wrong.push(`${where}: ${part.rejected.reason}`);
      else if (part.kind === "ignored") wrong.push(`${where} is ${part.reason}`);
      else if (item.change === undefined) events.push(part.event);
      else {
        const changed = applyChange(JSON.parse(part.event.raw), item.change);
        if (!changed.ok) wrong.push(`${where}: ${changed.why}`);
        else events.push(...decoded(JSON.stringify(changed.event), falcoCompat, where, wrong));
      }
    }
  }
  return events;
}

function decoded(json: string, falcoCompat: boolean, where: string, wrong: string[]): readonly AuditEvent[] {
  const events: AuditEvent[] = [];
  for (const part of decode(new TextEncoder().encode(json), { falcoCompat })) {
    if (part.kind === "event") events.push(part.event);
    else wrong.push(`${where} cannot be read: ${part.kind === "rejected" ? part.rejected.reason : part.reason}`);
  }
  return events;
}

function compared(
  expected: readonly ExpectedAlert[],
  judged: readonly Judged[],
  rules: Rules,
  test: RuleTest,
  where: string,
): readonly string[] {
  const came = judged.flatMap(({ matches, event, about }) => matches.map((match) => ({ match, event, about })));
  const wanted = expected.map(({ rule }) => rule);
  const names = came.map(({ match }) => match.rule.name);
  if (wanted.length === names.length && wanted.every((name, index) => name === names[index])) {
    return expected.flatMap((alert, index) => detailsOf(alert, came[index]!, test).map((line) => where + line));
  }
  const lines = [
    `${where}expected ${quotedList(wanted)}, but ${names.length === 0 ? "nothing" : quotedList(names)} alerted`,
  ];
  for (const name of without(wanted, names)) {
    lines.push(`why \`${name}\` kept silent:`, ...silence(name, judged, rules, test).map((line) => `  ${line}`));
  }
  for (const name of without(names, wanted)) {
    const alert = came.find(({ match }) => match.rule.name === name);
    if (alert) lines.push(`\`${name}\` said: ${alert.match.message.toWellFormed()}`);
  }
  return lines;
}

const quotedList = (names: readonly string[]): string =>
  names.length === 0 ? "nothing" : names.map((name) => `\`${name}\``).join(", ");

/** Those of `names` that `others` lacks, each once; a name that is there too few times counts as lacking. */
function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const count = (all: readonly string[], name: string) => all.filter((one) => one === name).length;
  return [...new Set(names)].filter((name) => count(names, name) > count(others, name));
}

const plainPaint = paint({ isTTY: false }, {});

function silence(name: string, judged: readonly Judged[], rules: Rules, test: RuleTest): readonly string[] {
  const all = rules.loaded.ruleSet.rules;
  const rule = all.find((one) => one.name === name);
  if (rule === undefined) {
    const guess = nearest(
      name,
      all.map((one) => one.name),
    );
    return [`no rule is called that${guess === undefined ? "" : `; did you mean \`${guess}\`?`}`];
  }
  if (rules.subject !== undefined && !rules.subject.has(name)) {
    return ["it stands in another file than the one beside this test; name the files under `rules`"];
  }
  if (!rule.enabled) return ["it is disabled; name it under `enable` to test it"];
  const context = explainContext(rules.loaded, test.falcoCompat);
  return judged
    .filter(({ matches }) => matches.every((match) => match.rule !== rule))
    .flatMap(({ event, about, matches }, index) => {
      const head = judged.length > 1 ? [`event ${index + 1}:`] : [];
      if (rule.test(event, about)) {
        return [...head, `it matches, but \`${matches[0]?.rule.name}\` came first (\`matching: first\`)`];
      }
      const [, ...reasons] = whySilent(explained(rule.condition, event, about, context), plainPaint);
      return [...head, ...reasons.map((line) => line.trimStart())];
    });
}

function detailsOf(
  expected: ExpectedAlert,
  { match, event, about }: { readonly match: Match<AuditEvent>; readonly event: AuditEvent; readonly about: About },
  test: RuleTest,
): readonly string[] {
  const { rule, message } = match;
  const lines: string[] = [];
  const differs = (what: string, wanted: unknown, came: unknown) => {
    lines.push(`\`${rule.name}\`: ${what} is ${shown(came)}, expected ${shown(wanted)}`);
  };
  if (expected.priority !== undefined && expected.priority !== rule.priority) {
    differs("priority", expected.priority, rule.priority);
  }
  if (expected.output !== undefined && expected.output !== message) differs("the output", expected.output, message);
  for (const part of expected.outputContains) {
    if (!message.includes(part)) lines.push(`\`${rule.name}\`: the output lacks ${shown(part)}: ${shown(message)}`);
  }
  if (expected.tags !== undefined && shown(expected.tags.toSorted()) !== shown(rule.tags.toSorted())) {
    differs("the tags", expected.tags, rule.tags);
  }
  for (const [name, wanted] of Object.entries(expected.fields)) {
    const came = match.fields.has(name) ? match.fields.get(name) : fieldOf(name, event, about, test);
    if (came === undefined) lines.push(`\`${rule.name}\`: no field is called \`${name}\``);
    else if (shown(came) !== shown(wanted)) differs(`\`${name}\``, wanted, came);
  }
  return lines;
}

/** A field that the message does not print may be expected too; undefined where there is no such field. */
function fieldOf(name: string, event: AuditEvent, about: About, { falcoCompat }: RuleTest): unknown {
  const [, bare = name, argument] = /^([^[]*)(?:\[(.*)\])?$/s.exec(name) ?? [];
  const field = auditCatalogue(falcoCompat).get(bare);
  return field === undefined ? undefined : (field.read(event, argument, about) ?? null);
}

/** As JSON; numbers of any size. */
const shown = (value: unknown): string =>
  JSON.stringify(value, (_, one) => (typeof one === "bigint" ? Number(one) : one)) ?? "nothing";
