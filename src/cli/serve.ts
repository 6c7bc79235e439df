/**
 * THE WIRING: a configuration in, a running server out. What takes batches in is imported at once; what judges and answers
 * comes behind, when the first sender may be acknowledged already.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { prometheusSignals } from "../api/metrics.ts";
import type { Check } from "../api/parts.ts";
import { isLoopback, readAddress } from "../config/address.ts";
import type { Blindness } from "../domain/source.ts";
import { intake } from "../pipeline/intake.ts";
import { silenceWatch } from "../pipeline/silence.ts";
import { sources as kinds } from "../sources/index.ts";
import { BadToken, bootstrapToken, ensureAdminToken } from "./admin-token.ts";
import { bell } from "./bell.ts";
import { clusterBook } from "./cluster-book.ts";
import { clusterIdsOf, clusterNotes } from "./cluster-notes.ts";
import { dayBook } from "./day-book.ts";
import { alertHostname, type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { listenProblem } from "./listen-problem.ts";
import { openLog } from "./log.ts";
import { freeName, memoryOf, openSource } from "./open-source.ts";
import { ruleChoice, type ServerFlags, serverConfig } from "./server-config.ts";
import type { OpenSource } from "./sources-view.ts";
import { journalCheck, openStores } from "./stores.ts";
import { version } from "./version.ts";

/** Where `npm run build` puts the pages, beside `src/` and `dist/` alike. */
const pagesFolder = fileURLToPath(new URL("../../dist/ui", import.meta.url));

/** What steers a running server from outside: signals of the system, or a test. */
export interface Control {
  /** Fires when the server shall stop. */
  readonly stop: AbortSignal;
  /** Is told what to call when rules shall be loaded again. */
  readonly onReload: (reload: () => void) => void;
}

/** Long enough for a batch to be received and synced to disk. */
const breathMillis = 50;

