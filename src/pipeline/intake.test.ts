/** What sources deliver into, and what is counted on the way. */
import { expect, test } from "vitest";
import { type Batch, Refusal } from "../domain/batch.ts";
import { heldSignals } from "../domain/signals.ts";
import { intake } from "./intake.ts";

const batch = (cluster: string, secs: number): Batch => ({
  source: "webhook",
  cluster,
  receivedAt: new Date(1_000_000 + secs * 1000),
  body: Buffer.from("12345"),
});

test("a batch is counted once, its double as one, and its cluster is noted now and then", async () => {
  const signals = heldSignals();
  const touched: string[] = [];
  let last = 0;
  const deliver = intake({
    journal: {
      append: async () => (last === 3 ? { position: 3, double: true } : { position: ++last, double: false }),
    },
    state: { touchCluster: async (name, now) => void touched.push(`${name} ${now.getTime()}`) },
    signals,
    log: () => {},
  });
  for (const secs of [0, 9, 11, 12]) await deliver(batch("berlin", secs));
  const of = { source: "webhook", cluster: "berlin" };
  expect(signals.value("tiercel_ingest_batches_total", of)).toBe(3);
  expect(signals.value("tiercel_ingest_bytes_total", of)).toBe(15);
  expect(signals.value("tiercel_ingest_doubles_total", of)).toBe(1);
  expect(signals.value("tiercel_source_last_event_timestamp_seconds", of)).toBe(1011);
  expect(touched).toEqual(["berlin 1000000", "berlin 1011000"]);
});

test("the journal's refusal goes to the source, and nothing is counted", async () => {
  const signals = heldSignals();
  const deliver = intake({
    journal: { append: () => Promise.reject(new Refusal("disk-full", "full")) },
    state: { touchCluster: () => Promise.reject(new Error("never asked")) },
    signals,
    log: () => {},
  });
  await expect(deliver(batch("berlin", 0))).rejects.toMatchObject({ kind: "disk-full" });
  expect(signals.value("tiercel_ingest_batches_total", { source: "webhook", cluster: "berlin" })).toBe(0);
});
