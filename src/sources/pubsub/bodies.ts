/** What messages become in a batch: a line each, by cluster. */
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

/** One line. A message of several lines stays one in the envelope of a push, so that garbage spoils no neighbour. */
export function lineOf(data: Buffer): Buffer {
  if (!data.includes(0x0a) && !data.includes(0x0d)) return Buffer.concat([data, newline]);
  return Buffer.from(`{"message":{"data":"${data.toString("base64")}"}}\n`);
}

const newline = Buffer.from("\n");
