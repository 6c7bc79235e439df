/** The journal on files: its contract, and what only files can suffer. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, copyFile, cp, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Journal } from "../../domain/store.ts";
import { batchOf, journalContract } from "../journal.contract.ts";
import { type Disk, realDisk } from "./disk.ts";
import { type FileJournalOptions, journalKey, openFileJournal, verifyFileJournal } from "./index.ts";

const key = Buffer.alloc(32, 7);

function filesHome(more: Partial<FileJournalOptions>) {
  return async () => {
    const dir = await mkdtemp(join(tmpdir(), "journal-"));
    return {
      open: (now: () => Date) => openFileJournal({ dir, now, ...more }),
      remove: () => rm(dir, { recursive: true }),
    };
  };
}
journalContract("the journal on files", filesHome({ segmentBytes: 200_000 }));
journalContract("the journal on encrypted files", filesHome({ segmentBytes: 200_000, key }));
journalContract("the journal on files of one entry each", filesHome({ segmentBytes: 1 }));

describe("the journal's files", () => {
  let dir: string;
  let open: Journal[];
  let said: string[];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "journal-"));
    open = [];
    said = [];
  });
  afterEach(async () => {
    for (const journal of open) await journal.close();
    await rm(dir, { recursive: true });
  });
  async function journalHere(more: Partial<FileJournalOptions> = {}) {
    const log = (_: string, message: string) => void said.push(message);
    const journal = await openFileJournal({ dir, log, ...more });
    open.push(journal);
    return journal;
  }
  const files = async () => (await readdir(join(dir, "journal"))).filter((name) => name !== "anchor.json").sort();
  const path = (name: string) => join(dir, "journal", name);
  const texts = async (journal: Journal) =>
    (await journal.read(0, 1e9)).map(({ position, body }) => `${position} ${Buffer.from(body)}`);
  /** A copy of the files as a kill leaves them, opened again after `change`. */
  async function afterKill(change: (live: string) => Promise<void>) {
    const live = (await files()).at(-1)!;
    const image = await readFile(path(live));
    const anchor = await readFile(path("anchor.json"));
    await open.pop()!.close();
    await writeFile(path(live), image);
    await writeFile(path("anchor.json"), anchor);
    await change(path(live));
    return journalHere();
  }

  test("are private to their owner", async () => {
    const journal = await journalHere({ segmentBytes: 1 });
    for (const text of ["a", "b", "c"]) await journal.append(batchOf(text));
    await journal.verify();
    const mode = async (name: string) => ((await stat(name)).mode & 0o777).toString(8);
    expect(await mode(path(""))).toBe("700");
    for (const name of await readdir(path(""))) expect(await mode(path(name))).toBe("600");
    expect(await mode(join(dir, "lock"))).toBe("600");
  });

  test("are used by one process, and a second is told so", async () => {
    await journalHere();
    await expect(openFileJournal({ dir })).rejects.toThrow(
      `the data directory ${dir} is in use by another Tiercel: stop it first, or give this one a directory of its own`,
    );
  });

  test("shrink when a segment is sealed, and read the same", async () => {
    const journal = await journalHere({ segmentBytes: 300_000 });
    const text = '{"kind":"Event","verb":"get"} '.repeat(2000);
    for (let at = 0; at < 20; at++) await journal.append(batchOf(`${at} ${text}`));
    await journal.verify();
    const kinds = (await files()).map((name) => name.split(".")[1]);
    expect(kinds).toEqual([...kinds.slice(1).map(() => "sealed"), "live"]);
    expect(kinds.length).toBeGreaterThan(2);
    expect(await journal.bytes()).toBeLessThan(20 * text.length * 0.5);
    expect(await texts(journal)).toHaveLength(20);
  });

  test("are read in stretches while they are sealed, and given back, under the reader", async () => {
    const journal = await journalHere({ segmentBytes: 300_000 });
    const text = (at: number) => `${at} `.repeat(at === 20 ? 2_000_000 : 20_000);
    for (let at = 1; at <= 40; at++) await journal.append(batchOf(text(at)));
    const told: number[] = [];
    let before: Uint8Array | undefined;
    for await (const entries of journal.stretches(0)) {
      // Lent: what was told before is gone.
      expect(before?.length ?? 0).toBe(0);
      for (const { position, body } of entries) {
        expect(Buffer.from(body).toString()).toBe(text(position));
        told.push(position);
      }
      before = entries[0]!.body;
      if (told.length < 10) await journal.verify();
      else if (told.length < 25) await journal.retain({ maxBytes: 100_000, upTo: 30 });
    }
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    expect(told.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(told.slice(-10)).toEqual([31, 32, 33, 34, 35, 36, 37, 38, 39, 40]);
    expect(said).toEqual([]);
  });

  test("a full segment whose bytes have changed is not sealed: it stays as it is", async () => {
    const journal = await journalHere({ segmentBytes: 1000 });
    await journal.append(batchOf("kept ".repeat(300)));
    const live = path((await files())[0]!);
    const image = await readFile(live);
    image.write("KEPT", image.indexOf("kept"));
    await writeFile(live, image);
    await journal.append(batchOf("next"));
    expect((await journal.verify()).faults.map(({ segment }) => segment)).toContain("0000000000000001.live");
    expect(said[0]).toContain("changed while it was being sealed");
    const told: number[] = [];
    for await (const entries of journal.stretches(0)) told.push(...entries.map(({ position }) => position));
    expect(told).toEqual([2]);
  });

  test("a block that is broken is passed over, and those behind it are read", async () => {
    const journal = await journalHere({ segmentBytes: 3_000_000 });
    const bytes = (seed: number) => createHash("shake256", { outputLength: 600_000 }).update(`${seed}`).digest();
    for (let at = 1; at <= 8; at++) await journal.append(batchOf("", { body: bytes(at) }));
    await journal.verify();
    const name = path("0000000000000001.sealed");
    const image = await readFile(name);
    image[700_000] = image[700_000]! ^ 1;
    await writeFile(name, image);
    const told: number[] = [];
    for await (const entries of journal.stretches(0)) told.push(...entries.map(({ position }) => position));
    expect(told.at(-1)).toBe(8);
    expect(told.length).toBeGreaterThan(4);
    expect(told.length).toBeLessThan(8);
    expect((await texts(journal)).length).toBe(told.length);
  });

  test("a torn end is cut off, and nothing before it", async () => {
    const journal = await journalHere();
    await journal.append(batchOf("kept"));
    const again = await afterKill(async (live) => {
      await appendFile(live, (await readFile(live)).subarray(128, -2));
    });
    expect(await texts(again)).toEqual(["1 kept"]);
    expect(await again.append(batchOf("next"))).toEqual({ position: 2, double: false });
    expect((await again.verify()).faults).toEqual([]);
    expect(said).toEqual([expect.stringContaining("of an unfinished write cut off")]);
  });

  test("every length of a torn end is survived", async () => {
    const journal = await journalHere();
    await journal.append(batchOf("kept"));
    const live = path((await files())[0]!);
    const { size } = await stat(live);
    const anchor = await readFile(path("anchor.json"));
    await journal.append(batchOf("torn"));
    const whole = await readFile(live);
    await open.pop()!.close();
    for (let length = size; length < whole.length; length += 7) {
      await writeFile(live, whole.subarray(0, length));
      await writeFile(path("anchor.json"), anchor);
      const again = await openFileJournal({ dir });
      expect(await texts(again)).toEqual(["1 kept"]);
      await again.close();
    }
  });

  test("an acknowledged entry whose bytes changed is not cut off: the file stays, and the journal goes on beyond", async () => {
    const journal = await journalHere();
    for (const text of ["one", "two", "three"]) await journal.append(batchOf(text));
    const again = await afterKill(async (live) => {
      const image = await readFile(live);
      image.write("TWO", image.indexOf("two"));
      await writeFile(live, image);
    });
    expect(await texts(again)).toEqual(["1 one", "3 three"]);
    expect(await again.append(batchOf("four"))).toEqual({ position: 4, double: false });
    expect(await texts(again)).toEqual(["1 one", "3 three", "4 four"]);
    expect((await again.verify()).faults).toEqual([
      { segment: "0000000000000001.live", position: 2, what: "the bytes of this entry are not as they were written" },
    ]);
  });

  test("a body that looks like an entry is not taken for one", async () => {
    const journal = await journalHere();
    await journal.append(batchOf("one"));
    await journal.append(batchOf("two"));
    // An entry of the right form under a mark that a sender cannot know.
    const other = await mkdtemp(join(tmpdir(), "journal-"));
    const theirs = await openFileJournal({ dir: other, startAfter: 3 });
    await theirs.append(batchOf("forged"));
    const image = (await readFile(join(other, "journal", "0000000000000004.live"))).subarray(128);
    await theirs.close();
    await rm(other, { recursive: true });
    await journal.append(batchOf("", { body: Buffer.concat([image, Buffer.alloc(50)]) }));
    const again = await afterKill((name) => stat(name).then(({ size }) => truncate(name, size - 20)));
    expect(await texts(again)).toEqual(["1 one", "2 two"]);
    expect(again.last).toBe(2);
  });

  test("any changed byte is found, sealed or not", async () => {
    const journal = await journalHere({ segmentBytes: 400 });
    for (let at = 0; at < 6; at++) await journal.append(batchOf(`body ${at}`));
    await journal.verify();
    await journal.close();
    expect(await verifyFileJournal(dir, undefined)).toMatchObject({ entries: 6, faults: [] });
    for (const name of await readdir(path(""))) {
      const image = await readFile(path(name));
      for (let at = 0; at < image.length; at += name.endsWith("sealed") ? 11 : 3) {
        const changed = Buffer.from(image);
        changed[at] = changed[at]! ^ 0x40;
        await writeFile(path(name), changed);
        const verified = await verifyFileJournal(dir, undefined).catch((error: Error) => error.message);
        expect(typeof verified === "string" || verified.faults.length > 0, `${name} byte ${at}`).toBe(true);
      }
      await writeFile(path(name), image);
    }
    expect((await verifyFileJournal(dir, undefined)).faults).toEqual([]);
  });

  test("removed, swapped and foreign files are found", async () => {
    const journal = await journalHere({ segmentBytes: 1 });
    for (let at = 0; at < 5; at++) await journal.append(batchOf(`body ${at}`));
    await journal.verify();
    await journal.close();
    const names = await files();
    for (const name of names) {
      const image = await readFile(path(name));
      await rm(path(name));
      expect((await verifyFileJournal(dir, undefined)).faults.length, `without ${name}`).toBeGreaterThan(0);
      await writeFile(path(name), image);
    }
    const [a, b] = [names[1]!, names[2]!];
    const [imageOfA, imageOfB] = [await readFile(path(a)), await readFile(path(b))];
    await writeFile(path(a), imageOfB);
    await writeFile(path(b), imageOfA);
    expect((await verifyFileJournal(dir, undefined)).faults.length).toBeGreaterThan(0);
    await writeFile(path(a), imageOfA);
    await writeFile(path(b), imageOfB);
    await writeFile(path("notes.txt"), "mine");
    expect((await verifyFileJournal(dir, undefined)).faults).toEqual([
      { segment: "notes.txt", position: null, what: "does not belong here" },
    ]);
  });

  test("an end cut off between two entries is found", async () => {
    const journal = await journalHere();
    await journal.append(batchOf("one"));
    const { size } = await stat(path((await files())[0]!));
    await journal.append(batchOf("two"));
    await journal.close();
    await truncate(path((await files())[0]!), size);
    expect((await verifyFileJournal(dir, undefined)).faults).toEqual([
      { segment: "0000000000000001.live", position: 2, what: "entries up to 2 are missing at the end" },
    ]);
  });

  test("a crash between sealing and removing the live file leaves one of each entry", async () => {
    const journal = await journalHere();
    for (let at = 0; at < 3; at++) await journal.append(batchOf(`body ${at}`));
    await copyFile(path("0000000000000001.live"), path("kept"));
    await journal.close();
    const sealing = await journalHere({ segmentBytes: 1 });
    await sealing.append(batchOf("more"));
    await sealing.verify();
    await sealing.close();
    await copyFile(path("kept"), path("0000000000000001.live"));
    await rm(path("kept"));
    await writeFile(path("0000000000000009.sealed.tmp"), "half made");
    const again = await journalHere();
    expect(await texts(again)).toEqual(["1 body 0", "2 body 1", "3 body 2", "4 more"]);
    expect(existsSync(path("0000000000000001.live"))).toBe(false);
    expect((await again.verify()).faults).toEqual([]);
  });

  test("a full disk refuses, and once there is room the journal goes on", async () => {
    let full = false;
    const disk: Disk = {
      ...realDisk,
      async write(file, parts, offset) {
        if (!full) return realDisk.write(file, parts, offset);
        await realDisk.write(file, [parts[0]!.subarray(0, 30)], offset);
        throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
      },
    };
    const journal = await journalHere({ disk });
    await journal.append(batchOf("before"));
    full = true;
    const refused = {
      kind: "disk-full",
      message: "the journal's disk is full: ENOSPC: no space left on device, write",
    };
    const [one, two] = await Promise.allSettled(["during", "during"].map((text) => journal.append(batchOf(text))));
    expect(one).toMatchObject({ status: "rejected", reason: refused });
    expect(two).toMatchObject({ status: "rejected", reason: refused });
    full = false;
    expect(await journal.append(batchOf("during"))).toEqual({ position: 2, double: false });
    expect(await texts(journal)).toEqual(["1 before", "2 during"]);
    expect((await journal.verify()).faults).toEqual([]);
  });

  test("a disk that fails to sync is no promise: the batch is refused and cut off", async () => {
    let failing = false;
    const disk: Disk = {
      ...realDisk,
      async sync(file) {
        if (failing) throw Object.assign(new Error("EIO: i/o error, fdatasync"), { code: "EIO" });
        return realDisk.sync(file);
      },
    };
    const journal = await journalHere({ disk });
    failing = true;
    await expect(journal.append(batchOf("lost"))).rejects.toMatchObject({ kind: "unwritable" });
    await expect(journal.append(batchOf("lost"))).rejects.toMatchObject({ kind: "unwritable" });
    failing = false;
    expect(await journal.append(batchOf("kept"))).toEqual({ position: 1, double: false });
    expect(await texts(journal)).toEqual(["1 kept"]);
    expect((await journal.verify()).faults).toEqual([]);
  });

  test("batches are refused before the disk is quite full", async () => {
    let free = 5000;
    const journal = await journalHere({ minFreeBytes: 4000, disk: { ...realDisk, freeBytes: async () => free } });
    await expect(journal.append(batchOf("x".repeat(2000)))).rejects.toMatchObject({
      kind: "disk-full",
      message: "the journal's disk has 5000 bytes left, and 4000 must stay free",
    });
    free = 50_000;
    expect(await journal.append(batchOf("x".repeat(2000)))).toEqual({ position: 1, double: false });
  });

  test("batches are refused while too many bytes wait", async () => {
    const journal = await journalHere({ maxQueuedBytes: 1000 });
    const sent = await Promise.allSettled(["a", "b", "c"].map((text) => journal.append(batchOf(text.repeat(800)))));
    expect(sent.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(sent[1]).toMatchObject({ reason: { kind: "overloaded" } });
    expect(await journal.append(batchOf("b".repeat(800)))).toEqual({ position: 2, double: false });
  });

  test("encrypted, they show nothing, and open with their key alone", async () => {
    const journal = await journalHere({ key, segmentBytes: 300 });
    for (const text of ["secret one", "secret two", "secret three", "secret four"]) await journal.append(batchOf(text));
    await journal.verify();
    await journal.close();
    expect((await files()).some((name) => name.endsWith("sealed"))).toBe(true);
    for (const name of await files()) {
      const image = await readFile(path(name));
      expect(image.includes("secret") || image.includes("berlin")).toBe(false);
    }
    const name = path((await files())[0]!);
    await expect(openFileJournal({ dir })).rejects.toThrow(`${name} is encrypted: give the journal's key`);
    await expect(openFileJournal({ dir, key: Buffer.alloc(32, 8) })).rejects.toThrow(
      `${name} was encrypted with another key: give the key it was written with`,
    );
    const again = await journalHere({ key });
    const bodies: string[] = [];
    for (let after = 0; after < again.last; after++) bodies.push(`${(await again.read(after, 1))[0]!.body}`);
    expect(bodies).toEqual(["secret one", "secret two", "secret three", "secret four"]);
  });

  test("a journal begun without a key goes on with one", async () => {
    const plain = await journalHere();
    await plain.append(batchOf("in the clear"));
    await plain.close();
    const sealed = await journalHere({ key });
    await sealed.append(batchOf("hidden"));
    expect((await sealed.read(0, 1)).map(({ body }) => `${body}`)).toEqual(["in the clear"]);
    expect((await sealed.read(1, 1)).map(({ body }) => `${body}`)).toEqual(["hidden"]);
    expect((await sealed.verify()).faults).toEqual([]);
  });

  test("of a newer Tiercel are refused", async () => {
    const journal = await journalHere();
    await journal.append(batchOf("one"));
    await journal.close();
    const anchor = JSON.parse(await readFile(path("anchor.json"), "utf8"));
    await writeFile(path("anchor.json"), JSON.stringify({ ...anchor, format: 2 }));
    await expect(openFileJournal({ dir })).rejects.toThrow(
      "was written by a newer Tiercel (journal format 2, this one knows 1): use that version or a later one",
    );
    await writeFile(path("anchor.json"), JSON.stringify(anchor));
    expect((await journalHere()).last).toBe(1);
  });

  test("of format 1, whose digests are SHA-256, are read and verified, and the journal goes on beyond them", async () => {
    await cp(join(import.meta.dirname, "../../../fixtures/journal-format-1"), path(""), { recursive: true });
    const one = (word: string) => `${word} `.repeat(40);
    const journal = await journalHere();
    expect(await texts(journal)).toEqual([`1 ${one("one")}`, `2 ${one("two")}`, "3 three "]);
    expect(await journal.append(batchOf("four"))).toEqual({ position: 4, double: false });
    // Verifying waits for the old live file to be sealed, as what it is.
    expect(await journal.verify()).toEqual({ entries: 4, segments: 4, faults: [] });
    expect((await files()).map((name) => name.replace(/^0+/, ""))).toEqual([
      "1.sealed",
      "2.sealed",
      "3.sealed",
      "4.live",
    ]);
    expect((await readFile(path((await files())[2]!))).readUInt16LE(8)).toBe(1);
    expect((await readFile(path((await files())[3]!))).readUInt16LE(8)).toBe(2);
    expect(await texts(journal)).toEqual([`1 ${one("one")}`, `2 ${one("two")}`, "3 three ", "4 four"]);
  });

  test.each([1, 2])("of format %i are read where a header forgot which format it is of", async (format) => {
    if (format === 1)
      await cp(join(import.meta.dirname, "../../../fixtures/journal-format-1"), path(""), { recursive: true });
    else await (await journalHere()).append(batchOf("three "));
    await open.pop()?.close();
    const name = path((await files()).at(-1)!);
    const image = await readFile(name);
    for (const wrong of [0, 1, 2, 3, 255].filter((one) => one !== format)) {
      image.writeUInt16LE(wrong, 8);
      await writeFile(name, image);
      const journal = await journalHere();
      expect((await texts(journal)).at(-1)).toMatch(/^\d three $/);
      await open.pop()!.close();
      await rm(path((await files()).at(-1)!));
    }
  });

  test("a new journal begins where an index stands that outlived the old one", async () => {
    const journal = await journalHere({ startAfter: 41 });
    expect(await journal.append(batchOf("first"))).toEqual({ position: 42, double: false });
    expect([journal.first, journal.last]).toEqual([42, 42]);
    expect((await journal.verify()).faults).toEqual([]);
  });

  test("a key is 32 bytes in hexadecimal or base64", () => {
    expect(journalKey(`${"07".repeat(32)}\n`)).toEqual(key);
    expect(journalKey(key.toString("base64"))).toEqual(key);
    expect(() => journalKey("swordfish")).toThrow(
      "the journal's key must be 32 bytes, written as 64 hexadecimal digits or in base64: `openssl rand -hex 32` makes one",
    );
  });
});
