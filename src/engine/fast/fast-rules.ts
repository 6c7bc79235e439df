/**
 * Many rules asked as one, by what an event's common parts leave over. Same rules, same answers as the plain rule set,
 * which is asked itself about events that no scan has been through.
 *
 * Who wants to know what matched gives whole payloads to `judgeBody`, which makes no object of an event that no rule could
 * match. Who makes something of every event says `everyEvent`. `judge` judges one event that somebody has already.
 */
import type { AuditEvent, Decoded } from "../../domain/audit-event.ts";
import { type DecodeOptions, decode } from "../../domain/decode.ts";
import {
  mostRows,
  type Reading,
  ScannedEvent,
  Scanner,
  SimdScanned,
  type SlotPath,
  slotOf,
} from "../../domain/scan/index.ts";
import type { About, Catalogue } from "../../fields/field.ts";
import type { Dialect, Match, RuleSet } from "../contract.ts";
import { Asking } from "./asking.ts";
import { planRules, type RulesPlan } from "./plan-rules.ts";
import { SureAnswers } from "./sure-answers.ts";

export interface FastWorld {
  /** Those that the rules were loaded with. */
  readonly catalogue: Catalogue<AuditEvent>;
  readonly dialect: Dialect;
  readonly matching: "first" | "all";
  /** The source whose events are scanned. */
  readonly source: string;
  /** Parts whose values somebody else wants to know again (`ScannedEvent.kept`): cheaper told here than asked for. */
  readonly keep?: readonly SlotPath[];
  /** How payloads are read, for tests; by itself with SIMD where there is any. */
  readonly scanBy?: "simd" | "script";
}

/** How a payload is judged. */
export interface BodyWorld extends DecodeOptions {
  /**
   * What is known of an event beside its content; `at` counts the payload's events from 0. One object an event. It is asked
   * of the payload's first event, and then of those alone that a rule may match or that are told.
   */
  about(event: AuditEvent, at: number): About;
  /** Tell of every event, matched or not. */
  readonly everyEvent?: boolean;
}

/**
 * Told of parts of a payload, in order: what is no event always, without matches; an event where rules matched it. Whatever
 * it is given may be kept.
 */
export type Tell = (part: Decoded, matches: readonly Match<AuditEvent>[], about: About | undefined) => void;

export interface FastRules extends RuleSet<AuditEvent> {
  /** What reads payloads for these rules: it notes the parts that they ask for, and its counts tell what it could not read. */
  readonly scanner: Scanner;
  /** How the rules are asked. */
  readonly plan: RulesPlan;
  /** Judges all events of a payload and answers how many there were. Nothing in a payload makes it throw. */
  judgeBody(body: Uint8Array, world: BodyWorld, tell: Tell): number;
  /** The same of a payload that is scanned; of one that as a whole is the plain decoder's it tells nothing, and answers undefined. */
  judgeScanned(body: Uint8Array, world: BodyWorld, tell: Tell): number | undefined;
}

