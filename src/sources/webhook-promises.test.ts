/** The webhook, put to what every source promises. */
import { sourceContract, untilAnswered } from "./source.contract.ts";
import { webhook } from "./webhook.ts";

sourceContract({
  kind: webhook,
  cluster: "prod",
  answersWhenKept: true,
  mostWaiting: 3,
  isExact: true,
  wrong: [
    [
      { max_in_flight_bytes: 2048, max_body_bytes: 4096 },
      "max_in_flight_bytes: must not be below `max_body_bytes` (4096)",
    ],
    [{ listen: "7765" }, "listen: must be ADDRESS:PORT"],
    [{ listen: "0.0.0.0:7765" }, "nothing says who may send"],
    [{ max_body_bytes: 1 }, "max_body_bytes: "],
  ],
  place: async () => ({
    // Three bodies at once fit, a fourth comes again.
    options: { listen: "127.0.0.1:0", max_body_bytes: 14_000, max_in_flight_bytes: 14_000 },
    put: (events, standing) =>
      untilAnswered(() =>
        fetch(`${standing().address}/k8s_audit/prod`, { method: "POST", body: `${events.join("\n")}\n` }),
      ),
  }),
});
