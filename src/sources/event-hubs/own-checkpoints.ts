/** Checkpoints in our own state: how far each partition was read. One server reads all partitions, so none is shared. */
import type { Checkpoint, CheckpointStore, PartitionOwnership } from "@azure/event-hubs";
import type { SourceMemory } from "../../domain/source.ts";

/** What both kinds of stores promise beyond the library's contract. */
export interface Checkpoints extends CheckpointStore {
  /** Makes a partition one that was never read. */
  forget(partition: string): Promise<void>;
  /** Nobody here reads a partition any more. */
  release(partition: string): void;
}

/** `place` tells the hub and the consumer group: another hub begins anew. */
export function ownCheckpoints(memory: SourceMemory, place: string): Checkpoints {
  const owned = new Map<string, PartitionOwnership>();
  const key = `checkpoints of ${place}`;
  const load = async () => new Map(JSON.parse((await memory.get(key)) ?? "[]") as [string, Checkpoint][]);
  // Partitions move at the same time, and what is kept is one text.
  let writing: Promise<unknown> = Promise.resolve();
  const change = (how: (all: Map<string, Checkpoint>) => void): Promise<void> => {
    const done = writing.then(async () => {
      const all = await load();
      how(all);
      await memory.set(key, JSON.stringify([...all]));
    });
    writing = done.catch(() => {});
    return done;
  };
  return {
    listOwnership: async () => [...owned.values()],
    async claimOwnership(wanted) {
      const now = Date.now();
      const claimed = wanted.map((one) => ({ ...one, etag: "ours", lastModifiedTimeInMs: now }));
      for (const one of claimed) owned.set(one.partitionId, one);
      return claimed;
    },
    listCheckpoints: async () => [...(await load()).values()],
    updateCheckpoint: (checkpoint) => change((all) => all.set(checkpoint.partitionId, checkpoint)),
    release: (partition) => void owned.delete(partition),
    forget: (partition) => change((all) => all.delete(partition)),
  };
}
