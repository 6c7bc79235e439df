/** `tiercel journal`: the raw batches' integrity, and the index made anew out of them. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { silence } from "../domain/signals.ts";
import { rejudge as judgeAgain } from "../pipeline/follower.ts";
import { JournalError, verifyFileJournal } from "../stores/journal/index.ts";
import { clusterIdsOf } from "./cluster-notes.ts";
import { alertHostname, type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { judging } from "./judging.ts";
import { liveRules } from "./live-rules.ts";
import { openLog } from "./log.ts";
import { policyBook } from "./policy-book.ts";
import { readShippedPolicies } from "./policy-files.ts";
import { ruleChoice, type ServerFlags, serverConfig } from "./server-config.ts";
import { encryptionKey, isSystemError, openStores } from "./stores.ts";

export type JournalFlags = Pick<ServerFlags, "config" | "data" | "rules" | "ruleMatching">;

/** Walks the hash chain of a journal that nobody writes to. Answers `findings` where anything is not as it was written. */
export async function verify(flags: JournalFlags & { readonly output: "text" | "json" }, io: Io): Promise<ExitCode> {
  const { config } = serverConfig(flags, io.env);
  mustBeJournal(config.data_dir);
  const line = progressLine(io);
  const report = await verifyFileJournal(config.data_dir, encryptionKey(config.journal), (done, total) =>
    line.show(`${done} of ${total} segments`),
  ).catch((error) => {
    throw error instanceof JournalError || isSystemError(error) ? new UsageError(error.message) : error;
  });
  await line.end();
  if (flags.output === "json") await io.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    for (const { segment, position, what } of report.faults)
      await io.stdout.write(`${segment}${position === null ? "" : `, entry ${position}`}: ${what}\n`);
    const verdict = report.faults.length === 0 ? "all as it was written" : `${report.faults.length} faults`;
    await io.stdout.write(`${report.entries} entries in ${report.segments} segments: ${verdict}\n`);
  }
  return report.faults.length === 0 ? exitCodes.fine : exitCodes.findings;
}

/** Throws the index away and judges the whole journal again by the rules of now. The server must be stopped. */
export async function rejudge(flags: JournalFlags, io: Io): Promise<ExitCode> {
  const { config } = serverConfig(flags, io.env);
  mustBeJournal(config.data_dir);
  const log = openLog({
    level: "warn",
    format: "text",
    write: (text) => void io.stderr.write(text),
    now: io.now,
  });
  const { files: paths = [] } = config.rules;
  // Rules first: where none loads, the index must stay.
  const rules = liveRules({
    paths,
    ownFolder: join(config.data_dir, "rules"),
    choice: { ...ruleChoice(config), matching: "all" },
    log,
    signals: silence,
    now: io.now,
  });
  const stores = await openStores(config, log, { freshIndex: true });
  const line = progressLine(io);
  try {
    const { journal, state } = stores;
    const index = await stores.index();
    const { decide } = await policyBook(state.documents, readShippedPolicies());
    const judge = await judging({
      ...{ state, decide, matching: config.rules.matching },
      clusterIds: clusterIdsOf(config.clusters),
      rules: rules.current,
      hostname: alertHostname(io),
      signals: silence,
    });
    const began = io.now().getTime();
    const { entries, events } = await judgeAgain(
      { journal, index, judge, signals: silence, log, now: io.now, pause: async () => {} },
      (position, last) => line.show(`entry ${position} of ${last}`),
    );
    await line.end();
    const { detections, activities, quarantined } = await index.counts();
    const seconds = Math.max(0.001, (io.now().getTime() - began) / 1000);
    await io.stdout.write(
      `${entries} entries, ${events} events judged in ${seconds.toFixed(1)} s: ` +
        `${detections} detections, ${activities} activities, ${quarantined} quarantined\n`,
    );
    return exitCodes.fine;
  } finally {
    await stores.close();
  }
}

function mustBeJournal(dataDir: string): void {
  if (existsSync(join(dataDir, "journal"))) return;
  throw new UsageError(`there is no journal in ${dataDir}`, "name the data folder of a server with --data");
}

/** One line that is written over again, on a terminal alone. */
function progressLine({ stderr }: Io) {
  let shown = false;
  return {
    show(text: string) {
      if (!stderr.isTTY) return;
      shown = true;
      void stderr.write(`\r\x1b[2K${text}`);
    },
    async end() {
      if (shown) await stderr.write("\r\x1b[2K");
    },
  };
}
