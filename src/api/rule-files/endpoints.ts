/** The rules files: read, and the user's own written and removed. */
import { z } from "zod";
import { endpoint, known, replaced, tagged } from "../endpoint.ts";
import { NoQuery, RuleFileBody, RuleFiles, SavedRuleFile } from "./schema.ts";

export const ruleFileEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/rule-files",
    operation: "ruleFiles",
    doc: "Every rules file that is loaded, with its text.",
    role: "viewer",
    query: NoQuery,
    answer: RuleFiles,
    respond: async ({ ruleFiles }) => ({ items: ruleFiles.files() }),
  }),
  endpoint({
    method: "PUT",
    path: "/api/v1/rule-files/:name",
    operation: "saveRuleFile",
    doc: "Writes a rules file of the user's own, which judges from then on. It is refused where it has errors, or where another version stands than `If-Match` says; `If-None-Match: *` makes a new one.",
    role: "editor",
    query: NoQuery,
    body: RuleFileBody,
    answer: SavedRuleFile,
    respond: async ({ ruleFiles }, { params: { name = "" }, body, request, who }) => {
      const saved = await ruleFiles.save(name, body.text, replaced(request), known(who).name);
      return tagged(saved, saved.etag);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/v1/rule-files/:name",
    operation: "removeRuleFile",
    doc: "Removes a rules file of the user's own; its rules judge no more. `If-Match` says which version.",
    role: "editor",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ ruleFiles }, { params: { name = "" }, request, who }) => {
      await ruleFiles.remove(name, replaced(request), known(who).name);
      return new Response(null, { status: 204 });
    },
  }),
];
