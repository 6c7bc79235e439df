/** `tiercel replay`: judges saved events by rules and prints alerts as Falco prints them. */
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { type Priority, priorities } from "../domain/detection.ts";
import { decodeScanned } from "../domain/scan/index.ts";
import { type AlertOptions, alertJson, alertText } from "../engine/alert.ts";
import { aboutEvent, auditCatalogue, auditSource, isAtLeast, ruleWorld } from "../engine/audit-world.ts";
import { type FastRules, fastRuleSet } from "../engine/fast/index.ts";
import { type AppendOutput, load, type Match, type RuleSet, reportText, type SelectionEntry } from "../engine/index.ts";
import type { About } from "../fields/field.ts";
import { eventFiles } from "./event-files.ts";
import { alertHostname, drawerFor, type ExitCode, exitCodes, type Io, paint, UsageError } from "./io.ts";
import { Progress } from "./progress.ts";
import { readRuleFiles } from "./rule-files.ts";
import { savedEvents } from "./saved-events.ts";

export interface ReplayOptions extends AlertOptions {
  readonly rules?: readonly string[];
  readonly output?: "text" | "json";
  readonly matching?: "first" | "all";
  readonly falcoCompat?: boolean;
  readonly selection?: readonly SelectionEntry[];
  readonly appendOutput?: readonly AppendOutput[];
  /** Rules less severe than this do not take part. */
  readonly priority?: Priority;
  /** An alert at least this severe ends the run with `findings`. */
  readonly failOn?: Priority;
  /** Anything unreadable ends the run with `findings`. */
  readonly strict?: boolean;
  /** No summary, no progress. */
  readonly quiet?: boolean;
}

/** Beyond so many, unreadable items are counted and no longer shown. */
const shownUnreadable = 50;

/** Text is gathered to about this many characters before it is written. */
const writeAt = 256 * 1024;

export async function replay(paths: readonly string[], options: ReplayOptions, io: Io): Promise<ExitCode> {
  const { falcoCompat = false, quiet = false } = options;
  if (paths.length === 0 && io.stdinIsTTY) {
    throw new UsageError("no events to judge", "name files or folders, or `-` to read standard input");
  }
  const rules = await rulesFor(options, io);
  if (rules === undefined) return exitCodes.invalid;
  const files = eventFiles(paths.length > 0 ? paths : ["-"]);
  const print = options.output === "json" ? alertJson : alertText;
  const hostname = alertHostname(io);
  const tally = new Tally();
  const total = files.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  );
  const progress = new Progress(io, total, !quiet);
  let num = 0n;
  let startTime: bigint | undefined;
  let pending = "";
  let failed = false;

  const flush = async () => {
    if (pending === "") return;
    const text = pending;
    pending = "";
    await progress.aside(() => io.stdout.write(text));
  };
  /** Of the event that comes so many after those already counted. */
  const about = (event: AuditEvent, at: number) => {
    startTime ??= event.time;
    return aboutEvent(event, num + BigInt(at) + 1n, hostname, startTime);
  };
  const alert = (matches: readonly Match<AuditEvent>[], known: About) => {
    for (const match of matches) {
      pending += `${print(match, known, options)}\n`;
      tally.add(match.rule.name, match.rule.priority);
      if (options.failOn !== undefined && isAtLeast(match.rule.priority, options.failOn)) failed = true;
    }
  };
  const { judgeScanned } = rules;
  /** Blocks in which all is well are judged as they stand; the others are cut up, and told of line by line. */
  const takeWhole =
    judgeScanned &&
    ((block: Uint8Array): readonly Decoded[] | undefined => {
      const others: Decoded[] = [];
      const judged = judgeScanned(block, { about }, (part, matches, known) => {
        if (known === undefined) others.push(part);
        else alert(matches, known);
      });
      if (judged === undefined) return undefined;
      num += BigInt(judged);
      return others;
    });
  const reading = savedEvents(files, io, {
    falcoCompat,
    decoder: judgeScanned ? decodeScanned : decode,
    onRead: (bytes) => progress.read(bytes),
    ...(takeWhole && { takeWhole }),
  });
  for await (const batch of reading) {
    for (const { part, file, line } of batch) {
      if (part.kind === "rejected") {
        tally.unreadable++;
        if (tally.unreadable <= shownUnreadable) {
          await flush();
          await progress.aside(() => io.stderr.write(`${file}:${line}: ${part.rejected.reason}\n`));
        } else if (tally.unreadable === shownUnreadable + 1) {
          await progress.aside(() => io.stderr.write("further unreadable items are only counted\n"));
        }
        continue;
      }
      if (part.kind === "ignored") {
        tally.ignored++;
        continue;
      }
      const known = about(part.event, 0);
      num++;
      alert(rules.judge(part.event, known), known);
      if (pending.length >= writeAt) await flush();
    }
    await flush();
    await progress.show(num, tally.alerts);
  }
  await progress.end();
  if (!quiet) await io.stderr.write(tally.summary(num));
  if (options.strict && tally.unreadable > 0) failed = true;
  return failed ? exitCodes.findings : exitCodes.fine;
}

