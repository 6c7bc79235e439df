/** The sources shelf: every kind there is. */
import { demo } from "./demo.ts";
import { logFile } from "./log-file/index.ts";
import { webhook } from "./webhook.ts";

export { demo } from "./demo.ts";
export { logFile } from "./log-file/index.ts";
export { webhook } from "./webhook.ts";

export const sources = { webhook, "log-file": logFile, demo } as const;
