/** What Cloud Logging is asked: cloud.google.com/logging/docs/view/logging-query-language. */
import type { CloudLoggingConfig } from "./config.ts";

/** When Google received entries, milliseconds since 1970, both included. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * By the moment of receipt, so that what comes late is found; the entries' own time only bounds what Google has to look
 * through. Admin Activity is always there, Data Access where it is turned on.
 */
export function filterOf(config: CloudLoggingConfig, { from, to }: Stretch): string {
  const { project, gke_cluster, filter, max_lateness_secs } = config;
  const log = (name: string) => `"projects/${project}/logs/cloudaudit.googleapis.com%2F${name}"`;
  return [
    `logName=(${log("activity")} OR ${log("data_access")})`,
    'protoPayload.serviceName="k8s.io"',
    'resource.type="k8s_cluster"',
    ...(gke_cluster === undefined ? [] : [`resource.labels.cluster_name="${gke_cluster}"`]),
    `timestamp >= "${stamp(from - max_lateness_secs * 1000)}"`,
    `receiveTimestamp >= "${stamp(from)}"`,
    `receiveTimestamp <= "${stamp(to)}"`,
    ...(filter === undefined ? [] : [`(${filter})`]),
  ].join(" AND ");
}

function stamp(millis: number): string {
  return new Date(Math.max(0, millis)).toISOString();
}