/** Rules of either engine; the fast one takes whole payloads too. */
type ReplayRules = RuleSet<AuditEvent> & Partial<Pick<FastRules, "judgeScanned">>;

/** The rules, ready to judge; undefined when they are broken, which has then been told. */
async function rulesFor(options: ReplayOptions, io: Io): Promise<ReplayRules | undefined> {
  const { falcoCompat = false } = options;
  const files = readRuleFiles(options.rules ?? []);
  const world = ruleWorld({
    falcoCompat,
    matching: options.matching,
    selection: options.selection,
    appendOutput: options.appendOutput,
    minPriority: options.priority,
  });
  const loaded = load(files, world, falcoCompat ? "falco" : "lenient");
  const { yellow } = paint(io.stderr, io.env);
  if (!loaded.ok) {
    const draw = drawerFor(io);
    const falco = falcoCompat ? loaded : load(files, world, "falco");
    const contents = new Map(falco.files.map(({ name, text }) => [name, text]));
    if (!falco.ok) await io.stderr.write(`${reportText(falco.files.at(-1)!, contents)}\n`);
    for (const diagnostic of load(files, world, "lenient").diagnostics) {
      if (diagnostic.severity === "error") await io.stderr.write(`${draw(diagnostic)}\n`);
    }
    return undefined;
  }
  if (loaded.unmetRequirement !== undefined) {
    await io.stderr.write(`${falcoCompat ? loaded.unmetRequirement : yellow(loaded.unmetRequirement)}\n`);
    // Falco would not start. The rules have loaded, so every field they name is there: by default they judge.
    if (falcoCompat) return undefined;
  }
  if (io.env.TIERCEL_ENGINE === "plain") return loaded.ruleSet;
  return fastRuleSet(loaded.ruleSet, {
    catalogue: auditCatalogue(falcoCompat),
    dialect: { falcoCompat },
    matching: options.matching ?? "first",
    source: auditSource,
  });
}

/** What a run came to, told as Falco tells it at its end (reference 01 §6.8). */
class Tally {
  unreadable = 0;
  /** Other logs among the events. */
  ignored = 0;
  alerts = 0;
  readonly #byRule = new Map<string, number>();
  readonly #byPriority = new Map<Priority, number>();

  add(rule: string, priority: Priority): void {
    this.alerts++;
    this.#byRule.set(rule, (this.#byRule.get(rule) ?? 0) + 1);
    this.#byPriority.set(priority, (this.#byPriority.get(priority) ?? 0) + 1);
  }

  summary(events: bigint): string {
    const lines = [`Events read: ${events}`];
    if (this.ignored > 0) lines.push(`Items that are other logs: ${this.ignored}`);
    if (this.unreadable > 0) lines.push(`Items not readable: ${this.unreadable}`);
    lines.push(`Events detected: ${this.alerts}`);
    if (this.alerts > 0) {
      lines.push("Rule counts by severity:");
      for (const priority of priorities) {
        const count = this.#byPriority.get(priority);
        if (count !== undefined) lines.push(`   ${severityName(priority)}: ${count}`);
      }
      lines.push("Triggered rules by rule name:");
      const rules = [...this.#byRule].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
      for (const [rule, count] of rules) lines.push(`   ${rule}: ${count}`);
    }
    return `${lines.join("\n")}\n`;
  }
}

const severityName = (priority: Priority): string => (priority === "Informational" ? "INFO" : priority.toUpperCase());
