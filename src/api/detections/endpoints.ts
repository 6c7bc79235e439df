/** What rules matched, as it is asked for. */
import { endpoint } from "../endpoint.ts";
import { page } from "../page.ts";
import { Detection, DetectionQuery } from "./schema.ts";

export const detectionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/detections",
    operation: "detections",
    doc: "What rules matched, by the time of the event. Neither grouped nor throttled.",
    role: "viewer",
    query: DetectionQuery,
    answer: page(Detection),
    respond: ({ index }, { query }) => index.detections(query),
  }),
];
