/** The rules files, as pages ask for them: one answer for all that need it. */
import type { RuleFiles } from "../api/rule-files/schema.ts";
import { get } from "./api.ts";

export const ruleFilesQuery = {
  queryKey: ["rule-files"],
  queryFn: ({ signal }: { readonly signal: AbortSignal }) => get<RuleFiles>("rule-files", {}, signal),
};
