/** The rules that judge, as they are asked for, and how often each fired. */
import { endpoint } from "../endpoint.ts";
import { RuleRecords, RuleRecordsQuery, Rules, RulesQuery } from "./schema.ts";

const dayMillis = 24 * 60 * 60 * 1000;

export const ruleEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/rules",
    operation: "rules",
    doc: "The rules that judge, and what is wrong with those that do not.",
    role: "viewer",
    query: RulesQuery,
    answer: Rules,
    respond: async ({ rules }) => rules(),
  }),
  endpoint({
    method: "GET",
    path: "/api/v1/rules/records",
    operation: "ruleRecords",
    doc: "How often each rule fired between two times; in the last seven days unless told. Rules that did not are absent.",
    role: "viewer",
    query: RuleRecordsQuery,
    answer: RuleRecords,
    respond: async ({ index }, { query: { from, to, buckets } }) => {
      const end = to ?? new Date().toISOString();
      const begin = from ?? new Date(Date.parse(end) - 7 * dayMillis).toISOString();
      return [...(await index.ruleRecords({ from: begin, to: end, stretches: buckets }))];
    },
  }),
];
