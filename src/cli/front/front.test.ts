/** The journal asked from another thread keeps its promises; and what becomes of who asks when that thread is gone. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import { expect, test } from "vitest";
import { Config } from "../../config/schema.ts";
import { Refusal } from "../../domain/batch.ts";
import { silence } from "../../domain/signals.ts";
import type { Journal } from "../../domain/store.ts";
import { openFileJournal } from "../../stores/journal/index.ts";
import { journalContract } from "../../stores/journal.contract.ts";
import { UsageError } from "../io.ts";
import { answering, asking, errorOf, toldError } from "./asking.ts";
import { farJournal, type JournalAnswers } from "./far-journal.ts";
import { openFront } from "./index.ts";
import { journalAnswers, movedMemory, reachOf, telling } from "./near-journal.ts";
import { startFront } from "./start.ts";

/** Both sides in one thread; what goes through the port is copied or moved all the same. */
async function acrossPort(dir: string, segmentBytes: number, now: () => Date): Promise<Journal> {
  const { port1, port2 } = new MessageChannel();
  const files = await openFileJournal({ dir, segmentBytes, now });
  const near = telling(files, (reach) => far.reached(reach));
  answering(port2, journalAnswers(near), movedMemory);
  const questions = asking<JournalAnswers>((message) => port1.postMessage(message));
  port1.on("message", (message) => questions.heard(message));
  const close = async () => {
    await files.close();
    port1.close();
  };
  const far = farJournal(questions, close);
  far.reached(reachOf(files));
  return Object.defineProperties({ append: near.append }, Object.getOwnPropertyDescriptors(far.journal)) as Journal;
}

for (const segmentBytes of [300_000, 1])
  journalContract(`the journal asked from another thread, segments of ${segmentBytes} bytes`, async () => {
    const dir = await mkdtemp(join(tmpdir(), "front-"));
    return { open: (now) => acrossPort(dir, segmentBytes, now), remove: () => rm(dir, { recursive: true }) };
  });

test("what the operator can mend stays so over threads, and other errors keep their place", () => {
  const mendable = errorOf(structuredClone(toldError(new UsageError("the port is taken", "choose another"))));
  expect(mendable).toBeInstanceOf(UsageError);
  expect(mendable).toMatchObject({ message: "the port is taken", help: "choose another" });
  const bug = new Refusal("unwritable", "no");
  expect(errorOf(structuredClone(toldError(bug))).stack).toBe(bug.stack);
});

test("where the thread ends, what was asked rejects, what is asked rejects, and it is told why", async () => {
  const order = { config: Config.parse({}), startAfter: 0 };
  const world = { signals: silence, log: () => {} };
  const front = await openFront(startFront(new URL("./dying.kit.ts", import.meta.url)), order, world);
  expect([front.journal.first, front.journal.last]).toEqual([1, 7]);
  const asked = front.journal.bytes();
  const why = /^the thread that takes batches in has ended: it was asked$/;
  await expect(asked).rejects.toThrow(why);
  await expect(front.died).rejects.toThrow(why);
  await expect(front.look()).rejects.toThrow(why);
  await expect(front.journal.close()).rejects.toThrow(why);
});
