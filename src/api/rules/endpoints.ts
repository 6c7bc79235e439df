/** The rules that judge, as they are asked for. */
import { endpoint } from "../endpoint.ts";
import { Rules, RulesQuery } from "./schema.ts";

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
];
