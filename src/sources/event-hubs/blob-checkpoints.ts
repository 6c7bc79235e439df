/** Checkpoints in a blob container, laid out as Azure's own clients do, so that several readers share the partitions. */
import type { Checkpoint, PartitionOwnership } from "@azure/event-hubs";
import type { ContainerClient } from "@azure/storage-blob";
import { identity, secretOf } from "./client.ts";
import type { EventHubsConfig } from "./config.ts";
import type { Checkpoints } from "./own-checkpoints.ts";

type Options = NonNullable<EventHubsConfig["checkpoints"]>;

/** `place` is `NAMESPACE/HUB/GROUP`, which names the blobs. */
export async function blobCheckpoints(
  options: Options,
  clientId: string | undefined,
  place: string,
): Promise<Checkpoints> {
  const container = await containerOf(options, clientId);
  const folder = place.toLowerCase();
  const [fullyQualifiedNamespace = "", eventHubName = "", consumerGroup = ""] = place.split("/");
  const where = { fullyQualifiedNamespace, eventHubName, consumerGroup };
  const blobOf = (kind: "ownership" | "checkpoint", partition: string) =>
    container.getBlockBlobClient(`${folder}/${kind}/${partition}`);

  async function list<T>(
    kind: "ownership" | "checkpoint",
    read: (
      partitionId: string,
      metadata: Readonly<Record<string, string>>,
      etag: string,
      modified: Date,
    ) => T | undefined,
  ): Promise<T[]> {
    const prefix = `${folder}/${kind}/`;
    const found: T[] = [];
    for await (const { name, metadata = {}, properties } of container.listBlobsFlat({
      prefix,
      includeMetadata: true,
    })) {
      const one = read(name.slice(prefix.length), lowered(metadata), properties.etag, properties.lastModified);
      if (one !== undefined) found.push(one);
    }
    return found;
  }

  return {
    listOwnership: () =>
      list("ownership", (partitionId, { ownerid = "" }, etag, modified): PartitionOwnership => {
        return { ...where, partitionId, ownerId: ownerid, etag, lastModifiedTimeInMs: modified.getTime() };
      }),
    async claimOwnership(wanted) {
      const claims = await Promise.all(wanted.map(claim));
      return claims.filter((one) => one !== undefined);
    },
    listCheckpoints: () =>
      list("checkpoint", (partitionId, { offset, sequencenumber }): Checkpoint | undefined =>
        offset === undefined || sequencenumber === undefined
          ? undefined
          : { ...where, partitionId, offset, sequenceNumber: Number(sequencenumber) },
      ),
    async updateCheckpoint({ partitionId, offset, sequenceNumber }) {
      const metadata = { offset: String(offset), sequencenumber: String(sequenceNumber) };
      await blobOf("checkpoint", partitionId).upload("", 0, { metadata });
    },
    async forget(partition) {
      await blobOf("checkpoint", partition).deleteIfExists();
    },
    // Another takes it over, or it is taken again when it has expired.
    release() {},
  };

  /** Undefined where another was quicker: who writes on what he read last has it. */
  async function claim(ownership: PartitionOwnership): Promise<PartitionOwnership | undefined> {
    const { partitionId, ownerId, etag } = ownership;
    const conditions = etag === undefined ? { ifNoneMatch: "*" } : { ifMatch: etag };
    try {
      const kept = await blobOf("ownership", partitionId).upload("", 0, { metadata: { ownerid: ownerId }, conditions });
      return { ...ownership, etag: kept.etag ?? "", lastModifiedTimeInMs: kept.lastModified?.getTime() ?? Date.now() };
    } catch (error) {
      const { statusCode } = error as { readonly statusCode?: number };
      if (statusCode === 409 || statusCode === 412) return undefined;
      throw error;
    }
  }
}

async function containerOf(options: Options, clientId: string | undefined): Promise<ContainerClient> {
  const { BlobServiceClient, ContainerClient } = await import("@azure/storage-blob");
  const url = options.container_url.replace(/\/$/, "");
  const key = secretOf(options);
  if (key === undefined) return new ContainerClient(url, await identity(clientId));
  return BlobServiceClient.fromConnectionString(key).getContainerClient(url.slice(url.lastIndexOf("/") + 1));
}

/** Some stores give names back in other letters. */
function lowered(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}
