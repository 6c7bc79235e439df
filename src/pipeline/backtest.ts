/** What edited rules would have made of the journal's last days: every rule for itself, by the engine that judges. */
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import type { ClusterIds } from "../domain/cluster-name.ts";
import { activityID, eventID, type Hash } from "../domain/request-id.ts";
import type { Entry, Journal } from "../domain/store.ts";
import type { RuleSet } from "../engine/contract.ts";
import type { About } from "../fields/field.ts";
import { type Comparison, comparedRules, comparison, type RuleComparison } from "./backtest-rules.ts";
import { clusterNaming } from "./cluster-naming.ts";
import { comparedAtOnce } from "./compared-at-once.ts";

export interface BacktestWorld {
  readonly journal: Pick<Journal, "read" | "stretches" | "first" | "last">;
  readonly decode: (body: Uint8Array) => Iterable<Decoded>;
  /** The event with its secrets sealed. */
  readonly redact: (event: AuditEvent) => AuditEvent;
  readonly hash: Hash;
  /** As the judge has them. */
  readonly clusterIds?: ClusterIds;
  readonly hostname: string;
  /** Milliseconds of a clock that never goes back. */
  readonly clock: () => number;
  /** Lets others work: acknowledgements and the judge come first. */
  readonly breathe: () => Promise<void>;
}

export interface BacktestAsk {
  readonly before: RuleSet<AuditEvent>;
  readonly after: RuleSet<AuditEvent>;
  /** Events received from then on. */
  readonly since: Date;
  /** Only these, whether or not they differ; absent, all whose condition does. */
  readonly rules?: readonly string[];
}

/** Seen while it runs, too. */
export interface RunningBacktest {
  readonly progress: number;
  readonly events: number;
  readonly compared: number;
  /** Most changes first. */
  rules(): readonly RuleComparison[];
  /** Resolves at the end, or soon after the signal; rejects where the journal cannot be read. */
  readonly ended: Promise<void>;
}

const auditSource = "k8s_audit";
// Shorter than the judge's own: nobody waits for this.
const sliceMillis = 10;
/** A larger body is judged event by event, with breath between. */
const mostAtOnce = 4 << 20;
/** Doubles come close behind one another, so that many events are remembered and no more. */
const mostRemembered = 100_000;

export function backtest(world: BacktestWorld, ask: BacktestAsk, signal: AbortSignal): RunningBacktest {
  const compared = comparedRules(ask.before, ask.after, ask.rules).filter(({ rule }) => rule.source === auditSource);
  const comparisons = compared.map((one) => comparison(one, world));
  const seen = new Set<string>();
  let progress = 0;
  let events = 0;
  let num = 0n;
  const whose = clusterNaming(world.clusterIds ?? new Map());

  const atOnce = comparedAtOnce(compared);
  let sliceBegan = world.clock();

  const run = async () => {
    const { last } = world.journal;
    const start = comparisons.length === 0 ? last : await lastBefore(world.journal, ask.since);
    sliceBegan = world.clock();
    let position = start;
    if (start < last)
      for await (const entries of world.journal.stretches(start)) {
        for (const entry of entries) {
          if (entry.position > last || signal.aborted) break;
          if (entry.receivedAt >= ask.since) await judge(entry);
          position = entry.position;
          progress = Math.min(1, (position - start) / (last - start));
        }
        if (position >= last || signal.aborted) break;
      }
    if (!signal.aborted) progress = 1;
  };

  async function judge(entry: Entry): Promise<void> {
    if (entry.body.length > mostAtOnce || !judgedAtOnce(entry)) await judgeByParts(entry);
    else await breathe();
  }

  /** False where a rule broke on an event: then each event is judged by itself, and nothing has been counted. */
  function judgedAtOnce(entry: Entry): boolean {
    const before = num;
    let judged: ReturnType<typeof atOnce.judge>;
    try {
      judged = atOnce.judge(entry, aboutOf);
    } catch {
      num = before;
      return false;
    }
    events += judged.events;
    for (const { part, about, fates } of judged.found) {
      const told = telling(part.event, about, whose(entry, part.cluster));
      for (const [nth, { was, is }] of fates) told(comparisons[nth]!, was, is);
    }
    return true;
  }

  async function judgeByParts(entry: Entry): Promise<void> {
    for (const part of world.decode(entry.body)) {
      if (part.kind === "event") {
        events++;
        const about = aboutOf(part.event);
        const told = telling(part.event, about, whose(entry, part.cluster));
        for (const one of comparisons) told(one, ...judged(one, part.event, about));
      }
      await breathe();
      if (signal.aborted) return;
    }
  }

  async function breathe(): Promise<void> {
    if (world.clock() - sliceBegan < sliceMillis) return;
    await world.breathe();
    sliceBegan = world.clock();
  }

  function aboutOf(event: AuditEvent): About {
    return { num: ++num, time: event.time, source: auditSource, hostname: world.hostname };
  }

  /** Counts an event under rules, each once. */
  function telling(event: AuditEvent, about: About, entry: Entry) {
    let id: string | undefined;
    return (one: Comparison, was: boolean, is: boolean): void => {
      if (!was && !is) return;
      id ??= eventID(event, entry.cluster, world.hash);
      if (isDouble(`${id} ${one.name}`)) return;
      one.count({ was, is, event, about, entry, id, activity: () => activityID(event, entry.cluster, world.hash) });
    };
  }

  /** An event that breaks a rule's test is none that it matches; the judge itself quarantines it. */
  function judged(one: Comparison, event: AuditEvent, about: About): readonly [boolean, boolean] {
    try {
      return [one.before(event, about), one.after(event, about)];
    } catch {
      return [false, false];
    }
  }

  function isDouble(key: string): boolean {
    if (seen.has(key)) return true;
    seen.add(key);
    if (seen.size > mostRemembered) for (const oldest of seen) return !seen.delete(oldest);
    return false;
  }

  return {
    get progress() {
      return progress;
    },
    get events() {
      return events;
    },
    compared: comparisons.length,
    rules: () =>
      comparisons
        .filter(({ asked, added, removed }) => asked || added + removed > 0)
        .sort((a, b) => b.added + b.removed - (a.added + a.removed))
        .map((one) => one.told()),
    ended: run(),
  };
}

/** The position of the last entry received before a time: a batch comes behind those received before it, or nearly so. */
async function lastBefore(journal: BacktestWorld["journal"], since: Date): Promise<number> {
  const { last } = journal;
  let [low, high] = [journal.first - 1, last];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const [entry] = await journal.read(middle, 1);
    if (entry !== undefined && entry.receivedAt < since) low = Math.max(entry.position, middle + 1);
    else high = middle;
  }
  return Math.min(low, last);
}
