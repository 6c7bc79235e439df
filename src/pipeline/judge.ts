/** One journal entry against the rules: from raw bytes to the rows of the index. */
import type { Activity } from "../domain/activity.ts";
import { activityOf, mergeActivities } from "../domain/activity-of.ts";
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import type { ClusterIds } from "../domain/cluster-name.ts";
import { auditSource } from "../domain/detection.ts";
import { shownEvent } from "../domain/event-text.ts";
import { textOf, textsOf } from "../domain/event-texts.ts";
import { noticeOf } from "../domain/notice.ts";
import { type Hash, requestIDs } from "../domain/request-id.ts";
import { ScannedEvent } from "../domain/scan/index.ts";
import type { Signals } from "../domain/signals.ts";
import type { Entry, Judged, Quarantined } from "../domain/store.ts";
import type { LoadedRule, Match, RuleSet } from "../engine/contract.ts";
import { matchOf } from "../engine/ruleset.ts";
import type { About } from "../fields/field.ts";
import { type Decide, type Decision, ownFindings, type Where } from "../policies/index.ts";
import { type AuditIds, auditIds } from "./audit-ids.ts";
import { clusterNaming } from "./cluster-naming.ts";
import { collisionOf, collisionRule, saidOf, unreadable, unreadableRule, whereAndWho } from "./detection-of.ts";
import { noticeDetection } from "./notice-detection.ts";
import { remembering } from "./remembering.ts";
import { runtimeDetection } from "./runtime-detection.ts";
import { type Told, telling } from "./telling.ts";

/** What a judge needs to know and cannot find in an event. */
export interface JudgeWorld {
  readonly decode: (body: Uint8Array, receivedAt: Date) => Iterable<Decoded>;
  /** The rules of the moment; a reload changes the answer. */
  readonly rules: () => RuleSet<AuditEvent>;
  /** The event with its secrets sealed; the event itself where it holds none. */
  readonly redact: (event: AuditEvent) => AuditEvent;
  /** The same as far as a row shows the event. Absent: `redact`. */
  readonly redactRow?: (event: AuditEvent) => AuditEvent;
  readonly hash: Hash;
  /** What the operator calls clusters that others name by their ids; none unless told. */
  readonly clusterIds?: ClusterIds;
  readonly hostname: string;
  readonly signals: Signals;
  /** What policies make of a match; a change of policies changes the answer. */
  readonly decide: Decide;
  /** Whether a rule comes out of our own pack. */
  readonly isOurs: (rule: LoadedRule<AuditEvent>) => boolean;
  /** Whether an event makes a detection of the first match that counts, or of all. The rule set answers all. */
  readonly matching: "first" | "all";
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Lets others work: acknowledgements must not wait for rules. */
  readonly breathe: () => Promise<void>;
}

/** What several entries came to, gathered until it is written. */
export interface Gathered {
  position: number;
  events: number;
  /** When the first of it was taken in. */
  oldest?: Date;
  readonly activities: Map<string, Activity>;
  readonly detections: Judged["detections"][number][];
  readonly quarantined: Quarantined[];
}

/** Judges an entry and adds what it comes to. Nothing in an entry makes it throw: what cannot be judged is quarantined. */
export type Judge = (entry: Entry, into: Gathered) => Promise<void>;

// Longer than this at a stretch, and a batch that comes meanwhile waits for its answer.
const sliceMillis = 15;

export function gathered(position: number): Gathered {
  return { position, events: 0, activities: new Map(), detections: [], quarantined: [] };
}

export function judge(world: JudgeWorld): Judge {
  let num = 0n;
  const seen: Seen = { ids: auditIds(), hash: remembering(world.hash) };
  const whose = clusterNaming(world.clusterIds ?? new Map());
  return async (entry, into) => {
    const notice = noticeOf(entry);
    if (notice !== undefined) {
      noticeDetection(world, notice, into);
      into.position = entry.position;
      return;
    }
    const rejected: Quarantined[] = [];
    const receivedAt = entry.receivedAt.toISOString();
    const told = telling(world.signals);
    const reject = (item: number, reason: string, raw: string) => {
      const { source, cluster } = entry;
      rejected.push({ id: `${entry.position}-${item}`, receivedAt, source, cluster, reason, raw });
    };
    let sliceBegan = world.clock();
    let item = 0;
    for (const part of world.decode(entry.body, entry.receivedAt)) {
      item++;
      if (part.kind === "rejected") reject(item, part.rejected.reason, part.rejected.raw);
      else if (part.kind === "ignored" && part.alert !== undefined) runtimeDetection(world, entry, part.alert, into);
      else if (part.kind === "ignored") world.signals.count("tiercel_events_ignored_total", labels(entry));
      else {
        try {
          const coming = { entry: whose(entry, part.cluster), receivedAt, item, event: part.event, num: ++num };
          judgeEvent(world, coming, into, seen, told);
        } catch (error) {
          // A bug of ours must not stop the line for everybody; the event is kept and told of.
          reject(item, `could not be judged: ${messageOf(error)}`, shownText(world, part.event));
        }
      }
      if (world.clock() - sliceBegan < sliceMillis) continue;
      await world.breathe();
      sliceBegan = world.clock();
    }
    told.end();
    if (entry.cut) reject(item + 1, "the transfer broke off before its end; what came is in the journal", "");
    if (rejected.length > 0) {
      into.quarantined.push(...rejected);
      const rule = { name: unreadableRule, priority: "Warning", isOurs: true } as const;
      const where = { cluster: entry.cluster, namespace: null, user: null, groups: [] };
      const decision = world.decide(rule, where, world.now());
      if (decision !== undefined) into.detections.push(unreadable(entry, rejected, decision));
      world.signals.count("tiercel_events_quarantined_total", labels(entry), rejected.length);
    }
    into.position = entry.position;
  };
}

