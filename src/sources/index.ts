/** The sources shelf: every kind there is. */
import { admission } from "./admission/index.ts";
import { demo } from "./demo.ts";
import { logFile } from "./log-file/index.ts";
import { webhook } from "./webhook.ts";

export { admission } from "./admission/index.ts";
export { demo } from "./demo.ts";
export { logFile } from "./log-file/index.ts";
export { webhook } from "./webhook.ts";

export const sources = { webhook, "log-file": logFile, admission, demo } as const;
