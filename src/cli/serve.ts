/**
 * THE WIRING: a configuration in, a running server out. What takes batches in is imported at once; what judges and answers
 * comes behind, when the first sender may be acknowledged already.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { prometheusSignals } from "../api/metrics.ts";
import type { Check } from "../api/parts.ts";
import { isLoopback, readAddress } from "../config/address.ts";
import { BadToken, bootstrapToken, ensureAdminToken } from "./admin-token.ts";
import { bell } from "./bell.ts";
import { clusterIdsOf, clusterNotes } from "./cluster-notes.ts";
import { dayBook } from "./day-book.ts";
import { type Front, openFront } from "./front/index.ts";
import { alertHostname, type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { refused } from "./listen-problem.ts";
import { openLog } from "./log.ts";
import { ruleChoice, type ServerFlags, serverConfig } from "./server-config.ts";
import { journalCheck, openStoresBy } from "./stores.ts";
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

/** Runs until it is told to stop; `thread` is what takes in, begun. Throws a `UsageError` for what keeps it from starting. */
export async function serve(flags: ServerFlags, io: Io, control: Control, thread: Worker): Promise<ExitCode> {
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
  let taking: Front | undefined;

  try {
    // 1 · who sends, and what is kept of them, in a thread of its own: stopped first, so that all that was acknowledged is
    // judged or waits in the journal
    const stores = await openStoresBy(config, async (startAfter) => {
      taking = await openFront(thread, { config, startAfter }, { signals, log });
      return taking.journal;
    });
    closing.push(() => stores.close());
    const front = taking!;
    sending.push(() => front.stopSources());
    const { journal, state } = stores;
    const adminToken = bootstrap === undefined ? await ensureAdminToken(state, config.data_dir) : { file: undefined };

    // 2 · who judges: loaded when there may be something to judge. Loading takes a processor for some tenths of a
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
      sent: clusterNotes({ register: front.registerCluster, state, log }),
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

    // 3 · who answers
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
      expectCluster: front.expectCluster,
      sources: () => front.sources.map(({ name }) => name),
      trouble: async () => following.trouble ?? (await refusedBy(() => journalCheck(config))),
      feeds: coming,
      silences: front.silences,
      silentAfterSecs,
      maxLagSecs,
      now: io.now,
    });
    const app = behind.api({
      version,
      clusters: { ...clusterViews, view: () => front.look().then(clusterViews.view) },
      index,
      events: await behind.reading(state, journal),
      onWritten: written.listen,
      now: io.now,
      state,
      auth,
      sources: async () => {
        await front.look();
        return behind.shownSources({
          ...{ sources: front.sources, state, sum: signals.sum, feeds: coming },
          ...{ silentAfterSecs, maxLagSecs, now: io.now },
        });
      },
      rules: () =>
        rules.report(({ name, origin }) => policies.policiesOf({ name, isOurs: behind.isPackFile(origin.file) })),
      policies,
      ruleFiles: book,
      backtests,
      ready: async () => ({
        rules: { ok: true, reason: `${rules.current().rules.length} rules are loaded` },
        journal: await attempt(() => journalCheck(config)),
        index: await indexCheck(),
        sources: await sourcesCheck(front),
      }),
      metrics: { ...signals.page, text: () => front.look().then(signals.page.text) },
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
      ingest: front.sources.flatMap(({ type, source }) => (type === "webhook" ? (source.address ?? []) : [])),
      others: front.sources.flatMap(({ name, type, source }) =>
        type !== "webhook" && source.address !== undefined ? [{ name, address: source.address }] : [],
      ),
      api: listener.url,
      dataDir: config.data_dir,
      rules: rules.current().rules.filter(({ enabled }) => enabled).length,
      ruleProblems: rules.report().problems.length,
      tokenFile: adminToken.file,
      login: await behind.firstLogin(auth, config.api.public_url ?? `${listener.url}${config.api.base_path}`),
      demo: front.sources.some(({ type }) => type === "demo"),
      command: existsSync("bin/tiercel") ? "./bin/tiercel" : "tiercel",
    };
    if (config.log.format === "json") {
      log("info", `ingest ${told.ingest.join(" ")} api ${told.api}`);
      if (told.login !== undefined)
        log("info", `nobody has logged in yet: ${told.login.href} lets ${told.login.user} in once`);
    } else await io.stderr.write(behind.greeting(told));

    await Promise.race([fired(control.stop), front.died]);
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

async function sourcesCheck(front: Front): Promise<Check> {
  await front.look();
  const failing = front.sources.filter(({ source }) => source.health().state === "failing");
  if (failing.length === 0) return { ok: true, reason: `${front.sources.length} sources take events in` };
  return {
    ok: false,
    reason: failing.map(({ name, source }) => `${name}: ${source.health().why ?? "failing"}`).join("; "),
  };
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
