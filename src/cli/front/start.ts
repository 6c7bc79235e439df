/** Begins the thread that takes in, so that it loads while the rest of the program does. */
import { Worker } from "node:worker_threads";

// Beside this one, built or not.
const entry = new URL(`./thread${import.meta.url.slice(import.meta.url.lastIndexOf("."))}`, import.meta.url);

/** It does nothing before `openFront` says what, and keeps the process from nothing till then. */
export function startFront(program = entry): Worker {
  const worker = new Worker(program, { name: "taking in" });
  worker.unref();
  return worker;
}
