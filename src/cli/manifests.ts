/** `tiercel manifests`: what runs Tiercel itself in a cluster. */
import { isIP } from "node:net";
import { type ManifestWish, manifests, manifestsText } from "../distributions/manifests.ts";
import { type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";

export interface ManifestOptions extends ManifestWish {
  readonly output?: "yaml" | "json";
}

export async function printManifests({ output = "yaml", ...wish }: ManifestOptions, io: Io): Promise<ExitCode> {
  check(wish);
  const list = { apiVersion: "v1", kind: "List", items: manifests(wish).map(({ object }) => object) };
  await io.stdout.write(output === "yaml" ? manifestsText(wish) : `${JSON.stringify(list, null, 2)}\n`);
  return exitCodes.fine;
}

function check({ namespace, clusterIp, image, cluster, storage }: ManifestWish): void {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new UsageError(`\`${namespace}\` is no namespace`, "it is made of small letters, digits and `-`");
  if (isIP(clusterIp) === 0)
    throw new UsageError(
      `\`${clusterIp}\` is no IP address`,
      "take a free one of the cluster's service range (--service-cluster-ip-range of the API server)",
    );
  if (!/^[^\s"']+$/.test(image)) throw new UsageError(`\`${image}\` is no image`, "write it like `registry/name:tag`");
  if (!/^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/.test(cluster))
    throw new UsageError(`\`${cluster}\` is no name for a cluster`, "it is made of letters, digits, `.`, `_` and `-`");
  if (!/^[1-9]\d*(\.\d+)?([KMGTP]i?)?$/.test(storage))
    throw new UsageError(`\`${storage}\` is no size of a volume`, "write it like `50Gi`");
}
