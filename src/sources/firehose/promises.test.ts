/** Firehose, put to what every source promises. */
import { gzipSync } from "node:zlib";
import { sourceContract, untilAnswered } from "../source.contract.ts";
import { testToken } from "../world.kit.ts";
import { firehose } from "./index.ts";

sourceContract({
  kind: firehose,
  cluster: "prod",
  answersWhenKept: true,
  mostWaiting: 3,
  isExact: true,
  wrong: [
    [
      { max_in_flight_bytes: 2048, max_body_bytes: 4096 },
      "max_in_flight_bytes: must not be below `max_body_bytes` (4096)",
    ],
    [{ listen: "7768" }, "listen: must be ADDRESS:PORT"],
    [{ listen: "0.0.0.0:7768", key_required: false }, "key_required: 0.0.0.0:7768 can be reached"],
    [{ cluster: "a/b" }, "cluster: must be letters"],
  ],
  place: async () => ({
    options: { listen: "127.0.0.1:0", max_body_bytes: 14_000, max_in_flight_bytes: 14_000 },
    put(events, standing) {
      const records = events.map((event) => ({ data: gzipSync(event).toString("base64") }));
      return untilAnswered(() =>
        fetch(`${standing().address}/firehose/prod`, {
          method: "POST",
          headers: { "x-amz-firehose-access-key": testToken, "x-amz-firehose-request-id": "r-1" },
          body: JSON.stringify({ requestId: "r-1", timestamp: 1, records }),
        }),
      );
    },
  }),
});