export function fastRuleSet(plain: RuleSet<AuditEvent>, world: FastWorld): FastRules {
  const rules = plain.rules.filter(({ enabled, source }) => enabled && source === world.source);
  const plan = planRules(rules, world.catalogue, world.dialect);
  const { indexes, signatures, words } = plan;
  const indexed = indexes.map(({ slot }) => slot);
  const others = (world.keep ?? []).map(slotOf).filter((slot) => !indexed.includes(slot));
  const sure = new SureAnswers(
    plan.questions.map(({ condition }) => condition),
    indexed,
    indexed.length + others.length,
    signatures,
    world.catalogue,
    world.dialect,
  );
  const scanner = new Scanner(
    { kept: [...indexed, ...others], asks: signatures.asks, sought: sure.sought, rules: rules.length },
    world.scanBy,
  );
  const asking = new Asking(plan, world.matching, sure);
  const none: readonly Match<AuditEvent>[] = [];
  const own = new Int32Array(words);
  // An event whose signature is not kept lets all rules pass, and no more than there are.
  if (scanner.simd !== undefined) {
    const { memory } = scanner.simd;
    memory.bits(memory.tables - 1, mostRows + 1).set(plan.all);
  }

  function judge(event: AuditEvent, about: About): readonly Match<AuditEvent>[] {
    if (!(event instanceof ScannedEvent) || about.source !== world.source) return plain.judge(event, about);
    const last = event.lastScanOf(scanner);
    if (last !== undefined) return judgeLast(event, last.scanned, last.index, about);
    own.set(plan.all);
    for (const index of indexes) if (!index.narrow(own, event)) return none;
    return asking.matches(own, event, about) ?? none;
  }

  /** By what the scan has found, as long as it was the last. */
  function judgeLast(
    event: ScannedEvent,
    scanned: SimdScanned,
    index: number,
    about: About,
  ): readonly Match<AuditEvent>[] {
    const { memory } = scanner.simd!;
    if (memory.wasm.candidatesOf(index, index + 1) !== index) return none;
    const candidates = memory.candidates();
    if (!narrowFurther(candidates, scanned, index, event)) return none;
    return asking.matches(candidates, event, about, scanned, index) ?? none;
  }

  /** Makes rows of bits for values that were not there before. */
  scanner.onScan = (body, scanned) => {
    const { memory } = scanner.simd!;
    const news = memory.news();
    for (let at = 0; at < news.length; at += 3) {
      const [table, row] = [news[at]!, news[at + 1]!];
      const bits = memory.bits(table, row);
      if (table < indexes.length) {
        const event = new ScannedEvent(scanner, body, scanned, news[at + 2]!);
        bits.set(indexes[table]!.passing(event));
        sure.noteValue(table, row, event);
      } else {
        const isSignature = table === memory.tables - 1;
        bits.fill(isSignature ? 0 : -1);
        if (!isSignature) continue;
        bits.set(plan.all);
        const signature = memory.signature(row);
        signatures.narrow(bits, ...signature);
        sure.noteSignature(row, ...signature);
      }
    }
  };

  /** Parts that nobody has narrowed, the first event among them of a number; answers that of the next. */
  function judgeParts(parts: Iterable<Decoded>, { about, everyEvent }: BodyWorld, tell: Tell, first: number): number {
    let at = first;
    for (const part of parts) {
      if (part.kind !== "event") {
        tell(part, none, undefined);
        continue;
      }
      const known = about(part.event, at++);
      const matches = judge(part.event, known);
      if (everyEvent || matches.length > 0) tell(part, matches, known);
    }
    return at;
  }

  function judgeScanned(body: Uint8Array, bodyWorld: BodyWorld, tell: Tell): number | undefined {
    const reading = scanner.read(body, bodyWorld);
    if (reading === undefined) return undefined;
    const { scanned, odd } = reading;
    if (scanned instanceof SimdScanned) return judgeNarrowed(body, scanned, odd, bodyWorld, tell);
    let at = 0;
    for (let index = 0; index < scanned.events; index++) {
      const event = () => new ScannedEvent(scanner, body, scanned, index);
      at = judgeParts(odd.get(index) ?? [{ kind: "event", event: event() }], bodyWorld, tell, at);
    }
    return at;
  }

  /** Goes from one event that a rule could match to the next. */
  function judgeNarrowed(
    body: Uint8Array,
    scanned: SimdScanned,
    odd: Reading["odd"],
    bodyWorld: BodyWorld,
    tell: Tell,
  ): number {
    const { about, everyEvent } = bodyWorld;
    const { memory } = scanner.simd!;
    const isEach = everyEvent || odd.size > 0;
    let handed = false;
    let at = 0;
    let next = -1;
    let candidates: Int32Array = none32;
    for (let index = 0; index < scanned.events; index++) {
      // Whoever was told may have had the scanner read something else; then it has no more to say of this.
      const isNarrowed = !scanned.isFree;
      if (isNarrowed && index > next) {
        next = memory.wasm.candidatesOf(index, scanned.events);
        if (!isEach) {
          if (index === 0 && next > 0) {
            handed = true;
            about(new ScannedEvent(scanner, body, scanned, 0), 0);
          }
          at += next - index;
          index = next;
        }
        if (index === scanned.events) break;
        candidates = memory.candidates();
      }
      const parts = odd.size === 0 ? undefined : odd.get(index);
      if (parts !== undefined) {
        at = judgeParts(parts, bodyWorld, tell, at);
        continue;
      }
      if (isNarrowed && index < next && !everyEvent) {
        at++;
        continue;
      }
      handed = true;
      const event = new ScannedEvent(scanner, body, scanned, index);
      if (!isNarrowed) {
        at = judgeParts([{ kind: "event", event }], bodyWorld, tell, at);
        continue;
      }
      const isAny = index === next && narrowFurther(candidates, scanned, index, event);
      const known = about(event, at++);
      const matches = isAny ? asking.matches(candidates, event, known, scanned, index) : undefined;
      if (everyEvent || matches !== undefined) tell({ kind: "event", event }, matches ?? none, known);
    }
    if (!handed) scanned.isFree = true;
    return at;
  }

  /** By the values that are not kept, of which the scan's rows say nothing. */
  function narrowFurther(candidates: Int32Array, scanned: SimdScanned, index: number, event: ScannedEvent): boolean {
    const rows = index * scanned.tables;
    for (let table = 0; table < indexes.length; table++)
      if (scanned.rows[rows + table] === -1 && !indexes[table]!.narrow(candidates, event)) return false;
    return true;
  }

  return {
    rules: plain.rules,
    scanner,
    plan,
    judge,
    judgeBody: (body, bodyWorld, tell) =>
      judgeScanned(body, bodyWorld, tell) ?? judgeParts(decode(body, bodyWorld), bodyWorld, tell, 0),
    judgeScanned,
  };
}

const none32 = new Int32Array(0);
