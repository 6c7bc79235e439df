/** What could not be read, as it is asked for. */
import { endpoint } from "../endpoint.ts";
import { page } from "../page.ts";
import { Quarantined, QuarantineQuery } from "./schema.ts";

export const quarantineEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/quarantine",
    operation: "quarantine",
    doc: "What was received and could not be read, kept whole, by the time it was received.",
    role: "viewer",
    query: QuarantineQuery,
    answer: page(Quarantined),
    respond: ({ index }, { query }) => index.quarantined(query),
  }),
];
