/** The configuration: the shelves' own options, and the few that belong to nobody. */
import { z } from "zod";
import { ownSource } from "../domain/detection.ts";
import { admissionConfig } from "../sources/admission/config.ts";
import { cloudLoggingConfig } from "../sources/cloud-logging/config.ts";
import { cloudWatchConfig } from "../sources/cloudwatch/config.ts";
import { demoConfig } from "../sources/demo-config.ts";
import { eventHubsConfig } from "../sources/event-hubs/config.ts";
import { falcoConfig } from "../sources/falco/config.ts";
import { firehoseConfig } from "../sources/firehose/config.ts";
import { kafkaConfig } from "../sources/kafka/config.ts";
import { kinesisConfig } from "../sources/kinesis/config.ts";
import { logFileConfig } from "../sources/log-file/config.ts";
import { pubSubConfig } from "../sources/pubsub/config.ts";
import { pubSubPushConfig } from "../sources/pubsub-push/config.ts";
import { clusterOption, webhookConfig } from "../sources/webhook-config.ts";
import { addressOption } from "./address.ts";
import { Auth } from "./auth.ts";

const mebibyte = 1 << 20;

const days = (doc: string) => z.number().positive().optional().describe(doc);
const bytes = (least: number, doc: string) => z.int().min(least).optional().describe(doc);
const sourceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, { error: "must be small letters, digits and `-`" })
  .refine((name) => name !== ownSource, { error: "is the name of what Tiercel itself finds out; choose another" })
  .optional()
  .describe("The name its batches are kept under. Its type, unless told.");

const Api = z.strictObject({
  listen: addressOption
    .default("127.0.0.1:7766")
    .describe("Where the API listens. Beyond loopback it is plain HTTP: put TLS in front of it."),
  open_metrics: z
    .boolean()
    .optional()
    .describe("Whether `/metrics` can be read without a token. Unless told: only where the API listens on loopback."),
  base_path: z
    .string()
    .regex(/^(\/[A-Za-z0-9._~-]+)*$/, { error: "must begin with `/` and not end with it, as `/tiercel` does" })
    .default("")
    .describe("What stands before the paths of pages and API where a proxy serves them below a sub-path: `/tiercel`."),
  public_url: z
    .url({ protocol: /^https?$/, error: "must be an address like `https://tiercel.example`" })
    .refine((text) => !text.endsWith("/"), { error: "must not end with `/`" })
    .optional()
    .describe("How browsers reach the pages, `base_path` with it. Unless told: as each request says."),
});

const Selection = z.union([
  z.strictObject({ enable: z.strictObject({ rule: z.string().optional(), tag: z.string().optional() }) }),
  z.strictObject({ disable: z.strictObject({ rule: z.string().optional(), tag: z.string().optional() }) }),
]);

const Rules = z.strictObject({
  files: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Rules files, and folders of them, in the order they are loaded. Instead of Tiercel's own pack."),
  matching: z
    .enum(["first", "all"])
    .default("first")
    .describe("Whether an event makes a detection of the first rule that matches, as Falco's default is, or of all."),
  selection: z
    .array(Selection)
    .default([])
    .describe("Turns rules on and off, by name (with `*`) or tag, in order, as Falco's `rules` option does."),
  watch: z
    .boolean()
    .default(true)
    .describe("Whether changed files are loaded again by themselves. SIGHUP does it always."),
});

const Journal = z.strictObject({
  max_age_days: days("Batches older than this are given back, counted from their receipt.").default(30),
  max_bytes: bytes(
    64 * mebibyte,
    "The oldest batches are given back while the journal is bigger on disk. The events of activities are read from it.",
  ).default(32 * 1024 * mebibyte),
  min_free_bytes: z
    .int()
    .min(0)
    .default(256 * mebibyte)
    .describe("While less is free on its disk, batches are refused with 503 and sent again later."),
  encryption_key: z
    .string()
    .optional()
    .describe("Encrypts the journal at rest (AES-256-GCM): 32 bytes in hexadecimal or base64. Better in a file."),
  encryption_key_file: z.string().min(1).optional().describe("The file that holds the key."),
});

