/** The Falco source: runtime alerts at an address of their own. The webhook takes them as well, at the same path. */
import { sourceKind } from "../../domain/source.ts";
import { webhookSource } from "../webhook.ts";
import { falcoConfig } from "./config.ts";
import { falcoFacts } from "./facts.ts";

export const falco = sourceKind({
  type: "falco",
  config: falcoConfig,
  facts: falcoFacts,
  open: (config, world) => webhookSource(config, world, "alerts"),
});
