/** The sources shelf: every kind there is. */
import { demo } from "./demo.ts";
import { webhook } from "./webhook.ts";

export { demo } from "./demo.ts";
export { webhook } from "./webhook.ts";

export const sources = { webhook, demo } as const;
