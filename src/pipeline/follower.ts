/** Follows the journal: judges what lies beyond the index's position and writes it there, each stretch in one transaction. */
import type { Activity } from "../domain/activity.ts";
import { eventKeys } from "../domain/request-id.ts";
import type { Signals } from "../domain/signals.ts";
import { type Index, type KeptJournal, NoRoom } from "../domain/store.ts";
import { type Gathered, gathered, type Judge, setAside } from "./judge.ts";

export interface FollowerWorld {
  readonly journal: KeptJournal;
  readonly index: Index;
  readonly judge: Judge;
  readonly signals: Signals;
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
  readonly now: () => Date;
  /** Is told after each write of the index: there is something new to see. */
  readonly written?: () => void;
  /** Is told whose events a write held, with the newest receipt of each, RFC 3339. */
  readonly sent?: (clusters: ReadonlyMap<string, string>) => void;
  /** Resolves after so many milliseconds, or at once when the signal fires. */
  readonly pause: (millis: number, signal: AbortSignal) => Promise<void>;
}

export interface Follower {
  /** Runs until `stop`; never rejects for what an entry holds. */
  start(): void;
  /** Finishes the stretch at hand. */
  stop(): Promise<void>;
  /** What stands in the way of the index, if anything does. */
  readonly trouble: string | undefined;
}

// As much of the journal as is judged into one transaction, and as long as one may be gathered.
const stretchBytes = 8 << 20;
const stretchEvents = 10_000;

/** After so many failures in a row, entries are written one by one; after as many more, a lone one is suspected. */
const patience = 3;

const firstPause = 100;
const longestPause = 10_000;

export function follower(world: FollowerWorld): Follower {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let trouble: string | undefined;

  const run = async () => {
    let pause = firstPause;
    let failures = 0;
    while (!stopping.signal.aborted) {
      try {
        const position = await world.index.position();
        tellPositions(world, position);
        if (position >= world.journal.last) {
          world.signals.gauge("tiercel_ingest_lag_seconds", 0);
          await world.journal.wait(position, stopping.signal);
        } else if (failures >= 2 * patience && (await takesWrites(world, position)))
          await stepOver(world, position, trouble);
        else if (failures > 0) await step(world, position, failures < patience ? Number.POSITIVE_INFINITY : 1);
        else await advance(world, position, () => stopping.signal.aborted);
        if (trouble) world.log("info", "the index takes writes again");
        trouble = undefined;
        failures = 0;
        pause = firstPause;
      } catch (error) {
        // Journal and acknowledgements go on; the index is derived and catches up later.
        const why = error instanceof Error ? error.message : String(error);
        if (why !== trouble) world.log("error", `the index cannot follow the journal: ${why}; trying again`);
        trouble = why;
        // No entry is to blame for a full disk, and none is passed over for it.
        failures = error instanceof NoRoom ? 0 : failures + 1;
        world.signals.count("tiercel_index_write_errors_total");
        await world.pause(pause, stopping.signal);
        pause = Math.min(pause * 2, longestPause);
      }
    }
  };
  return {
    start() {
      running = run();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    get trouble() {
      return trouble;
    },
  };
}

/** Empties the index and judges the whole journal again, with the rules of now. Rejects where the index does. */
export async function rejudge(
  world: FollowerWorld,
  progress: (position: number, last: number) => void = () => {},
): Promise<{ readonly entries: number; readonly events: number }> {
  await world.index.clear();
  const first = world.journal.first;
  const { last } = world.journal;
  let events = 0;
  await advance(world, 0, (done) => {
    events += done.events;
    progress(done.position, last);
    return done.position >= last;
  });
  return { entries: last === 0 ? 0 : last - first + 1, events };
}

/**
 * Judges and writes stretch after stretch, each judged while the one before is written: the index waits for the disk, and for
 * threads of its own. Ends at the journal's end, and where `written` says so, which is told of each stretch that is written.
 */
async function advance(world: FollowerWorld, from: number, written: (done: Gathered) => boolean): Promise<void> {
  let writing = Promise.resolve(false);
  for (let position = from; position < world.journal.last; ) {
    const coming = await judged(world, position).finally(() => writing);
    if (await writing) return;
    if (coming.position <= position) return;
    position = coming.position;
    writing = write(world, coming).then(() => written(coming));
    // Whoever goes on hears of it then.
    writing.catch(() => undefined);
  }
  await writing;
}

/** Judges the next stretch, of so many entries at most, and writes it. */
async function step(world: FollowerWorld, position: number, most: number): Promise<void> {
  const into = await judged(world, position, most);
  if (into.position > position) await write(world, into);
}

/** The next stretch, of so many entries at most. */
async function judged(world: FollowerWorld, position: number, most = Number.POSITIVE_INFINITY): Promise<Gathered> {
  const { last } = world.journal;
  const entries = (await world.journal.read(position, stretchBytes)).slice(0, most);
  const into = gathered(position);
  const began = world.now().getTime();
  for (const entry of entries) {
    await world.judge(entry, into);
    if (into.events >= stretchEvents) break;
  }
  if (entries.length === 0 && last > position) {
    // What the disk spoilt would hold up everything behind it; the journal's `verify` names it.
    world.log("error", `the journal's entries ${position + 1} to ${last} cannot be read and are passed over`);
    into.position = last;
  }
  world.signals.observe("tiercel_rule_eval_seconds", (world.now().getTime() - began) / 1000);
  into.oldest = entries[0]?.receivedAt;
  return into;
}

/** Whether the index would take anything at all: if so, it is the next entry that it does not take. */
async function takesWrites(world: FollowerWorld, position: number): Promise<boolean> {
  await world.index.write({ position, activities: [], detections: [], quarantined: [] });
  return true;
}

/** One entry that the index refuses must not hold up all behind it: it is told of, and stays in the journal. */
async function stepOver(world: FollowerWorld, position: number, why: string | undefined): Promise<void> {
  const [entry] = await world.journal.read(position, 1);
  if (!entry) return;
  world.log("error", `the journal's entry ${entry.position} cannot be indexed and is passed over: ${why}`);
  const into = gathered(position);
  setAside(entry, `could not be indexed: ${why}; entry ${entry.position} of the journal holds it`, into);
  await world.index.write({ ...into, activities: [] });
}

async function write(world: FollowerWorld, into: Gathered): Promise<void> {
  const { position, detections, quarantined, oldest } = into;
  const activities = [...into.activities.values()];
  const began = world.now().getTime();
  const known = await world.index.write({ position, activities, detections, quarantined });
  world.written?.();
  world.sent?.(sendersOf(activities));
  world.signals.observe("tiercel_index_write_seconds", (world.now().getTime() - began) / 1000);
  if (oldest) world.signals.gauge("tiercel_ingest_lag_seconds", (world.now().getTime() - oldest.getTime()) / 1000);
  tellPositions(world, position);
  if (known.size === 0) return;
  for (const activity of activities) {
    const again = eventKeys(activity).filter((key) => known.has(key)).length;
    if (again > 0) world.signals.count("tiercel_events_deduplicated_total", { cluster: activity.cluster }, again);
  }
}

function sendersOf(activities: readonly Activity[]): ReadonlyMap<string, string> {
  const senders = new Map<string, string>();
  for (const { cluster, receivedAt } of activities)
    if (receivedAt > (senders.get(cluster) ?? "")) senders.set(cluster, receivedAt);
  return senders;
}

function tellPositions({ journal, signals }: FollowerWorld, position: number): void {
  signals.gauge("tiercel_journal_position", journal.last);
  signals.gauge("tiercel_index_position", position);
}