const Index = z.strictObject({
  max_age_days: days("Activities, detections and quarantine older than this go, counted from receipt.").default(30),
  max_bytes: bytes(64 * mebibyte, "The oldest rows go while the index is bigger on disk.").default(8 * 1024 * mebibyte),
  memory_limit_bytes: z
    .int()
    .min(64 * mebibyte)
    .default(512 * mebibyte)
    .describe("What the index may hold in memory."),
});

const Health = z.strictObject({
  silent_after_secs: z
    .number()
    .positive()
    .default(600)
    .describe("A source is called silent after so long without a batch."),
  max_lag_secs: z
    .number()
    .positive()
    .default(60)
    .describe("While the oldest batch not judged yet is older than this, the server says it is not ready."),
});

const Log = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("The least grave lines shown."),
  format: z
    .enum(["auto", "text", "json"])
    .default("auto")
    .describe("How log lines look on stderr. `auto`: text on a terminal, JSON elsewhere."),
});

const Cluster = z
  .strictObject({
    name: clusterOption.describe("The cluster's name, as in `/k8s_audit/NAME`."),
    id: z
      .string()
      .min(1)
      .optional()
      .describe(
        "What its events' wrappings call it: OpenShift's `cluster_id`, an AKS cluster's whole `resourceId`. Where a source tells no cluster, events of this id are kept under the name.",
      ),
    token: z.string().min(16).optional().describe("The bearer token its API servers send. Better in a file."),
    token_file: z.string().min(1).optional().describe("The file that holds the token."),
  })
  .describe("A cluster known ahead, with the token it sends.");

/** One source's options, by their `type`. What reads them is loaded where it is wanted: a server starts without most of it. */
const Source = z.discriminatedUnion("type", [
  webhookConfig.safeExtend({ name: sourceName }).describe(webhookConfig.description ?? ""),
  logFileConfig.safeExtend({ name: sourceName }).describe(logFileConfig.description ?? ""),
  cloudWatchConfig.safeExtend({ name: sourceName }).describe(cloudWatchConfig.description ?? ""),
  firehoseConfig.safeExtend({ name: sourceName }).describe(firehoseConfig.description ?? ""),
  kinesisConfig.safeExtend({ name: sourceName }).describe(kinesisConfig.description ?? ""),
  eventHubsConfig.safeExtend({ name: sourceName }).describe(eventHubsConfig.description ?? ""),
  kafkaConfig.safeExtend({ name: sourceName }).describe(kafkaConfig.description ?? ""),
  pubSubConfig.safeExtend({ name: sourceName }).describe(pubSubConfig.description ?? ""),
  pubSubPushConfig.safeExtend({ name: sourceName }).describe(pubSubPushConfig.description ?? ""),
  cloudLoggingConfig.safeExtend({ name: sourceName }).describe(cloudLoggingConfig.description ?? ""),
  admissionConfig.safeExtend({ name: sourceName }).describe(admissionConfig.description ?? ""),
  falcoConfig.safeExtend({ name: sourceName }).describe(falcoConfig.description ?? ""),
  demoConfig.safeExtend({ name: sourceName }).describe(demoConfig.description ?? ""),
]);

export const Config = z.strictObject({
  data_dir: z
    .string()
    .min(1)
    .default("./tiercel-data")
    .describe("The folder that holds all that is kept. One server a folder."),
  sources: z
    .array(Source)
    .prefault([{ type: "webhook" }])
    .describe("Where audit events come from. Unless told: the webhook on its default address."),
  clusters: z.array(Cluster).default([]).describe("Clusters known ahead, with their tokens."),
  api: Api.prefault({}).describe("The API that answers questions."),
  auth: Auth.prefault({}).describe("Who gets in."),
  rules: Rules.prefault({}).describe("The rules that judge."),
  journal: Journal.prefault({}).describe("Raw batches, as they came."),
  index: Index.prefault({}).describe("What the journal came to: activities, detections, quarantine."),
  health: Health.prefault({}).describe("When something counts as wrong."),
  log: Log.prefault({}).describe("What is told on stderr."),
});
export type Config = z.output<typeof Config>;
export type SourceConfig = Config["sources"][number];