/** Runs until it is told to stop. Throws a `UsageError` for what keeps it from starting. */
export async function serve(flags: ServerFlags, io: Io, control: Control): Promise<ExitCode> {
  const { config, file } = serverConfig(flags, io.env);
  const format = config.log.format === "auto" ? (io.stderr.isTTY ? "text" : "json") : config.log.format;
  const log = openLog({ level: config.log.level, format, write: (line) => void io.stderr.write(line), now: io.now });
  const meters = prometheusSignals({ processMetrics: true });
  const noted = dayBook(io.now);
  const signals = { ...meters, ...noted.tap(meters) };
  signals.gauge("tiercel_build_info", 1, { version });
  const bootstrap = usable(() => bootstrapToken(io.env));
  const closing: (() => Promise<void> | void)[] = [];
  const sending: (() => Promise<void> | void)[] = [];

  try {
    // 1 · what is kept
    const stores = await openStores(config, log);
    closing.push(() => stores.close());
    const { journal, state } = stores;
    const adminToken = bootstrap === undefined ? await ensureAdminToken(state, config.data_dir) : { file: undefined };

    // 2 · who sends; stopped first, so that all that was acknowledged is judged or waits in the journal
    const clusters = await clusterBook(config.clusters, state, io.now);
    const open: OpenSource[] = [];
    const watch = silenceWatch({
      ...{ journal, state, signals, silentAfterSecs: config.health.silent_after_secs, now: io.now, log },
      steady: (source) => {
        const one = open.find(({ name }) => name === source);
        return one?.isSteady ? { why: one.source.health().why ?? null } : undefined;
      },
    });
    await watch.start();
    closing.push(() => watch.stop());
    const deliver = watch.noting(intake({ journal, state, signals, log }));
    for (const options of config.sources) {
      const { type } = options;
      const name = freeName(options.name ?? type, open);
      const world = {
        name,
        deliver,
        clusters,
        signals,
        memory: memoryOf(state, name),
        now: io.now,
        log,
        blind: (what: Blindness) => watch.blind(name, what),
      };
      const source = openSource(options, world);
      const startedAt = io.now();
      open.push({ name, type, source, startedAt, isSteady: kinds[type].facts.isSteady });
      for (const also of source.also ?? [])
        if (open.every((one) => one.name !== also.name))
          open.push({
            ...{ name: also.name, type: also.type, source: also, startedAt },
            isSteady: false,
            isBeside: true,
          });
      await source.start().catch((error) => {
        throw refused(error, `source ${name}`, "listen" in options ? options.listen : "", "`--ingest`");
      });
      sending.push(() => source.stop());
    }

    // 3 · who judges: loaded when there may be something to judge. Loading takes the processor for some tenths of a
    // second, so those who waited for the port are answered first.
    await pause(breathMillis);
    const behind = await import("./behind.ts");
    const index = await stores.index();
    const { files: paths = [] } = config.rules;
    const ownFolder = join(config.data_dir, "rules");
    behind.makeOwnFolder(ownFolder);
    const rules = behind.liveRules({
      paths,
      ownFolder,
      // Which of several matches counts is for policies to say.
      choice: { ...ruleChoice(config), matching: "all" },
      log,
      signals,
      now: io.now,
    });
    const clusterIds = clusterIdsOf(config.clusters);
    const policies = await behind.policyBook(state.documents, behind.readShippedPolicies());
    closing.push(() => rules.close());
    control.onReload(() => rules.reload());
    if (config.rules.watch) rules.watch();
    const judge = await behind.judging({
      state,
      rules: rules.current,
      hostname: alertHostname(io),
      signals,
      decide: policies.decide,
      matching: config.rules.matching,
      clusterIds,
    });
    const written = bell();
    const following = behind.follower({
      journal,
      index,
      judge,
      signals,
      log,
      now: io.now,
      pause: interruptible,
      written: written.tell,
      sent: clusterNotes({ register: clusters.register, state, log }),
    });
    following.start();
    closing.push(() => following.stop());
    const sweeping = behind.retaining({ config, journal, index, signals, log, now: io.now });
    closing.push(() => sweeping.stop());

    const book = behind.ruleBook({ rules, folder: ownFolder, documents: state.documents });
    const backtests = await behind.backtesting({
      journal,
      state,
      rules,
      book,
      clusterIds,
      hostname: alertHostname(io),
      now: io.now,
      log,
    });
    closing.push(() => backtests.stop());

    // 4 · who answers
    const lagSecs = async () =>
      (await index.position()) >= journal.last ? 0 : await signals.sum("tiercel_ingest_lag_seconds");
    const { silent_after_secs: silentAfterSecs, max_lag_secs: maxLagSecs } = config.health;
    const auth = behind.signingIn(config, state, io.now);
    const address = readAddress(config.api.listen) ?? { host: "127.0.0.1", port: 7766 };
    const coming = behind.feeds({
      sum: signals.sum,
      book: noted,
      quarantineCounts: (from) => index.quarantineCounts(from),
      lagSecs,
      now: io.now,
    });
    const clusterViews = behind.clustersView({
      state,
      sum: signals.sum,
      expectCluster: (name) => clusters.expect(name),
      sources: () => open.map(({ name }) => name),
      trouble: async () => following.trouble ?? (await refusedBy(() => journalCheck(config))),
      feeds: coming,
      silences: watch.silences,
      silentAfterSecs,
      maxLagSecs,
      now: io.now,
    });
    const app = behind.api({
      version,
      clusters: clusterViews,
      index,
      events: await behind.reading(state, journal),
      onWritten: written.listen,
      now: io.now,
      state,
      auth,
      sources: () =>
        behind.shownSources({
          ...{ sources: open, state, sum: signals.sum, feeds: coming },
          ...{ silentAfterSecs, maxLagSecs, now: io.now },
        }),
      rules: () =>
        rules.report(({ name, origin }) => policies.policiesOf({ name, isOurs: behind.isPackFile(origin.file) })),
      policies,
      ruleFiles: book,
      backtests,
      ready: async () => ({
        rules: { ok: true, reason: `${rules.current().rules.length} rules are loaded` },
        journal: await attempt(() => journalCheck(config)),
        index: await indexCheck(),
        sources: sourcesCheck(open),
      }),
      metrics: signals.page,
      pages: behind.readPages(pagesFolder),
      basePath: config.api.base_path,
      bootstrapToken: bootstrap,
      openMetrics: config.api.open_metrics ?? isLoopback(address.host),
      log,
    });
    const listener = await behind.listen(app, address).catch((error) => {
      throw refused(error, "the API", config.api.listen, "`--listen`");
    });
    closing.push(() => listener.close());
    if (!isLoopback(address.host))
      log("warn", `the API listens on ${listener.url} without TLS, so tokens travel readable: put TLS in front of it`);

    const told = {
      version,
      configFile: file,
      ingest: open.flatMap(({ type, source }) => (type === "webhook" ? (source.address ?? []) : [])),
      others: open.flatMap(({ name, type, source }) =>
        type !== "webhook" && source.address !== undefined ? [{ name, address: source.address }] : [],
      ),
      api: listener.url,
      dataDir: config.data_dir,
      rules: rules.current().rules.filter(({ enabled }) => enabled).length,
      ruleProblems: rules.report().problems.length,
      tokenFile: adminToken.file,
      login: await behind.firstLogin(auth, config.api.public_url ?? `${listener.url}${config.api.base_path}`),
      demo: open.some(({ type }) => type === "demo"),
      command: existsSync("bin/tiercel") ? "./bin/tiercel" : "tiercel",
    };
    if (config.log.format === "json") {
      log("info", `ingest ${told.ingest.join(" ")} api ${told.api}`);
      if (told.login !== undefined)
        log("info", `nobody has logged in yet: ${told.login.href} lets ${told.login.user} in once`);
    } else await io.stderr.write(behind.greeting(told));

    await fired(control.stop);
    log("info", "stopping: what has begun is finished");
    await closeAll(closing, sending);
    log("info", "stopped");
    return exitCodes.fine;

    async function indexCheck(): Promise<Check> {
      if (following.trouble !== undefined)
        return { ok: false, reason: `the index cannot follow: ${following.trouble}` };
      return attempt(async () => {
        const lag = await lagSecs();
        if (lag > maxLagSecs) throw new Error(`the index is ${Math.round(lag)} s behind the journal`);
        return "the index keeps up with the journal";
      });
    }
  } finally {
    await closeAll(closing, sending);
  }
}

