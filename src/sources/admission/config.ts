/** The admission webhook's options. */
import { z } from "zod";
import { addressOf, isLoopback, listenOption } from "../webhook-config.ts";

export const admissionConfig = z
  .strictObject({
    type: z.literal("admission"),
    listen: listenOption.default("127.0.0.1:7767").describe("Where to listen, as ADDRESS:PORT. Always HTTPS."),
    names: z
      .array(z.string().min(1))
      .min(1)
      .default(["tiercel.tiercel.svc", "localhost", "127.0.0.1"])
      .describe("The names and addresses API servers call it by: its own certificate is made for them."),
    tls: z
      .strictObject({
        cert_file: z.string().describe("The server's certificate with its chain, PEM. Read again when it changes."),
        key_file: z.string().describe("The certificate's private key, PEM."),
        ca_file: z
          .string()
          .optional()
          .describe(
            "Who signed it, PEM, for the `caBundle`; when it changes, the former one stays there for a day. Unless told: itself.",
          ),
        client_ca_file: z
          .string()
          .optional()
          .describe("Only API servers with a certificate of this authority may ask (mTLS). PEM."),
      })
      .optional()
      .describe("A certificate of one's own, instead of one that is made at the first start and renewed."),
    token_required: z
      .boolean()
      .default(false)
      .describe(
        "Only paths that end in an ingest token are answered: `/k8s_admission/CLUSTER/TOKEN`, or `/k8s-admission/CLUSTER/TOKEN-IN-HEX`: API servers refuse capitals and `_` in the path of a Service.",
      ),
    insecure: z
      .boolean()
      .default(false)
      .describe("Listen beyond this machine without asking who sends: anybody who reaches it can make up events."),
    registration: z
      .string()
      .min(1)
      .default("tiercel-audit")
      .describe("The ValidatingWebhookConfiguration by which API servers ask us; its `caBundle` is kept right."),
    api_server: z
      .strictObject({
        url: z.url({ protocol: /^https$/, error: "must begin with https://" }).describe("Its address."),
        token_file: z.string().min(1).describe("The file that holds the bearer token, read at each question."),
        ca_file: z.string().min(1).optional().describe("Who signed its certificate, PEM."),
      })
      .optional()
      .describe(
        "Where the registration is looked at. Unless told: the cluster we run in, where our pod has a service account's token; else nowhere.",
      ),
    answer_within_ms: z
      .int()
      .min(10)
      .max(10_000)
      .default(500)
      .describe("An API server waits no longer than this for its answer, whether the event is kept yet or not."),
    max_waiting_bytes: z
      .int()
      .min(1024)
      .default(64 * 1024 ** 2)
      .describe("While more than this waits to be kept, reviews are answered and lost, which is counted and told."),
  })
  .superRefine(({ listen, token_required, tls, insecure }, context) => {
    if (isLoopback(addressOf(listen).host) || token_required || tls?.client_ca_file !== undefined || insecure) return;
    context.addIssue({
      code: "custom",
      path: ["listen"],
      message: `${listen} can be reached from other machines, and nothing says who may ask: set \`token_required: true\`, or \`tls.client_ca_file\`, or listen on 127.0.0.1; \`insecure: true\` lets anybody make up events`,
    });
  })
  .describe(
    "Takes AdmissionReviews at `/k8s_admission` or `/k8s-admission`, with `/<cluster>` behind, always allows, and makes audit events of them. It sees no reads, no refusals, no source addresses.",
  );

export type AdmissionConfig = z.output<typeof admissionConfig>;
