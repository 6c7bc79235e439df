/** What is amiss in a policy that an API server takes: rules in vain, secrets in the log, and what it leaves unseen. */

import type { KubernetesVersion } from "../distributions/kubernetes-version.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { decide } from "./decide.ts";
import { ruleFindings } from "./lint-rules.ts";
import { versionFindings } from "./lint-version.ts";
import type { AuditPolicy, Decision, Place, PolicyRequest, PolicyStage } from "./policy.ts";

export type Finding = Diagnostic & { readonly place: Place };

/** In the order they stand. For one version of Kubernetes also what it does not know; that it would not start is an error. */
export function lintPolicy(policy: AuditPolicy, version?: KubernetesVersion): readonly Finding[] {
  const always = [...ruleFindings(policy), ...stageFindings(policy), ...blindSpots(policy)]
    // A version says it better.
    .filter(({ code }) => version === undefined || code !== "star-group")
    .map((finding): Finding => ({ ...finding, severity: "warning" }));
  return [...always, ...(version === undefined ? [] : versionFindings(policy, version))].toSorted(
    (a, b) => a.place.from - b.place.from,
  );
}

function stageFindings(policy: AuditPolicy): readonly Finding[] {
  const place = policy.placeOf("omitStages");
  const omits = (stage: PolicyStage) => policy.omitStages.includes(stage);
  const everywhere = policy.rules.every((rule) => rule.level === "None" || rule.omitStages.includes("RequestReceived"));
  const found: Finding[] = [];
  const tell = (code: string, message: string, help: string) => found.push({ code, message, place, help });
  if (!omits("RequestReceived") && !everywhere)
    tell(
      "request-received",
      "each request is recorded when it comes and again when it ends: twice as much, with nothing more in it",
      "write `omitStages: [RequestReceived]`",
    );
  const leave = (stage: PolicyStage) => `take ${stage} out of \`omitStages\``;
  if (omits("ResponseStarted"))
    tell(
      "response-started-omitted",
      "failed logins (401) are seen at ResponseStarted alone, and streams into containers only when they end",
      leave("ResponseStarted"),
    );
  if (omits("ResponseComplete"))
    tell("response-complete-omitted", "what came of ordinary requests is not recorded", leave("ResponseComplete"));
  if (omits("Panic"))
    tell(
      "panic-omitted",
      "a proxied request whose caller leaves early ends with Panic, so that its end is not recorded",
      leave("Panic"),
    );
  return found;
}

const somebody = { name: "somebody", groups: ["system:authenticated"] };
const inNamespace = { group: "", subresource: "", namespace: "some-namespace", name: "some-name" };
const secret = { ...inNamespace, resource: "secrets" };
const allSecrets = { ...secret, namespace: "", name: "" };
const exec = { ...inNamespace, resource: "pods", subresource: "exec" };
const role = { ...inNamespace, group: "rbac.authorization.k8s.io", resource: "rolebindings" };
const widget = { ...inNamespace, group: "some.example", resource: "widgets" };
const of = (verb: string, resource: PolicyRequest["resource"]): PolicyRequest => ({
  user: somebody,
  verb,
  path: "/",
  resource,
});

/** Requests that everybody wants to know of, and what is said where they make no event. */
const wanted: readonly {
  readonly code: string;
  readonly requests: readonly PolicyRequest[];
  readonly what: string;
  readonly help: string;
}[] = [
  {
    code: "failed-logins-unseen",
    requests: [
      { verb: "get", path: "/api" },
      { verb: "list", path: "/api/v1/pods", resource: { ...inNamespace, resource: "pods", namespace: "", name: "" } },
    ],
    what: "failed logins (401) are not recorded: they have no user, and belong to no group",
    help: "end with a rule that asks for no user and no group: `- level: Metadata`",
  },
  {
    code: "secret-reads-unseen",
    requests: [of("get", secret), of("list", secret)],
    what: "who reads a secret is not recorded",
    help: "record `secrets` at Metadata",
  },
  {
    code: "all-secrets-unseen",
    requests: [of("list", allSecrets)],
    what: "a list of the secrets of all namespaces is not recorded: it has no namespace",
    help: 'add "" to `namespaces`, or leave that out',
  },
  {
    code: "exec-unseen",
    requests: [of("create", exec), of("get", exec)],
    what: "commands run in containers are not recorded (`pods/exec`, by the verbs create and get)",
    help: "record `pods/exec` at Metadata for all verbs",
  },
  {
    code: "rights-unseen",
    requests: [of("create", { ...role, name: "" }), of("patch", role)],
    what: "changes of who may do what are not recorded (`rbac.authorization.k8s.io`)",
    help: "record the group at Request or RequestResponse for writes",
  },
  {
    code: "unknown-groups-unseen",
    requests: [of("create", { ...widget, name: "" }), of("delete", widget)],
    what: "what is in no API group that this policy names is not recorded: custom resources, new groups",
    help: "end with `- level: Metadata`",
  },
];

function blindSpots(policy: AuditPolicy): readonly Finding[] {
  const found = wanted.flatMap(({ code, requests, what, help }): readonly Finding[] => {
    const blind = requests.map((request) => decide(policy, request)).find(({ level }) => level === "None");
    return blind === undefined ? [] : [{ code, message: what, place: placeOf(policy, blind), help }];
  });
  // What a missing last rule makes unseen is told once.
  const isUnruled = found.some(({ code }) => code === "secret-reads-unseen");
  return [...found.filter(({ code }) => code !== "all-secrets-unseen" || !isUnruled), ...halfEvents(policy)];
}

const placeOf = (policy: AuditPolicy, { rule }: Decision): Place =>
  rule === undefined ? policy.placeOf("rules") : policy.rules[rule]!.place;

/** The same events are written by two groups; a rule that knows of one records the other. */
function halfEvents(policy: AuditPolicy): readonly Finding[] {
  const groups = ["", "events.k8s.io"];
  return policy.rules.flatMap(({ level, resources }) => {
    if (level !== "None") return [];
    const named = resources.filter(
      (one) => groups.includes(one.group) && one.resources.some(({ text }) => text === "events"),
    );
    const [only] = named;
    if (only === undefined || new Set(named.map(({ group }) => group)).size > 1) return [];
    const other = only.group === "" ? "`events.k8s.io`" : 'the core group, `""`';
    return [
      {
        code: "half-of-events",
        message: `events are written by way of ${other} too, and those are recorded`,
        place: only.place,
        help: `add \`events\` of ${other}`,
      },
    ];
  });
}
