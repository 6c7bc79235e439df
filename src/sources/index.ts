/** The sources shelf: every kind there is. */
import { admission } from "./admission/index.ts";
import { cloudLogging } from "./cloud-logging/index.ts";
import { cloudWatch } from "./cloudwatch/index.ts";
import { demo } from "./demo.ts";
import { eventHubs } from "./event-hubs/index.ts";
import { falco } from "./falco/index.ts";
import { firehose } from "./firehose/index.ts";
import { kafka } from "./kafka/index.ts";
import { kinesis } from "./kinesis/index.ts";
import { logFile } from "./log-file/index.ts";
import { pubSub } from "./pubsub/index.ts";
import { pubSubPush } from "./pubsub-push/index.ts";
import { webhook } from "./webhook.ts";

export { admission } from "./admission/index.ts";
export { cloudLogging } from "./cloud-logging/index.ts";
export { cloudWatch } from "./cloudwatch/index.ts";
export { demo } from "./demo.ts";
export { eventHubs } from "./event-hubs/index.ts";
export { falco } from "./falco/index.ts";
export { firehose } from "./firehose/index.ts";
export { kafka } from "./kafka/index.ts";
export { kinesis } from "./kinesis/index.ts";
export { logFile } from "./log-file/index.ts";
export { pubSub } from "./pubsub/index.ts";
export { pubSubPush } from "./pubsub-push/index.ts";
export { webhook } from "./webhook.ts";

export const sources = {
  webhook,
  "log-file": logFile,
  cloudwatch: cloudWatch,
  firehose,
  kinesis,
  "event-hubs": eventHubs,
  kafka,
  pubsub: pubSub,
  "pubsub-push": pubSubPush,
  "cloud-logging": cloudLogging,
  admission,
  falco,
  demo,
} as const;
