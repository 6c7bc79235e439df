/** What every source promises, put to each of them with a small rig of its own. */
import { setTimeout as wait } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Source, SourceKind } from "../domain/source.ts";
import { type KitWorld, kitWorld } from "./world.kit.ts";

/** Somewhere a source reads from, or where its peer sends to it: fresh for each test. */
export interface SourcePlace {
  readonly options: object;
  /**
   * Puts audit events there, each a line of JSON. Who reads finds them; a peer that sends does so as often as it takes,
   * to the source that stands, and this resolves when it was answered well.
   */
  put(events: readonly string[], standing: () => Source): Promise<void>;
  /** Takes the peer away, and brings it back; where the rig says that it can. */
  readonly outage?: { begin(): Promise<void>; end(): Promise<void> };
  close?(): Promise<void>;
}

export interface SourceRig {
  readonly kind: SourceKind;
  place(): Promise<SourcePlace>;
  /** Under which cluster its events are kept. */
  readonly cluster: string;
  /** Its peer waits for an answer until the events are kept; else it is answered before, or need not be answered. */
  readonly answersWhenKept: boolean;
  /** At most so many batches wait to be kept at once, with the place's options. */
  readonly mostWaiting: number;
  /** After it was stopped and started nothing comes again: its cursor is its own. */
  readonly isExact: boolean;
  /** The place's peer can be taken away. */
  readonly hasOutage?: boolean;
  /** Options that are wrong, each with a word of what is said of it. */
  readonly wrong: readonly (readonly [options: object, words: string])[];
}

/** Real peers take their time on a busy machine. */
const patience = { timeout: 60_000, interval: 20 };

