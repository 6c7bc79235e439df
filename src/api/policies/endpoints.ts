/** Policies: read, changed, copied, removed. */
import { z } from "zod";
import { Policy } from "../../policies/index.ts";
import { endpoint, known, replaced, tagged } from "../endpoint.ts";
import { RequestFailure } from "../failure.ts";
import type { KeptPolicy } from "./part.ts";
import { Duplicate, NoQuery, PolicyView, PolicyViews } from "./schema.ts";

const path = "/api/v1/policies/:name";
const view = ({ policy, version }: KeptPolicy): PolicyView => ({ ...policy, version });
const gone = (name: string) => new RequestFailure("not_found", `there is no policy \`${name}\``);

function versionOf(request: Request): number | undefined {
  const tag = replaced(request);
  if (tag === undefined) return undefined;
  if (/^\d{1,15}$/.test(tag)) return Number(tag);
  throw new RequestFailure("invalid", "`If-Match` is no version of a policy", "send the `ETag` it was read with");
}

/** Who muted it is for us to say: whoever sends a mute that did not stand before. */
function mutedBy(policy: Policy, before: Policy | undefined, by: string): Policy {
  if (policy.muted === undefined) return policy;
  const { until, reason } = policy.muted;
  const stood = before?.muted;
  const isSame = stood?.until === until && stood.reason === reason;
  return { ...policy, muted: { until, reason, by: isSame ? stood.by : by } };
}

export const policyEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/v1/policies",
    operation: "policies",
    doc: "Every policy, as it counts.",
    role: "viewer",
    query: NoQuery,
    answer: PolicyViews,
    respond: async ({ policies }) => ({ items: policies.list().map(view) }),
  }),
  endpoint({
    method: "GET",
    path,
    operation: "policy",
    doc: "One policy, with its version as ETag.",
    role: "viewer",
    query: NoQuery,
    answer: PolicyView,
    respond: async ({ policies }, { params: { name = "" } }) => {
      const found = policies.get(name);
      if (found === undefined) throw gone(name);
      return tagged(view(found), found.version);
    },
  }),
  endpoint({
    method: "PUT",
    path,
    operation: "savePolicy",
    doc: "Changes a policy, or makes one of your own with `If-None-Match: *`. Of ours only enabled, scope, switches, channels, runbook and mute can be changed. `If-Match` names the version it replaces.",
    role: "editor",
    query: NoQuery,
    body: Policy,
    answer: PolicyView,
    respond: async ({ policies }, { params: { name = "" }, body, request, who }) => {
      const { name: by } = known(who);
      if (body.name !== name && policies.get(body.name) !== undefined)
        throw new RequestFailure("conflict", `there is a policy \`${body.name}\` already`, "take another name");
      const there = policies.get(name);
      const policy = mutedBy(body, there?.policy, by);
      const expected = versionOf(request);
      if (body.name === name) {
        const kept = await policies.save(policy, expected, by);
        return tagged(view(kept), kept.version);
      }
      if (there === undefined) throw gone(name);
      if (there.policy.kind === "managed")
        throw new RequestFailure("invalid", "a policy of ours keeps its name", "duplicate it, and change the copy");
      if (expected !== undefined && expected !== there.version)
        throw new RequestFailure(
          "conflict",
          `policy \`${name}\` was changed by somebody else meanwhile`,
          "read it again",
        );
      const kept = await policies.save(policy, 0, by);
      await policies.remove(name, there.version, by);
      return tagged(view(kept), kept.version);
    },
  }),
  endpoint({
    method: "DELETE",
    path,
    operation: "removePolicy",
    doc: "Removes a policy of your own; of one of ours, takes back what was changed.",
    role: "editor",
    query: NoQuery,
    answer: z.null(),
    respond: async ({ policies }, { params: { name = "" }, request, who }) => {
      if (policies.get(name) === undefined) throw gone(name);
      await policies.remove(name, versionOf(request), known(who).name);
      return new Response(null, { status: 204 });
    },
  }),
  endpoint({
    method: "POST",
    path: `${path}/duplicate`,
    operation: "duplicatePolicy",
    doc: "Copies a policy: as a managed ruleset, which keeps receiving its rules, or as your own.",
    role: "editor",
    query: NoQuery,
    body: Duplicate,
    answer: PolicyView,
    respond: async ({ policies }, { params: { name = "" }, body, who }) => {
      const found = policies.get(name);
      if (found === undefined) throw gone(name);
      if (body.kind === "managed-ruleset" && found.policy.kind !== "managed")
        throw new RequestFailure("invalid", "only a policy of ours has rules that it receives", "copy it as `custom`");
      const { muted: _, of: __, ...rest } = found.policy;
      const of = body.kind === "managed-ruleset" ? { of: name } : {};
      const kept = await policies.save({ ...rest, ...of, name: body.name, kind: body.kind }, 0, known(who).name);
      return tagged(view(kept), kept.version, 201);
    },
  }),
];
