/** What every journal promises, put to each of them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Batch } from "../domain/batch.ts";
import type { Journal } from "../domain/store.ts";

/** A journal's home over restarts; `now` is its clock. */
export interface JournalHome {
  open(now: () => Date): Promise<Journal>;
  remove(): Promise<void>;
}

const noon = new Date("2026-03-01T12:00:00Z");

export function batchOf(text: string, more: Partial<Batch> = {}): Batch {
  return { source: "webhook", cluster: "berlin", receivedAt: noon, body: Buffer.from(text), ...more };
}

export function journalContract(name: string, home: () => Promise<JournalHome>) {
  describe(`${name} keeps the journal's promises`, () => {
    let place: JournalHome;
    let journal: Journal;
    let now = noon;

    beforeEach(async () => {
      now = noon;
      place = await home();
      journal = await place.open(() => now);
    });
    afterEach(async () => {
      await journal.close();
      await place.remove();
    });

    async function restart() {
      await journal.close();
      journal = await place.open(() => now);
    }
    async function bodies(after = 0) {
      const told: [number, string][] = [];
      for (let at = after; ; ) {
        const entries = await journal.read(at, 1000);
        if (entries.length === 0) return told;
        for (const { position, body } of entries) told.push([position, Buffer.from(body).toString()]);
        at = entries.at(-1)!.position;
      }
    }

    test("an empty journal holds nothing", async () => {
      expect(journal.last).toBe(0);
      expect(await journal.read(0, 1000)).toEqual([]);
      expect(await journal.verify()).toMatchObject({ entries: 0, faults: [] });
    });

    test("a batch is read as it was handed over, after a restart too", async () => {
      const cut = batchOf("half a", { cluster: "oslo", cut: true, assumed: true, receivedAt: new Date(1234) });
      expect(await journal.append(cut)).toEqual({ position: 1, double: false });
      const odd = batchOf("", { body: Uint8Array.of(0, 255, 10, 0) });
      expect(await journal.append(odd)).toEqual({ position: 2, double: false });
      expect(await journal.append(batchOf(""))).toEqual({ position: 3, double: false });
      const told = [
        {
          position: 1,
          source: "webhook",
          cluster: "oslo",
          receivedAt: new Date(1234),
          cut: true,
          assumed: true,
          body: Buffer.from("half a"),
        },
        { position: 2, source: "webhook", cluster: "berlin", receivedAt: noon, body: Buffer.from([0, 255, 10, 0]) },
        { position: 3, source: "webhook", cluster: "berlin", receivedAt: noon, body: Buffer.alloc(0) },
      ];
      expect(await journal.read(0, 1000)).toEqual(told);
      await restart();
      expect(await journal.read(0, 1000)).toEqual(told);
      expect(journal.last).toBe(3);
    });

    test("positions are dense and in order, however many append at once", async () => {
      const kept = await Promise.all(Array.from({ length: 300 }, (_, at) => journal.append(batchOf(`body ${at}`))));
      expect(kept.map(({ position }) => position)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
      await restart();
      expect(await bodies()).toEqual(Array.from({ length: 300 }, (_, at) => [at + 1, `body ${at}`]));
      expect(await journal.append(batchOf("one more"))).toEqual({ position: 301, double: false });
      expect(await bodies(300)).toEqual([[301, "one more"]]);
    });

    test("a read gives at least one entry, however large, and stops at about the bytes asked for", async () => {
      for (const text of ["a", "b", "c"]) await journal.append(batchOf(text.repeat(600)));
      expect((await journal.read(0, 1)).map(({ position }) => position)).toEqual([1]);
      expect((await journal.read(0, 1000)).map(({ position }) => position)).toEqual([1, 2]);
      expect((await journal.read(1, 10_000)).map(({ position }) => position)).toEqual([2, 3]);
      expect(await journal.read(3, 1000)).toEqual([]);
    });

    test("stretches tell all that is kept, from any place on, and no more than was kept when they were asked for", async () => {
      for (let at = 1; at <= 40; at++) await journal.append(batchOf(`${at} `.repeat(20_000)));
      const told: number[] = [];
      for await (const entries of journal.stretches(3)) {
        for (const { position, body } of entries) {
          expect(Buffer.from(body).toString()).toBe(`${position} `.repeat(20_000));
          told.push(position);
        }
        await journal.append(batchOf(`later ${told.length}`));
      }
      expect(told).toEqual(Array.from({ length: 37 }, (_, at) => at + 4));
      for await (const _ of journal.stretches(journal.last)) expect.unreachable();
      for await (const entries of journal.stretches(0)) if (entries.length > 0) break;
    });

    test("the same body of the same sender is known again, after a restart too", async () => {
      expect(await journal.append(batchOf("same"))).toEqual({ position: 1, double: false });
      expect(await journal.append(batchOf("same", { receivedAt: new Date(5) }))).toEqual({ position: 1, double: true });
      await restart();
      expect(await journal.append(batchOf("same"))).toEqual({ position: 1, double: true });
      expect(await bodies()).toEqual([[1, "same"]]);
    });

    test("the same body at the same moment is written once and answered when it is safe", async () => {
      const kept = await Promise.all(["same", "same", "other", "same"].map((text) => journal.append(batchOf(text))));
      expect(kept).toEqual([
        { position: 1, double: false },
        { position: 1, double: true },
        { position: 2, double: false },
        { position: 1, double: true },
      ]);
      expect(await bodies()).toEqual([
        [1, "same"],
        [2, "other"],
      ]);
    });

    test("the same body from another cluster or source, or broken off, is another batch", async () => {
      const sent = [{}, { cluster: "oslo" }, { source: "file" }, { cut: true }];
      const kept = await Promise.all(sent.map((more) => journal.append(batchOf("same", more))));
      expect(kept.map(({ double }) => double)).toEqual([false, false, false, false]);
    });

    test("a body is remembered for a quarter of an hour and more", async () => {
      await journal.append(batchOf("same"));
      now = new Date(noon.getTime() + 15 * 60_000);
      expect(await journal.append(batchOf("same"))).toEqual({ position: 1, double: true });
      await restart();
      expect(await journal.append(batchOf("same"))).toEqual({ position: 1, double: true });
    });

    test("who waits is told when something comes, or when to stop waiting", async () => {
      const told = journal.wait(0, new AbortController().signal);
      await journal.append(batchOf("here"));
      await told;
      await journal.wait(0, new AbortController().signal);
      const stop = new AbortController();
      const stopped = journal.wait(1, stop.signal);
      stop.abort();
      await stopped;
      expect(journal.last).toBe(1);
    });

    test("its chain verifies while it is written", async () => {
      const appended = Promise.all(Array.from({ length: 50 }, (_, at) => journal.append(batchOf(`body ${at}`))));
      expect((await journal.verify()).faults).toEqual([]);
      await appended;
      expect(await journal.verify()).toMatchObject({ entries: 50, faults: [] });
    });

    test("retention gives back old batches, never those beyond what is judged", async () => {
      const count = 40;
      for (let at = 1; at <= count; at++) {
        now = new Date(noon.getTime() + at * 1000);
        await journal.append(batchOf(`${at} `.repeat(20_000), { receivedAt: now }));
      }
      const before = new Date(noon.getTime() + 30_000);
      expect(await journal.retain({ before, upTo: 0 })).toEqual({ removedEntries: 0 });
      const { removedEntries } = await journal.retain({ before, upTo: count });
      expect(removedEntries).toBeGreaterThan(0);
      expect(removedEntries).toBeLessThan(30);
      expect(journal.first).toBe(removedEntries + 1);
      await restart();
      expect(journal.first).toBe(removedEntries + 1);
      expect(await bodies()).toEqual(
        Array.from({ length: count - removedEntries }, (_, at) => {
          const position = removedEntries + 1 + at;
          return [position, `${position} `.repeat(20_000)];
        }),
      );
      expect((await journal.verify()).faults).toEqual([]);
      const size = await journal.bytes();
      await journal.retain({ maxBytes: Math.floor(size / 2), upTo: count });
      expect(await journal.bytes()).toBeLessThan(size);
      expect(journal.last).toBe(count);
    });

    test("once closed it takes nothing more in", async () => {
      await journal.append(batchOf("before"));
      await journal.close();
      await expect(journal.append(batchOf("after"))).rejects.toMatchObject({ kind: "stopping" });
    });
  });
}
