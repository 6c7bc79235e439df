/** THE THREAD THAT TAKES IN: journal and sources, and nothing that judges, so that a sender waits for the disk alone. */
import { once } from "node:events";
import { join } from "node:path";
import { parentPort } from "node:worker_threads";
import type { Blindness } from "../../domain/source.ts";
import { intake } from "../../pipeline/intake.ts";
import { silenceWatch } from "../../pipeline/silence.ts";
// Nearly everybody's: loaded while the other thread reads the configuration.
import "../../sources/webhook.ts";
import { openState } from "../../stores/state/index.ts";
import { clusterBook } from "../cluster-book.ts";
import { refused } from "../listen-problem.ts";
import type { Log } from "../log.ts";
import { freeName, memoryOf, openSource } from "../open-source.ts";
import type { OpenSource } from "../sources-view.ts";
import { openJournal } from "../stores.ts";
import { answering, toldError } from "./asking.ts";
import { journalAnswers, movedMemory, reachOf, telling } from "./near-journal.ts";
import type { FrontAnswers, FrontOrder, FrontTells, Look } from "./told.ts";
import { sentSignals } from "./told-signals.ts";

const port = parentPort!;
const tell = (what: FrontTells) => port.postMessage(what);
const { signals, flush } = sentSignals((told) => tell({ tells: "signals", told }));
const now = () => new Date();
const log: Log = (level, message, error) =>
  tell({ tells: "log", level, message, ...(error !== undefined && { error: shown(error) }) });

const [order] = (await once(port, "message")) as [FrontOrder];
try {
  const { journal, look, answers } = await takingIn(order);
  answering(port, answers, movedMemory);
  tell({ tells: "opened", reach: reachOf(journal), look: look() });
} catch (error) {
  tell({ tells: "failed", error: toldError(error) });
}

async function takingIn({ config, startAfter }: FrontOrder) {
  const closing: (() => Promise<void>)[] = [];
  const open: OpenSource[] = [];
  const sources: { stop(): Promise<void> }[] = [];
  try {
    // What is kept of senders; the other thread has a connection of its own.
    const state = await openState({ dir: join(config.data_dir, "state") });
    closing.push(() => state.close());
    const files = await openJournal(config, startAfter, log);
    closing.push(() => files.close());
    const journal = telling(files, (reach) => tell({ tells: "reach", reach }));

    const clusters = await clusterBook(config.clusters, state, now);
    const watch = silenceWatch({
      ...{ journal, state, signals, silentAfterSecs: config.health.silent_after_secs, now, log },
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
        ...{ name, deliver, clusters, signals, now, log },
        memory: memoryOf(state, name),
        blind: (what: Blindness) => watch.blind(name, what),
      };
      const { source, isSteady } = await openSource(options, world);
      const startedAt = now();
      open.push({ name, type, source, startedAt, isSteady });
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
      sources.push(source);
    }

    const look = (): Look => {
      flush();
      return {
        sources: open.map(({ source, ...one }) => ({ ...one, address: source.address, health: source.health() })),
        silences: watch.silences(),
      };
    };
    const answers: FrontAnswers = {
      ...journalAnswers(journal),
      look: async () => look(),
      expectCluster: (name) => clusters.expect(name),
      registerCluster: (name) => clusters.register(name),
      async stopSources() {
        for (const source of sources.splice(0).reverse()) await source.stop();
        flush();
      },
      close,
    };
    return { journal, look, answers };
  } catch (error) {
    for (const source of sources.reverse()) await source.stop();
    await close();
    throw error;
  }

  async function close(): Promise<void> {
    for (const one of closing.splice(0).reverse()) await one();
    flush();
  }
}

function shown(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
