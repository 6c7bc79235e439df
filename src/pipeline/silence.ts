/** Watches that what sent goes on sending: a silence becomes a notice in the journal, once, and so does its end. */
import type { Batch, Deliver } from "../domain/batch.ts";
import { type Notice, noticeBatch } from "../domain/notice.ts";
import type { Signals } from "../domain/signals.ts";
import type { Blindness } from "../domain/source.ts";
import type { Journal, State } from "../domain/store.ts";

export interface SilenceWorld {
  readonly journal: Pick<Journal, "append">;
  readonly state: Pick<State, "get" | "set">;
  readonly signals: Signals;
  /** The source of that name, where it stands and always brings something; with what is wrong with it, if anything. */
  readonly steady: (source: string) => { readonly why: string | null } | undefined;
  readonly silentAfterSecs: number;
  readonly now: () => Date;
  readonly log: (level: "warn" | "info", message: string) => void;
}

export interface SilenceWatch {
  /** Delivers, and notes who sent. */
  noting(deliver: Deliver): Deliver;
  /** What a source says that it has missed. */
  blind(source: string, what: Blindness): void;
  /** Looks who has fallen silent, and who is back. Never rejects. */
  check(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Who is silent now. */
  silences(): readonly { readonly source: string; readonly cluster: string; readonly since: string }[];
}

/** What is kept of each source's bringing a cluster's events. Times are milliseconds since 1970. */
interface Pair {
  lastAt: number;
  /** How long we ourselves were away since then: nobody can be heard by who is not there. */
  awayMs: number;
  silence?: {
    readonly since: number;
    readonly at: number;
    readonly why: string | null;
    told: boolean;
    /** When the first batch after it came. */
    backAt?: number;
  };
}

const stateKey = "silence";
const longestCheckMs = 15_000;
const shortestCheckMs = 100;
/** So many different things may be missed in one hour. */
const mostMissed = 1000;

export function silenceWatch(world: SilenceWorld): SilenceWatch {
  const { journal, state, signals, steady, now, log } = world;
  const limitMs = world.silentAfterSecs * 1000;
  const pairs = new Map<string, Pair>();
  const waiting: Notice[] = [];
  /** Told of in this hour. */
  let missed = { hour: "", keys: new Set<string>() };
  let timer: NodeJS.Timeout | undefined;
  let checking: Promise<void> = Promise.resolve();

  function note({ source, cluster, receivedAt }: Batch): void {
    const key = JSON.stringify([source, cluster]);
    const pair = pairs.get(key) ?? { lastAt: 0, awayMs: 0 };
    pairs.set(key, pair);
    pair.lastAt = Math.max(pair.lastAt, receivedAt.getTime());
    pair.awayMs = 0;
    if (pair.silence !== undefined) pair.silence.backAt ??= pair.lastAt;
  }

  async function look(): Promise<void> {
    const at = now().getTime();
    for (const [key, pair] of pairs) {
      const [source, cluster] = JSON.parse(key) as [string, string];
      const stands = steady(source);
      if (stands === undefined) continue;
      const isSilent = pair.silence === undefined && at - pair.lastAt - pair.awayMs > limitMs;
      if (isSilent) pair.silence = { since: pair.lastAt, at, why: stands.why, told: false };
      // What is to be told is remembered first: killed in between, we tell the same bytes again, and that is one.
      if (isSilent) await keep(at);
      await tell(source, cluster, pair);
      signals.gauge("tiercel_source_silent", pair.silence === undefined ? 0 : 1, { source, cluster });
    }
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      await journal.append(noticeBatch(first));
      waiting.shift();
    }
    await keep(at);
  }

  async function tell(source: string, cluster: string, pair: Pair): Promise<void> {
    const { silence } = pair;
    if (silence === undefined) return;
    const since = text(silence.since);
    if (!silence.told) {
      const { why } = silence;
      await journal.append(noticeBatch({ notice: "silent", source, cluster, since, at: text(silence.at), why }));
      silence.told = true;
      signals.count("tiercel_source_silences_total", { source, cluster });
      log("warn", `source ${source} has brought no events of cluster ${cluster} since ${since}`);
    }
    if (silence.backAt === undefined) return;
    await journal.append(noticeBatch({ notice: "back", source, cluster, since, at: text(silence.backAt) }));
    log("info", `source ${source} brings events of cluster ${cluster} again`);
    delete pair.silence;
  }

  async function keep(at: number): Promise<void> {
    await state.set(stateKey, JSON.stringify({ aliveAt: at, pairs: [...pairs] }));
  }

  async function load(): Promise<void> {
    const kept = await state.get(stateKey);
    if (kept === undefined) return;
    const { aliveAt, pairs: known } = JSON.parse(kept) as { aliveAt: number; pairs: [string, Pair][] };
    const awayMs = Math.max(0, now().getTime() - aliveAt);
    for (const [key, pair] of known) pairs.set(key, { ...pair, awayMs: pair.awayMs + awayMs });
  }

  function check(): Promise<void> {
    checking = checking.then(look).catch((error) => {
      log(
        "warn",
        `silent sources could not be told of, and will be: ${error instanceof Error ? error.message : error}`,
      );
    });
    return checking;
  }

  return {
    noting: (deliver) => async (batch) => {
      await deliver(batch);
      note(batch);
    },
    blind(source, what) {
      const { cluster, kind, why } = what;
      signals.count("tiercel_source_missed_total", { source, cluster, kind }, what.count ?? 1);
      const at = now().toISOString();
      const hour = at.slice(0, 13);
      if (hour !== missed.hour) missed = { hour, keys: new Set() };
      const key = JSON.stringify([source, cluster, kind, why]);
      if (missed.keys.has(key) || missed.keys.size >= mostMissed) return;
      missed.keys.add(key);
      waiting.push({ notice: "blind", source, at, ...what });
      void check();
    },
    check,
    async start() {
      await load();
      const every = Math.min(longestCheckMs, Math.max(shortestCheckMs, limitMs / 4));
      timer = setInterval(() => void check(), every).unref();
    },
    async stop() {
      clearInterval(timer);
      await check();
    },
    silences: () =>
      [...pairs].flatMap(([key, { silence }]) => {
        const [source, cluster] = JSON.parse(key) as [string, string];
        return silence === undefined || silence.backAt !== undefined || steady(source) === undefined
          ? []
          : [{ source, cluster, since: text(silence.since) }];
      }),
  };
}

const text = (millis: number): string => new Date(millis).toISOString();
