/** What rules matched, as it is asked for. */
import { z } from "zod";
import { detectionFacets, type DetectionQuery as IndexQuery, type Triage, triageStates } from "../../domain/asked.ts";
import { endpoint, known } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import { listEndpoints } from "../lists/endpoints.ts";
import { filterOf, StateParameter } from "../lists/query.ts";
import { page } from "../page.ts";
import type { Parts } from "../parts.ts";
import { Detection, DetectionFilterShape, DetectionQuery, Group, TriageBody, WholeDetection } from "./schema.ts";

export const triageKind = "triage";

export async function triageOf({ state }: Pick<Parts, "state">): Promise<readonly Triage[]> {
  return (await state.documents.list(triageKind)).map(({ body }) => JSON.parse(body) as Triage);
}

export const detectionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/detections",
    operation: "detections",
    doc: "What rules matched, by the time of the event. Neither grouped nor throttled.",
    role: "viewer",
    query: DetectionQuery,
    answer: page(Detection),
    respond: ({ index }, { query }) => index.detections(filterOf<IndexQuery>(query)),
  }),
  ...listEndpoints({
    list: "detections",
    filter: DetectionFilterShape,
    facets: detectionFacets,
    columns: [
      ...["time", "severity", "priority", "rule", "policy", "cluster", "user", "verb", "resource", "namespace", "name"],
      ...["sourceIP", "userAgent", "output", "tags", "auditID", "stage", "muted", "fingerprint", "activity", "id"],
    ],
    page: ({ index }, query) => index.detections(query as IndexQuery),
  }),
  endpoint({
    method: "GET",
    path: "/api/v1/detections/groups",
    operation: "detectionGroups",
    doc: "Detections grouped by rule, actor and target, last seen first, with what was decided about each group.",
    role: "viewer",
    query: DetectionQuery.extend({ state: StateParameter }),
    answer: page(Group),
    respond: async (parts, { query: { state, ...rest } }) =>
      parts.index.groups(filterOf<IndexQuery>(rest), await triageOf(parts), state, parts.now()),
  }),
  endpoint({
    method: "PUT",
    path: "/api/v1/detections/groups/:fingerprint",
    operation: "decideGroup",
    doc: "Decides about a group: acknowledged, resolved (open again when it comes again), muted until a time, or open.",
    role: "editor",
    query: z.strictObject({}),
    body: TriageBody,
    answer: z.object({ fingerprint: z.string(), state: z.enum(triageStates), at: z.string(), by: z.string() }),
    respond: async ({ state, now }, { params: { fingerprint = "" }, body, who }) => {
      if (body.state === "muted" && body.until === undefined)
        throw new RequestFailure("invalid", "`until` is missing", "say until when it is muted");
      const { name } = known(who);
      const triage: Triage = { fingerprint, ...body, at: now().toISOString(), by: name };
      await state.documents.put({ kind: triageKind, id: fingerprint, body: JSON.stringify(triage), by: name });
      return triage;
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/v1/detections/:id",
    operation: "detection",
    doc: "One detection with the audit event that made it.",
    role: "viewer",
    query: z.strictObject({}),
    answer: WholeDetection,
    respond: async ({ index }, { params: { id = "" } }) => {
      const found = await index.detection(id);
      if (found === undefined)
        throw new RequestFailure("not_found", "there is no such detection", "retention may have removed it");
      return found;
    },
  }),
];
