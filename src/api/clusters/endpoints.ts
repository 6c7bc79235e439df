/** Clusters: how each is doing, and adding one. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { receiverBase, receiverUrl } from "../../distributions/receiver-url.ts";
import { endpoint, known } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { Clusters, MadeCluster, NewCluster } from "./schema.ts";

const NoQuery = z.strictObject({});

/** The token that a cluster's API servers send; making it anew ends the one before. */
export const clusterToken = (cluster: string) => `cluster-${cluster}`;

export const clusterEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/clusters",
    operation: "clusters",
    doc: "Every cluster known, with how it is doing.",
    role: "viewer",
    query: NoQuery,
    answer: Clusters,
    respond: ({ clusters }) => clusters.view(),
  }),
  endpoint({
    method: "POST",
    path: "/api/v1/clusters",
    operation: "addCluster",
    doc: "Makes a cluster known and a token for it, which is shown in this answer and never again; the one it had ends.",
    role: "admin",
    query: NoQuery,
    body: NewCluster,
    answer: MadeCluster,
    respond: async ({ state, clusters }, { body: { name, receiver }, who }) => {
      const { name: by } = known(who);
      const address = receiverUrl(receiver, name);
      if ("problem" in address) throw new RequestFailure("invalid", address.problem, address.help);
      const token = `tiercel_${randomBytes(32).toString("base64url")}`;
      const isNew = await clusters.register(name);
      const had = (await state.tokens()).some((one) => one.name === clusterToken(name));
      await state.addToken({ name: clusterToken(name), role: "ingest", cluster: name, secret: token });
      const record = state.documents.record;
      if (isNew) await record({ kind: "cluster", id: name, by, action: "create", before: null, after: name });
      await record({
        ...{ kind: "token", id: clusterToken(name), by },
        ...(had ? { action: "update" as const, before: "a token" } : { action: "create" as const, before: null }),
        after: JSON.stringify({ role: "ingest", cluster: name }),
      });
      return Response.json({ name, token, receiver: receiverBase(address.url) }, { status: 201 });
    },
  }),
];
