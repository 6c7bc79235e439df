/** A thread that opens when it is told what to do, and dies of the first question. */
import { parentPort } from "node:worker_threads";
import type { FrontTells } from "./told.ts";

parentPort?.once("message", () => {
  parentPort?.on("message", () => {
    throw new Error("it was asked");
  });
  parentPort?.postMessage({
    ...{ tells: "opened", reach: { first: 1, last: 7 }, look: { sources: [], silences: [] } },
  } satisfies FrontTells);
});
