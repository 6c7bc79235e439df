/** Events on their way to the journal: API servers do not wait for a slow disk, so these do, within a bound. */
import { Refusal } from "../../domain/batch.ts";

export interface Waiting {
  /** Resolves once the text is kept; undefined, and nothing taken, where too much waits. */
  add(cluster: string, text: string): Promise<void> | undefined;
  /** Resolves when all that waits is kept, or the time is up, with how many texts by cluster are lost then. */
  drain(millis: number): Promise<ReadonlyMap<string, number>>;
}

export interface WaitingWorld {
  readonly deliver: (cluster: string, body: Buffer) => Promise<void>;
  readonly maxBytes: number;
  /** Told of each refusal, and with `undefined` when it goes on. */
  readonly trouble: (why: string | undefined) => void;
  /** False when nothing shall be tried any more. */
  readonly pause: (millis: number) => Promise<boolean>;
}

interface Line {
  readonly cluster: string;
  readonly text: string;
  readonly kept: () => void;
}

const firstRetryMs = 200;
const lastRetryMs = 10_000;
const largestBatch = 1024 ** 2;

export function waiting({ deliver, maxBytes, trouble, pause }: WaitingWorld): Waiting {
  let lines: Line[] = [];
  let bytes = 0;
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let delay = firstRetryMs; lines.length > 0; ) {
      const batch = nextBatch(lines);
      const body = Buffer.from(batch.map(({ text }) => `${text}\n`).join(""));
      try {
        await deliver(batch[0]?.cluster ?? "", body);
      } catch (error) {
        // A bug must not end the line: it is told, and what waits is tried again.
        trouble(error instanceof Refusal ? error.message : `a bug: ${error}`);
        if (!(await pause(delay))) return;
        delay = Math.min(2 * delay, lastRetryMs);
        continue;
      }
      trouble(undefined);
      delay = firstRetryMs;
      const done = new Set(batch);
      lines = lines.filter((line) => !done.has(line));
      for (const { text, kept } of batch) {
        bytes -= text.length;
        kept();
      }
    }
  }

  return {
    add(cluster, text) {
      if (bytes > 0 && bytes + text.length > maxBytes) return undefined;
      bytes += text.length;
      const { promise, resolve } = Promise.withResolvers<void>();
      lines.push({ cluster, text, kept: resolve });
      working ??= Promise.resolve()
        .then(work)
        .finally(() => {
          working = undefined;
        });
      return promise;
    },
    async drain(millis) {
      await Promise.race([working, pause(millis)]);
      return new Map(
        [...Map.groupBy(lines, ({ cluster }) => cluster)].map(([cluster, { length }]) => [cluster, length]),
      );
    },
  };
}

/** As many of the first one's cluster as make a batch. */
function nextBatch(lines: readonly Line[]): readonly Line[] {
  const cluster = lines[0]?.cluster;
  const batch: Line[] = [];
  let size = 0;
  for (const line of lines) {
    if (line.cluster !== cluster) continue;
    if (batch.length > 0 && size + line.text.length > largestBatch) break;
    batch.push(line);
    size += line.text.length;
  }
  return batch;
}