/** What was seen before of what comes. */
interface Seen {
  readonly ids: AuditIds;
  /** For what is asked again and again. */
  readonly hash: Hash;
}

interface Coming {
  readonly entry: Entry;
  /** When that was taken in, as text. */
  readonly receivedAt: string;
  /** Which part of the entry the event is, counted from 1. */
  readonly item: number;
  readonly event: AuditEvent;
  readonly num: bigint;
}

function judgeEvent(world: JudgeWorld, coming: Coming, into: Gathered, seen: Seen, told: Told): void {
  const { entry, receivedAt, item, event, num } = coming;
  const about: About = { num, time: event.time, source: auditSource, hostname: world.hostname };
  const matches = world.rules().judge(event, about);
  const ids = requestIDs(event, entry.cluster, world.hash);
  const id = ids.activity;
  const isCollision = seen.ids.collides(event, entry.cluster);
  // Where nothing was found, nobody asks.
  const where = matches.length > 0 || isCollision ? whereOf(event, entry.cluster) : nowhere;
  const { counted, uncounted } = isDryReview(event)
    ? { counted: [], uncounted: matches.map(({ rule }) => rule.name) }
    : decided(world, matches, where);
  const collision = isCollision
    ? world.decide({ name: collisionRule, priority: "Warning", isOurs: true }, where, world.now())
    : undefined;
  const detections = counted.length + (collision === undefined ? 0 : 1);
  const shown = detections > 0 ? world.redact(event) : (world.redactRow ?? world.redact)(event);
  const length = event instanceof ScannedEvent ? event.length : event.raw.length;
  const place = { entry: entry.position, item, length };
  const activity = activityOf(shown, { id, cluster: entry.cluster, receivedAt, detections, uncounted, place });
  const before = into.activities.get(id);
  into.activities.set(id, before ? mergeActivities(before, activity) : activity);
  into.events++;
  if (told.event(entry, event, activity)) {
    const { source, cluster } = entry;
    const why = "bodies were left out of events that were too large";
    noticeDetection(world, { notice: "blind", kind: "cut", source, cluster, why, at: receivedAt }, into);
  }
  if (detections === 0) return;
  const eventId = ids.event();
  // One for all its detections.
  const text = shownEvent(shown);
  const made = (id: string, rule: string, decision: Decision) =>
    whereAndWho(seen.hash, { id, rule, event, shown: text, activity, decision });
  if (collision !== undefined)
    into.detections.push({ ...made(`${eventId}-collision`, collisionRule, collision), ...collisionOf(activity) });
  for (const { match, decision } of counted) {
    const { name, priority } = match.rule;
    const said = shown === event ? match : matchOf(match.rule, shown, about);
    const id = `${eventId}-${seen.hash(name).slice(0, 8)}`;
    into.detections.push({ ...made(id, name, decision), ...saidOf(said) });
    world.signals.count("tiercel_rule_matches_total", { rule: name, priority });
  }
}

/**
 * A dry run as an admission review tells it: whether it would have been let through nobody knows, and nothing came of it
 * (reference 03 §3.4). What a caller could have written himself does not make it one.
 */
function isDryReview(event: AuditEvent): boolean {
  if (event.at("annotations", "emulated.audit/dry-run")?.text() !== "true") return false;
  return event.at("requestURI")?.text().includes("dryRun=All") ?? false;
}

interface Counted {
  readonly match: Match<AuditEvent>;
  readonly decision: Decision;
}

/**
 * Of an event's matches those that policies count; with `first` the first of them alone, as Falco's default is: what no
 * policy counts is as if it were switched off, and hides nothing behind it.
 */
function decided(
  world: JudgeWorld,
  matches: readonly Match<AuditEvent>[],
  where: Where,
): { readonly counted: readonly Counted[]; readonly uncounted: readonly string[] } {
  if (matches.length === 0) return { counted: [], uncounted: [] };
  const counted: Counted[] = [];
  const uncounted: string[] = [];
  const now = world.now();
  for (const match of matches) {
    const { rule } = match;
    const facts = { name: rule.name, priority: rule.priority, isOurs: world.isOurs(rule) };
    const decision = world.decide(facts, where, now);
    if (decision === undefined) uncounted.push(rule.name);
    else if (world.matching === "all" || counted.length === 0) counted.push({ match, decision });
  }
  return { counted, uncounted };
}

const nowhere: Where = { cluster: "", namespace: null, user: null, groups: [] };

function whereOf(event: AuditEvent, cluster: string): Where {
  return {
    cluster,
    namespace: textOf.namespace(event),
    user: textOf.user(event),
    groups: textsOf.groups(event) ?? [],
  };
}

/** As we ship the policy: who sets an entry aside knows no policies. */
const undecided: Decision = { policy: ownFindings, policies: [ownFindings], severity: 4, muted: false };

/** A whole entry as one unreadable part, without its bytes. */
export function setAside(entry: Entry, reason: string, into: Gathered): void {
  const { source, cluster } = entry;
  const receivedAt = entry.receivedAt.toISOString();
  const quarantined = { id: `${entry.position}-0`, receivedAt, source, cluster, reason, raw: "" };
  into.quarantined.push(quarantined);
  into.detections.push(unreadable(entry, [quarantined], undecided));
  into.position = entry.position;
}

/** Quarantine is looked at, so what stands there is redacted; an event that breaks the redaction is not shown at all. */
function shownText(world: JudgeWorld, event: AuditEvent): string {
  try {
    return world.redact(event).root.compact();
  } catch (error) {
    return `not shown, since it could not be redacted: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function labels({ source, cluster }: Entry): { source: string; cluster: string } {
  return { source, cluster };
}
