/** Who may send: the clusters and tokens of the configuration, beside those of the state. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Config } from "../config/schema.ts";
import type { ClusterBook } from "../domain/source.ts";
import type { State } from "../domain/store.ts";
import { UsageError } from "./io.ts";

const shortestToken = 16;

interface CliClusterBook extends ClusterBook {
  /** Makes a cluster known that has not sent yet; true when it was not known. */
  expect(name: string): Promise<boolean>;
}

/** Makes the configured clusters known. A token of the configuration ends with its line there; the state never sees it. */
export async function clusterBook(
  clusters: Config["clusters"],
  state: State,
  now: () => Date,
): Promise<CliClusterBook> {
  const known = new Set((await state.clusters()).map(({ name }) => name));
  // Looked up by hash: how long that takes tells nothing about a token.
  const byHash = new Map<string, string>();
  for (const { name, token, token_file } of clusters) {
    if (await state.registerCluster(name, now())) known.add(name);
    const secret = token ?? (token_file === undefined ? undefined : tokenOf(token_file, name));
    if (secret === undefined) continue;
    if (byHash.has(hashOf(secret)))
      throw new UsageError(
        `clusters ${byHash.get(hashOf(secret))} and ${name} have the same token`,
        "give each its own",
      );
    byHash.set(hashOf(secret), name);
  }
  return {
    async tokenOwner(secret) {
      const cluster = byHash.get(hashOf(secret));
      return cluster === undefined ? state.tokenOwner(secret) : { role: "ingest", cluster };
    },
    isKnown: async (name) => known.has(name),
    async expect(name) {
      known.add(name);
      return state.registerCluster(name, now());
    },
    async register(name) {
      const isNew = await state.registerCluster(name, now());
      // Clusters make themselves known by sending.
      if (isNew) await state.touchCluster(name, now());
      known.add(name);
      return isNew;
    },
  };
}

function tokenOf(file: string, cluster: string): string {
  let token: string;
  try {
    token = readFileSync(file, "utf8").trim();
  } catch (error) {
    throw new UsageError(`the token of cluster ${cluster} cannot be read: ${(error as Error).message}`);
  }
  if (token.length >= shortestToken) return token;
  throw new UsageError(
    `the token of cluster ${cluster} in ${file} is too short`,
    `give it ${shortestToken} characters or more`,
  );
}

const hashOf = (secret: string) => createHash("sha256").update(secret).digest("hex");
