/** Whose a message is. */
import { clusterOption } from "../webhook-config.ts";

/** The cluster that a log entry names (`resource.labels.cluster_name`); undefined where it names none that could be one. */
export function clusterOf(data: Buffer): string | undefined {
  try {
    const entry = JSON.parse(data.toString()) as { resource?: { labels?: { cluster_name?: unknown } } } | null;
    return clusterOption.safeParse(entry?.resource?.labels?.cluster_name).data;
  } catch {
    // No JSON: the pipeline says so, and keeps it in quarantine.
    return undefined;
  }
}
