/** The webhook's options. */
import { isIPv4 } from "node:net";
import { z } from "zod";
import { clusterNamePattern } from "../domain/cluster-name.ts";

const tls = z.strictObject({
  cert_file: z.string().describe("The server's certificate with its chain, PEM. Read again when it changes."),
  key_file: z.string().describe("The certificate's private key, PEM."),
  client_ca_file: z
    .string()
    .optional()
    .describe("Only clients with a certificate of this authority may send (mTLS). PEM."),
  client_cn_is_cluster: z
    .boolean()
    .default(false)
    .describe("The common name of a client's certificate names its cluster; a cluster in the path must be the same."),
});

/** The cluster of batches that name none. */
export const defaultCluster = "default";

/** The cluster that a source's batches are kept under. */
export const clusterOption = z
  .string()
  .regex(clusterNamePattern, { error: "must be letters, digits, `.`, `_` and `-`" });

/** Where a source listens. */
export const listenOption = z.string().regex(/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/, {
  error: "must be ADDRESS:PORT, as 127.0.0.1:7765 or [::1]:7765",
  abort: true,
});

/** Who may send, and how much. */
export const senderOptions = {
  token_required: z
    .boolean()
    .default(false)
    .describe("Only senders with an ingest token may send; a token's cluster is the cluster of what it sends."),
  tls: tls.optional().describe("Serve HTTPS. API servers send tokens over HTTPS only."),
  insecure: z
    .boolean()
    .default(false)
    .describe(
      "Listen beyond this machine without asking who sends. Anybody who reaches the address can then make up audit events, hide real ones among them, and fill the disk.",
    ),
  max_body_bytes: z
    .number()
    .int()
    .min(1024)
    .max(1024 ** 3)
    .default(64 * 1024 ** 2)
    .describe("Larger bodies are refused with 413, before and after unpacking."),
  max_in_flight_bytes: z
    .number()
    .int()
    .min(1024)
    .default(512 * 1024 ** 2)
    .describe("While bodies being received come to more, new ones are refused with 503. Not below `max_body_bytes`."),
  max_concurrent_requests: z
    .number()
    .int()
    .min(1)
    .default(512)
    .describe("While more requests are at work, new ones are refused with 503."),
};

interface Bounds {
  readonly max_body_bytes: number;
  readonly max_in_flight_bytes: number;
}

/** A body that may come must fit, or its sender would be refused for ever. */
export function roomForOne({ max_body_bytes, max_in_flight_bytes }: Bounds, context: z.core.$RefinementCtx): void {
  if (max_in_flight_bytes >= max_body_bytes) return;
  context.addIssue({
    code: "custom",
    path: ["max_in_flight_bytes"],
    message: `must not be below \`max_body_bytes\` (${max_body_bytes}), or a body of that size would be refused for ever: raise it, or lower \`max_body_bytes\` to ${max_in_flight_bytes}`,
  });
}

interface Listening {
  readonly listen: string;
  readonly token_required: boolean;
  readonly insecure: boolean;
  readonly tls?: { readonly client_ca_file?: string | undefined } | undefined;
}

/** Nobody listens to everybody without having said so. */
export function guarded({ listen, token_required, tls, insecure }: Listening, context: z.core.$RefinementCtx): void {
  if (isLoopback(addressOf(listen).host) || token_required || tls?.client_ca_file !== undefined || insecure) return;
  context.addIssue({
    code: "custom",
    path: ["listen"],
    message: `${listen} can be reached from other machines, and nothing says who may send: set \`token_required: true\`, or \`tls.client_ca_file\`, or listen on 127.0.0.1; \`insecure: true\` lets anybody send made-up events and fill the disk`,
  });
}

export const webhookConfig = z
  .strictObject({
    type: z.literal("webhook").default("webhook"),
    listen: listenOption.default("127.0.0.1:7765").describe("Where to listen, as ADDRESS:PORT."),
    ...senderOptions,
  })
  .superRefine(guarded)
  .superRefine(roomForOne)
  .describe(
    "Takes audit events that Kubernetes API servers post to `/k8s_audit`, or `/k8s_audit/<cluster>`; and alerts that Falco or falcosidekick post to `/falco`, or `/falco/<cluster>`.",
  );

export type WebhookConfig = z.output<typeof webhookConfig>;

export function addressOf(listen: string): { readonly host: string; readonly port: number } {
  const colon = listen.lastIndexOf(":");
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(listen.slice(colon + 1)) };
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
}
