/** Which bodies came lately, so that one sent again is known. */
import type { Meta } from "./frame.ts";

/** More bodies than this are not remembered, however young: about 200 MB of memory. */
const mostBodies = 1_000_000;

export interface BodyMemory {
  /** The position of the same bytes from the same sender, or the promise of it while they are being written. */
  find(key: string): number | Promise<number> | undefined;
  /** Remembers a body that is being written; forgets it again if that fails. */
  expect(key: string, at: number, position: Promise<number>): void;
  /** Remembers a body that is kept. */
  keep(key: string, at: number, position: number): void;
}

/**
 * A sender is a source and a cluster: two clusters may send the same bytes (an empty list) and mean two things. A body
 * that broke off is another thing than a whole one of the same bytes, whose retry must not be lost over it.
 */
export function bodyKey({ source, cluster, cut }: Omit<Meta, "receivedAt">, digest: Buffer): string {
  return `${digest.toString("latin1")}${cut ? "…" : ""} ${source} ${cluster}`;
}

/** Forgets what is older than `rememberMs` by the clock it is asked with. */
export function bodyMemory(rememberMs: number): BodyMemory {
  const bodies = new Map<string, { at: number; position: number | Promise<number> }>();
  return {
    find: (key) => bodies.get(key)?.position,
    expect(key, at, position) {
      forget(at);
      bodies.set(key, { at, position });
      position.then(
        (kept) => bodies.get(key)?.position === position && bodies.set(key, { at, position: kept }),
        () => bodies.get(key)?.position === position && bodies.delete(key),
      );
    },
    keep(key, at, position) {
      forget(at);
      bodies.set(key, { at, position });
    },
  };

  /** Bodies come in nearly the order of their times, so the oldest stand first. */
  function forget(now: number) {
    for (const [key, { at }] of bodies) {
      if (at >= now - rememberMs && bodies.size < mostBodies) return;
      bodies.delete(key);
    }
  }
}
