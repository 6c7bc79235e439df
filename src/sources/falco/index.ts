/** The Falco source: runtime alerts at an address of their own. The webhook takes them as well, at the same path. */
import { z } from "zod";
import { sourceKind } from "../../domain/source.ts";
import { webhookSource } from "../webhook.ts";
import { guarded, listenOption, roomForOne, senderOptions } from "../webhook-config.ts";
import { falcoFacts } from "./facts.ts";

export const falco = sourceKind({
  type: "falco",
  doc: "Takes alerts that Falco (`http_output`) or falcosidekick (`webhook`) post to `/falco`, or `/falco/<cluster>`: what happens inside containers and on hosts.",
  config: z
    .strictObject({
      type: z.literal("falco"),
      listen: listenOption.default("127.0.0.1:7770").describe("Where to listen, as ADDRESS:PORT."),
      ...senderOptions,
    })
    .superRefine(guarded)
    .superRefine(roomForOne),
  facts: falcoFacts,
  open: (config, world) => webhookSource(config, world, "alerts"),
});
