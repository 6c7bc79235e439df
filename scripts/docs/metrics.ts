/** The page of what `/metrics` tells. */
import { metrics as told } from "../../src/domain/signals.ts";
import { code, opening, type Page, table } from "./page.ts";

export const metrics: Page = {
  path: "docs/reference/metrics.md",
  render: () => `${opening("Metrics", "`src/domain/signals.ts`")}
\`GET /metrics\` on the API's address answers these in Prometheus' format, beside \`process_*\` and \`nodejs_*\` about the
process itself. It needs a token, unless the API listens on loopback only or \`api.open_metrics\` says otherwise. Counters
begin at the start of the process. Labels hold few values: what the caller of an API server may choose is never one.

${table(
  ["name", "kind", "labels", ""],
  Object.entries(told).map(([name, { kind, labels, doc }]) => [code(name), kind, labels.map(code).join(", "), doc]),
)}`,
};