/** What does not close keeps nothing else open: the first that failed is told of when all have been asked. */
async function closeAll(...closing: readonly (() => Promise<void> | void)[][]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closing.flatMap((some) => some.splice(0)).reverse()) {
    try {
      await close();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/** What a check complains of; undefined where it has nothing to. */
async function refusedBy(check: () => Promise<string>): Promise<string | undefined> {
  const { ok, reason } = await attempt(check);
  return ok ? undefined : reason;
}

async function attempt(what: () => Promise<string>): Promise<Check> {
  try {
    return { ok: true, reason: await what() };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function sourcesCheck(open: readonly OpenSource[]): Check {
  const failing = open.filter(({ source }) => source.health().state === "failing");
  if (failing.length === 0) return { ok: true, reason: `${open.length} sources take events in` };
  return {
    ok: false,
    reason: failing.map(({ name, source }) => `${name}: ${source.health().why ?? "failing"}`).join("; "),
  };
}

function refused(error: unknown, what: string, address: string, flag: string): unknown {
  const problem = listenProblem(error, what, address);
  if (problem !== undefined) return new UsageError(problem, `choose another with ${flag}; port 0 takes any free one`);
  // A certificate that cannot be read, a key that does not fit it.
  return error instanceof Error && "code" in error ? new UsageError(`${what} cannot start: ${error.message}`) : error;
}

function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BadToken || (error instanceof Error && "syscall" in error))
      throw new UsageError(error.message);
    throw error;
  }
}

function fired(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

async function interruptible(millis: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(millis, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
