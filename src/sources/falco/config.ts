/** Options of the Falco source. */
import { z } from "zod";
import { guarded, listenOption, roomForOne, senderOptions } from "../webhook-config.ts";

export const falcoConfig = z
  .strictObject({
    type: z.literal("falco"),
    listen: listenOption.default("127.0.0.1:7770").describe("Where to listen, as ADDRESS:PORT."),
    ...senderOptions,
  })
  .superRefine(guarded)
  .superRefine(roomForOne)
  .describe(
    "Takes alerts that Falco (`http_output`) or falcosidekick (`webhook`) post to `/falco`, or `/falco/<cluster>`: what happens inside containers and on hosts.",
  );
