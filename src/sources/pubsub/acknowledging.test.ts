import type { Message } from "@google-cloud/pubsub";
import { expect, test } from "vitest";
import { Acknowledging } from "./acknowledging.ts";

test("a message whose acknowledgement was lost is known when it comes again, until it is heard", async () => {
  const lost: string[] = [];
  const acknowledging = new Acknowledging((why) => lost.push(why));
  const answers = [Promise.reject(new Error("INVALID: too late")), Promise.resolve("SUCCESS")];
  const message = { id: "m-1", ackWithResponse: () => answers.shift() } as unknown as Message;
  expect(acknowledging.wasKept(message)).toBe(false);
  acknowledging.acknowledge(message);
  await expect.poll(() => lost).toEqual(["INVALID: too late"]);
  expect(acknowledging.wasKept(message)).toBe(true);
  acknowledging.acknowledge(message);
  await expect.poll(() => acknowledging.wasKept(message)).toBe(false);
});
