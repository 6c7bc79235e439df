/** A client of one hub: logged in by an identity or a key, and held to the credit that it was told. */
import { readFileSync } from "node:fs";
import type { CheckpointStore, EventHubConsumerClient } from "@azure/event-hubs";
import type { EventHubsConfig } from "./config.ts";

/** As long as one question may take, and how often the client asks again by itself. */
const retryOptions = { maxRetries: 1, retryDelayInMs: 1000, timeoutInMs: 30_000 };

export async function openClient(config: EventHubsConfig, store: CheckpointStore): Promise<EventHubConsumerClient> {
  // Loaded where it is needed: nobody else waits for it.
  const { EventHubConsumerClient } = await import("@azure/event-hubs");
  const { consumer_group, event_hub, namespace, endpoint } = config;
  const options = {
    retryOptions,
    // Its share of the partitions at its first look, not one at each.
    loadBalancingOptions: { strategy: "greedy" as const },
    ...(endpoint !== undefined && { customEndpointAddress: `sb://${endpoint}` }),
  };
  const key = secretOf(config);
  const client =
    key === undefined
      ? new EventHubConsumerClient(
          consumer_group,
          namespace ?? "",
          event_hub,
          await identity(config.client_id),
          store,
          options,
        )
      : new EventHubConsumerClient(consumer_group, forHub(key, event_hub), event_hub, store, options);
  holdCredit(client);
  return client;
}

/** The pod's workload identity where it has one, else what the machine is logged in by. */
export async function identity(clientId: string | undefined) {
  const { DefaultAzureCredential, WorkloadIdentityCredential } = await import("@azure/identity");
  // The library's own chain would ask six others after it, and name all of them where this one is refused.
  if (process.env.AZURE_FEDERATED_TOKEN_FILE !== undefined)
    return new WorkloadIdentityCredential(clientId === undefined ? {} : { clientId });
  return new DefaultAzureCredential(
    clientId === undefined ? {} : { workloadIdentityClientId: clientId, managedIdentityClientId: clientId },
  );
}

interface Keyed {
  readonly connection_string?: string | undefined;
  readonly connection_string_file?: string | undefined;
}

/** Read anew each time: keys are rotated. */
export function secretOf({ connection_string, connection_string_file }: Keyed): string | undefined {
  return connection_string_file === undefined ? connection_string : readFileSync(connection_string_file, "utf8").trim();
}

/** `NAMESPACE/HUB/GROUP`: what checkpoints are those of. */
export function placeOf(config: EventHubsConfig): string {
  const [, told] = /(?:^|;)\s*Endpoint=sb:\/\/([^/;]+)/i.exec(secretOf(config) ?? "") ?? [];
  return `${config.namespace ?? told ?? ""}/${config.event_hub}/${config.consumer_group}`;
}

/** A key may be one hub's; then it names it, and the library refuses every other name, key and all in its words. */
function forHub(key: string, hub: string): string {
  const [, named] = /(?:^|;)\s*EntityPath=([^;]*)/i.exec(key) ?? [];
  if (named === undefined || named === hub) return key;
  throw new Error(`the connection string is for the event hub ${named}, and event_hub says ${hub}`);
}

interface Crediting {
  connection: {
    createReceiver(options: object): Promise<{ readonly credit: number; addCredit(credit: number): void }>;
  };
}

/**
 * The library adds its whole prefetch at each turn, whatever it has granted already, so that a quiet partition comes to be
 * granted thousands of messages, which a burst then puts into memory at once. Here what is granted is topped up instead
 * (a test asks the hub how much it is granted). A new connection takes the old one's place whenever it breaks.
 */
function holdCredit(client: EventHubConsumerClient): void {
  const context = (client as unknown as { readonly _context: Crediting })._context;
  let current = holding(context.connection);
  Object.defineProperty(context, "connection", {
    get: () => current,
    set: (connection: Crediting["connection"]) => {
      current = holding(connection);
    },
  });
}

function holding(connection: Crediting["connection"]): Crediting["connection"] {
  const create = connection.createReceiver.bind(connection);
  connection.createReceiver = async (options) => {
    const receiver = await create(options);
    const add = receiver.addCredit.bind(receiver);
    receiver.addCredit = (credit) => {
      const missing = credit - receiver.credit;
      if (missing > 0) add(missing);
    };
    return receiver;
  };
  return connection;
}
