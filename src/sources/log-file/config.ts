/** The log file's options. */
import { z } from "zod";
import { clusterOption } from "../webhook-config.ts";

export const logFileConfig = z
  .strictObject({
    type: z.literal("log-file"),
    path: z
      .string()
      .min(1)
      .describe(
        "The audit log an API server writes (`--audit-log-path`), or a folder: each `*.log` in it is followed.",
      ),
    cluster: clusterOption
      .optional()
      .describe("The cluster whose log it is. Unless told: as a log forwarder's records say, else `default`."),
    begin: z
      .enum(["start", "end", "backups"])
      .default("start")
      .describe(
        "Where a log never read before is begun: at its `start`, at its `end`, or with its rotated `backups` before it.",
      ),
    poll_interval_secs: z.number().min(0.01).max(60).default(0.5).describe("How often to look for more."),
    batch_bytes: z
      .int()
      .min(1024)
      .max(64 * 1024 ** 2)
      .default(1024 ** 2)
      .describe("At most so much is handed over at once, but at least one line."),
    max_line_bytes: z
      .int()
      .min(1024)
      .max(1024 ** 3)
      .default(64 * 1024 ** 2)
      .describe("Of a longer line this much is kept, in quarantine, and the rest is passed over."),
  })
  .describe("Follows an audit log on disk, or each in a folder, through every way of rotating it.");

export type LogFileConfig = z.output<typeof logFileConfig>;
