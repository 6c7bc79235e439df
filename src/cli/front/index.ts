/** What takes in, in a thread of its own: the journal, the sources, and what is known of them, for the thread that judges and answers. */
import type { Worker } from "node:worker_threads";
import type { Signals } from "../../domain/signals.ts";
import type { Source } from "../../domain/source.ts";
import type { KeptJournal } from "../../domain/store.ts";
import type { Log } from "../log.ts";
import type { OpenSource } from "../sources-view.ts";
import { asking, errorOf } from "./asking.ts";
import { farJournal } from "./far-journal.ts";
import type { FrontAnswers, FrontOrder, FrontTells, Look } from "./told.ts";
import { countTold } from "./told-signals.ts";

export interface Front {
  readonly journal: KeptJournal;
  /** As they stood at the last `look`. */
  readonly sources: readonly OpenSource[];
  silences(): Look["silences"];
  /** Resolves when sources, silences and signals are as they are now. */
  look(): Promise<void>;
  expectCluster(name: string): Promise<boolean>;
  registerCluster(name: string): Promise<boolean>;
  /** Takes nothing new, finishes what it has begun. */
  stopSources(): Promise<void>;
  /** Never resolves; rejects where the thread ends without having been asked to. */
  readonly died: Promise<never>;
}

/** Resolves once all sources take batches in. Rejects with a `UsageError` for what the operator can mend. */
export async function openFront(
  worker: Worker,
  order: FrontOrder,
  { signals, log }: { readonly signals: Signals; readonly log: Log },
): Promise<Front> {
  const questions = asking<FrontAnswers>((message) => worker.postMessage(message));
  const opened = Promise.withResolvers<Extract<FrontTells, { tells: "opened" }>>();
  const died = Promise.withResolvers<never>();
  died.promise.catch(() => undefined);
  let closed = false;
  const far = farJournal(questions, close);

  const ended = (why: string, stack?: string) => {
    if (closed) return;
    const error = new Error(`the thread that takes batches in has ended: ${why}`);
    if (stack !== undefined) error.stack = `${error.message}\n${stack}`;
    questions.fail(error);
    opened.reject(error);
    died.reject(error);
  };
  worker.on("error", (error) => ended(error instanceof Error ? error.message : String(error), (error as Error)?.stack));
  worker.on("exit", (code) => ended(`its code is ${code}`));
  worker.on("message", (message: FrontTells) => {
    if (questions.heard(message)) return;
    if (message.tells === "opened") {
      far.reached(message.reach);
      opened.resolve(message);
    } else if (message.tells === "reach") far.reached(message.reach);
    else if (message.tells === "failed") opened.reject(errorOf(message.error));
    else if (message.tells === "signals") countTold(signals, message.told);
    else if (message.tells === "log") log(message.level, message.message, message.error);
  });

  worker.ref();
  worker.postMessage(order);

  try {
    const { look: first } = await opened.promise;
    let seen = first;
    const look = async () => {
      seen = await questions.ask("look");
    };
    return {
      journal: far.journal,
      sources: first.sources.map(({ name, health: _, address: __, ...one }) => ({
        name,
        ...one,
        source: seenSource(name),
      })),
      silences: () => seen.silences,
      look,
      expectCluster: (name) => questions.ask("expectCluster", name),
      registerCluster: (name) => questions.ask("registerCluster", name),
      stopSources: () => questions.ask("stopSources"),
      died: died.promise,
    };

    function seenSource(name: string): Pick<Source, "health" | "address"> {
      const one = () => seen.sources.find((source) => source.name === name)!;
      return {
        health: () => one().health,
        get address() {
          return one().address;
        },
      };
    }
  } catch (error) {
    closed = true;
    await worker.terminate();
    throw error;
  }

  async function close(): Promise<void> {
    try {
      await questions.ask("close");
    } finally {
      closed = true;
      await worker.terminate();
    }
  }
}
