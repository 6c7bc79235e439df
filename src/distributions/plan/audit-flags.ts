/** The API server's flags by which it sends its audit events to us. */

export interface Flag {
  /** Without the dashes. */
  readonly name: string;
  readonly value: string;
}

/**
 * Small enough batches that none times out, a buffer and a back-off that outlive a restart of ours, events of up to
 * 1 MiB before bodies are taken off (reference 04 §2.6, operator recipe). All exist since Kubernetes 1.11.
 */
export function auditFlags({
  policy,
  webhook,
}: {
  readonly policy: string;
  readonly webhook: string;
}): readonly Flag[] {
  return [
    { name: "audit-policy-file", value: policy },
    { name: "audit-webhook-config-file", value: webhook },
    { name: "audit-webhook-mode", value: "batch" },
    { name: "audit-webhook-batch-max-size", value: "200" },
    { name: "audit-webhook-batch-max-wait", value: "5s" },
    { name: "audit-webhook-batch-buffer-size", value: "30000" },
    { name: "audit-webhook-batch-throttle-qps", value: "50" },
    { name: "audit-webhook-batch-throttle-burst", value: "100" },
    { name: "audit-webhook-initial-backoff", value: "30s" },
    { name: "audit-webhook-truncate-enabled", value: "true" },
    { name: "audit-webhook-truncate-max-event-size", value: "1048576" },
  ];
}

/** Flags that say where the API server's records go: set by somebody else, auditing is on already. */
export const telling: readonly string[] = ["audit-webhook-config-file", "audit-policy-file"];
