/** The Pub/Sub push source's options. */
import { z } from "zod";
import { pushTls } from "../push-server.ts";
import { addressOf, clusterOption, isLoopback, listenOption } from "../webhook-config.ts";

export const pubSubPushConfig = z
  .strictObject({
    type: z.literal("pubsub-push"),
    listen: listenOption
      .default("127.0.0.1:7769")
      .describe("Where to listen, as ADDRESS:PORT. Google itself comes by HTTPS with a public certificate only."),
    cluster: clusterOption
      .optional()
      .describe(
        "The cluster whose events these are. Unless told: as the path `/pubsub/CLUSTER` says, else as each log entry does, else the subscription's name.",
      ),
    audience: z
      .string()
      .min(1)
      .optional()
      .describe("The audience of the subscription's push authentication; Google's default is the push endpoint's URL."),
    service_account: z
      .email()
      .optional()
      .describe("The service account that the subscription pushes as. Another's tokens are refused."),
    token_required: z
      .boolean()
      .default(true)
      .describe("Only Google's own signed tokens for `audience` and `service_account` get in."),
    certs_url: z
      .url()
      .default("https://www.googleapis.com/oauth2/v1/certs")
      .describe("Where the certificates of Google's tokens are read, PEM by key id."),
    tls: pushTls,
    max_body_bytes: z
      .int()
      .min(1024)
      .max(1024 ** 3)
      .default(32 * 1024 ** 2)
      .describe("Larger requests are refused with 413. A message of 10 MB comes as 14 MB."),
  })
  .superRefine(({ listen, token_required, audience, service_account }, context) => {
    const complain = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (!token_required) {
      if (!isLoopback(addressOf(listen).host))
        complain(
          "token_required",
          `${listen} can be reached from other machines, and nothing says who may send: leave \`token_required\` on`,
        );
      return;
    }
    if (audience === undefined)
      complain("audience", "tells which tokens are meant for us: set it as `--push-auth-token-audience` does");
    if (service_account === undefined)
      complain("service_account", "tells who may push: set it as `--push-auth-service-account` does");
  })
  .describe(
    "Takes what a Pub/Sub push subscription posts: GKE's audit log entries, wrapped or not. Google's signed token says who comes, so nothing of ours needs a right in Google Cloud.",
  );

export type PubSubPushConfig = z.output<typeof pubSubPushConfig>;
