/** Who posts to the webhook, and for which cluster: by token, by client certificate, by path. */
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { SourceWorld } from "../domain/source.ts";
import type { Newcomers } from "./newcomers.ts";
import { defaultCluster, type WebhookConfig } from "./webhook-config.ts";
import { isClusterName } from "./webhook-path.ts";

/** `assumed`: nobody said which cluster it is; it is noted when its events are judged. */
export type Sender = { readonly cluster: string; readonly assumed: boolean } | { readonly refused: string };

/** `named` is the cluster of the path, where it names one. */
export type SenderOf = (request: IncomingMessage, named: string | undefined) => Promise<Sender>;

export function senders(
  { token_required, tls }: Pick<WebhookConfig, "token_required" | "tls">,
  { clusters }: Pick<SourceWorld, "clusters">,
  guests: Newcomers,
): SenderOf {
  return async (request, named) => {
    const certified = tls?.client_cn_is_cluster ? commonName(request.socket) : undefined;
    if (certified !== undefined && !isClusterName(certified))
      return { refused: "the client certificate's common name is no cluster name" };
    if (certified !== undefined && named !== undefined && named !== certified)
      return { refused: "the path names another cluster than the client certificate" };
    if (!token_required) {
      const cluster = certified ?? named;
      if (cluster === undefined) return { cluster: defaultCluster, assumed: true };
      if (await guests.mayCome(cluster)) return { cluster, assumed: false };
      return { refused: "too many clusters have made themselves known; register this one first" };
    }
    const [, secret] = /^Bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? [];
    if (secret === undefined) return { refused: "a bearer token is needed" };
    const owner = await clusters.tokenOwner(secret);
    if (owner?.role !== "ingest") return { refused: "nobody's token" };
    const cluster = owner.cluster ?? certified ?? named ?? defaultCluster;
    if ((named ?? cluster) !== cluster || (certified ?? cluster) !== cluster)
      return { refused: "the token is another cluster's" };
    if (owner.cluster === null && !guests.known.has(cluster) && !(await clusters.isKnown(cluster)))
      return { refused: "the path names no known cluster" };
    return { cluster, assumed: (owner.cluster ?? certified ?? named) === undefined };
  };
}

function commonName(socket: Socket): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const { CN } = socket.getPeerCertificate().subject ?? {};
  return typeof CN === "string" ? CN : "";
}