export function sourceContract(rig: SourceRig) {
  const { kind } = rig;
  describe(`${kind.type} keeps every source's promises`, () => {
    let place: SourcePlace;
    let standing: Source | undefined;
    const worlds: KitWorld[] = [];
    beforeEach(async () => {
      place = await rig.place();
    });
    afterEach(async () => {
      for (const world of worlds.splice(0)) world.disk.die();
      await standing?.stop();
      standing = undefined;
      await place.close?.();
    });

    async function started(before?: KitWorld): Promise<{ world: KitWorld; source: Source }> {
      const world = kitWorld(kind.type, new Map(before?.remembered));
      worlds.push(world);
      const source = kind.open(kind.config.parse({ type: kind.type, ...place.options }), world);
      expect(source.health()).toEqual({ state: "starting", lastBatchAt: null });
      await source.start();
      standing = source;
      return { world, source };
    }
    async function killed(world: KitWorld) {
      world.disk.die();
      await standing?.stop();
      standing = undefined;
    }
    const put = (from: number, to: number) =>
      place.put(events(from, to), () => {
        if (standing === undefined) throw new Error("no source stands");
        return standing;
      });
    const reach = (world: KitWorld, from: number, to: number) =>
      expect.poll(() => [...new Set(world.auditIDs())].sort(), patience).toEqual(ids(from, to));

    test("what comes is handed over under its cluster, and health and clusters say so", async () => {
      const { world, source } = await started();
      await put(0, 20);
      await reach(world, 0, 20);
      expect(new Set(world.kept.map(({ cluster }) => cluster))).toEqual(new Set([rig.cluster]));
      expect(world.kept.every((batch) => batch.source === kind.type)).toBe(true);
      await expect.poll(() => source.health().state, patience).toBe("running");
      expect(source.health().lastBatchAt).toBeInstanceOf(Date);
      expect(source.health().why).toBeUndefined();
      await expect.poll(() => [...world.known], patience).toEqual([rig.cluster]);
      await source.stop();
      expect(source.health().state).toBe("stopped");
    });

    test("nothing is let go of before it is kept: who dies before finds it again", async () => {
      const { world } = await started();
      world.disk.hold();
      let answered = false;
      const sent = put(0, 5).then(() => {
        answered = true;
      });
      await expect.poll(() => world.disk.waiting, patience).toBeGreaterThan(0);
      if (rig.answersWhenKept) expect(answered).toBe(false);
      // What is answered before lies in memory alone, and dies with it: the admission webhook says so on its page.
      const isLost = !rig.answersWhenKept && kind.facts.flow === "push";
      if (isLost) return;
      world.disk.die();
      const [dying] = [standing];
      const { world: next } = await started(world);
      await dying?.stop();
      await sent;
      await reach(next, 0, 5);
      expect(world.kept).toEqual([]);
    });

    test("what is refused comes again, not at once; health says why, and then that it is over", async () => {
      const { world, source } = await started();
      world.disk.refuse("the disk is full");
      const sent = put(0, 5);
      await expect.poll(() => source.health(), patience).toMatchObject({ state: "failing", why: /./ });
      expect(source.health().why).toContain("the disk is full");
      const before = world.disk.asked;
      await wait(300);
      // Where a peer is told that it was not kept, when it comes again is its own affair.
      if (!rig.answersWhenKept) expect(world.disk.asked - before).toBeLessThan(30);
      expect(troublesOf(world, rig)).toBeGreaterThan(0);
      world.disk.refuse(undefined);
      await sent;
      await reach(world, 0, 5);
      await expect.poll(() => source.health().state, patience).toBe("running");
      expect(source.health().why).toBeUndefined();
    });

    test("after a kill the next one goes on over the same memory: nothing is lost, and nothing shows twice", async () => {
      const { world } = await started();
      await put(0, 30);
      await expect.poll(() => world.kept.length, patience).toBeGreaterThan(0);
      if (kind.facts.flow === "push") await reach(world, 0, 30);
      await killed(world);
      const { world: next } = await started(world);
      await put(30, 40);
      const all = () => [...new Set([...world.auditIDs(), ...next.auditIDs()])].sort();
      await expect.poll(all, patience).toEqual(ids(0, 40));
      // However often one came, the index can tell that it is one.
      if (kind.type !== "admission") expect(new Set([...world.events(), ...next.events()]).size).toBe(40);
    });

    const ifExact = rig.isExact ? test : () => {};
    ifExact("after a stop nothing comes again", async () => {
      const { world, source } = await started();
      await put(0, 20);
      await reach(world, 0, 20);
      await source.stop();
      const { world: next } = await started(world);
      await put(20, 25);
      await reach(next, 20, 25);
      expect(next.auditIDs()).toHaveLength(5);
    });

    test("while nothing can be kept it does not go on reading, and loses nothing of it", async () => {
      const { world } = await started();
      world.disk.hold();
      const sent = Promise.all([put(0, 10), put(10, 20), put(20, 30), put(30, 40)]);
      await expect.poll(() => world.disk.waiting, patience).toBeGreaterThan(0);
      await wait(300);
      expect(world.disk.mostWaiting).toBeLessThanOrEqual(rig.mostWaiting);
      world.disk.goOn();
      await sent;
      await reach(world, 0, 40);
    });

    const withOutage = rig.hasOutage ? test : () => {};
    withOutage("when its peer goes away it says so, and goes on when that is back", async () => {
      const { outage } = place;
      if (outage === undefined) throw new Error("the rig says that its peer can be taken away, and it cannot");
      const { world, source } = await started();
      await put(0, 5);
      await reach(world, 0, 5);
      await outage.begin();
      await expect.poll(() => source.health().state, patience).toBe("failing");
      expect(source.health().why).toMatch(/\S/);
      expect(source.health().lastBatchAt).toBeInstanceOf(Date);
      expect(world.signals.value("tiercel_source_errors_total", { source: kind.type })).toBeGreaterThan(0);
      await outage.end();
      await put(5, 8);
      await reach(world, 0, 8);
      await expect.poll(() => source.health().state, patience).toBe("running");
    });

    test.each(rig.wrong.map(([options, words]) => [words, options] as const))(
      "wrong options are pointed at: %s",
      (words, options) => {
        const { error } = kind.config.safeParse({ type: kind.type, ...place.options, ...options });
        expect(error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n")).toContain(words);
      },
    );

    test("an unknown option is refused, and the example of its page is right", () => {
      const { error } = kind.config.safeParse({ type: kind.type, ...place.options, no_such_option: 1 });
      expect(error?.issues[0]?.message).toContain("no_such_option");
      const { sources } = parse(kind.facts.example) as { sources: readonly unknown[] };
      for (const options of sources)
        expect(kind.config.safeParse(options)).toMatchObject({ success: true, data: { type: kind.type } });
    });
  });
}

function troublesOf({ signals }: KitWorld, { cluster, kind }: SourceRig): number {
  const source = kind.type;
  const reasons = ["disk-full", "not-kept"];
  const refused = reasons.flatMap((reason) =>
    [cluster, ""].map((one) => signals.value("tiercel_ingest_rejected_total", { source, cluster: one, reason })),
  );
  return refused.reduce((a, b) => a + b, signals.value("tiercel_source_errors_total", { source }));
}

const idOf = (nth: number) => `a-${String(nth).padStart(4, "0")}`;
const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => idOf(from + at));

/** Whole audit events, one a line. */
function events(from: number, to: number): readonly string[] {
  return ids(from, to).map((auditID) => {
    const at = "2026-03-01T12:00:00.000000Z";
    return JSON.stringify({
      ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", auditID, stage: "ResponseComplete" },
      ...{ requestURI: "/api/v1/namespaces/shop/pods/web", verb: "delete", user: { username: "alice" } },
      objectRef: { resource: "pods", namespace: "shop", name: "web", apiVersion: "v1" },
      ...{ responseStatus: { metadata: {}, code: 200 }, requestReceivedTimestamp: at, stageTimestamp: at },
    });
  });
}

/** Sends until it is answered well, as API servers, clouds and forwarders do; resolves then. */
export async function untilAnswered(send: () => Promise<{ readonly ok: boolean }>): Promise<void> {
  for (let attempt = 0; attempt < 3000; attempt++) {
    try {
      if ((await send()).ok) return;
    } catch {
      // Nobody stands there, or it hung up: the next attempt finds somebody.
    }
    await wait(20);
  }
  throw new Error("it was never answered well");
}
