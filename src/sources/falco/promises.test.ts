/** Falco's alerts, put to what every source promises. */
import { expect, test } from "vitest";
import { sourceContract, untilAnswered } from "../source.contract.ts";
import { webhook } from "../webhook.ts";
import { webhookConfig } from "../webhook-config.ts";
import { kitWorld } from "../world.kit.ts";
import { falco } from "./index.ts";

sourceContract({
  kind: falco,
  cluster: "prod",
  answersWhenKept: true,
  mostWaiting: 3,
  isExact: true,
  wrong: [
    [
      { max_in_flight_bytes: 2048, max_body_bytes: 4096 },
      "max_in_flight_bytes: must not be below `max_body_bytes` (4096)",
    ],
    [{ listen: "7770" }, "listen: must be ADDRESS:PORT"],
    [{ listen: "0.0.0.0:7770" }, "nothing says who may send"],
  ],
  place: async () => ({
    options: { listen: "127.0.0.1:0", max_body_bytes: 14_000, max_in_flight_bytes: 14_000 },
    put: (events, standing) =>
      untilAnswered(() =>
        fetch(`${standing().address}/falco/prod`, { method: "POST", body: `${events.join("\n")}\n` }),
      ),
  }),
});

test("by the webhook's door alerts are kept under a name of their own, and say nothing of audit events", async () => {
  const world = kitWorld("webhook");
  const source = webhook.open(webhookConfig.parse({ listen: "127.0.0.1:0" }), world);
  await source.start();
  try {
    const post = (path: string) => fetch(`${source.address}${path}`, { method: "POST", body: "{}" });
    expect((await post("/falco/prod")).status).toBe(200);
    expect(source.health().lastBatchAt).toBeNull();
    expect(source.also?.map(({ name, health }) => [name, health().lastBatchAt])).toEqual([["falco", expect.any(Date)]]);
    expect((await post("/k8s_audit/prod")).status).toBe(200);
    expect(world.kept.map((batch) => batch.source)).toEqual(["falco", "webhook"]);
  } finally {
    await source.stop();
  }
});

test("an address for alerts takes no audit events", async () => {
  const world = kitWorld("falco");
  const source = falco.open(falco.config.parse({ type: "falco", listen: "127.0.0.1:0" }), world);
  await source.start();
  try {
    const answer = await fetch(`${source.address}/k8s_audit`, { method: "POST", body: "{}" });
    expect([answer.status, await answer.text()]).toEqual([404, "post Falco's alerts to /falco\n"]);
  } finally {
    await source.stop();
  }
});
