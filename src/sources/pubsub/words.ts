/** What Google's refusals mean for who runs us. */
import type { PubSubConfig } from "./config.ts";

/** gRPC's codes, as its documentation numbers them. */
const notFound = 5;
const permissionDenied = 7;
const unavailable = 14;
const unauthenticated = 16;

/** The reason with its remedy. */
export function wordsOf(error: unknown, { project, subscription, endpoint, key_file }: PubSubConfig): string {
  const said = error instanceof Error ? error.message : String(error);
  return `Pub/Sub projects/${project}/subscriptions/${subscription}: ${said}${remedy()}`;

  function remedy(): string {
    const { code } = (error ?? {}) as { code?: unknown };
    if (code === notFound) return `; create it: gcloud pubsub subscriptions create ${subscription} --topic TOPIC`;
    if (code === permissionDenied) return "; grant roles/pubsub.subscriber on the subscription to whom we run as";
    if (code === unavailable) return `; is ${endpoint ?? "pubsub.googleapis.com:443"} reachable from here?`;
    if (code === unauthenticated || /default credentials|invalid_grant/i.test(said)) {
      return key_file === undefined
        ? "; bind our Kubernetes service account by Workload Identity, or set key_file"
        : `; is the key in ${key_file} still valid?`;
    }
    if (code === "ENOENT" && key_file !== undefined) return "; key_file must name a service account's key";
    return "";
  }
}
