import { expect, test } from "vitest";
import { auditPolicy } from "../distributions/audit-policy.ts";
import { readKubernetesVersion } from "../distributions/kubernetes-version.ts";
import { drawn } from "../text/diagnostic.ts";
import { lintPolicy } from "./lint.ts";
import { readPolicy } from "./read-policy.ts";

function findings(text: string, kubernetes?: string) {
  const read = readPolicy({ name: "p.yaml", text });
  if (!read.ok) throw new Error(read.problems.map(drawn).join("\n"));
  expect(read.warnings.map(drawn)).toEqual([]);
  return lintPolicy(read.policy, kubernetes === undefined ? undefined : readKubernetesVersion(kubernetes));
}
const head = "apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n";
/** Of a policy that is sound but for these rules. */
const codes = (rules: string, end = "- level: Metadata\n") => findings(`${head}${rules}${end}`).map(({ code }) => code);

const versions = Array.from({ length: 27 }, (_, at) => `1.${at + 8}`);
const caps = ["Metadata", "Request", "RequestResponse"] as const;
test.for(versions.flatMap((kubernetes) => caps.map((levelCap) => [kubernetes, levelCap] as const)))(
  "our policy for %s up to %s is read without a warning and passes",
  ([kubernetes, levelCap]) => {
    expect(findings(auditPolicy({ kubernetes, levelCap })).map(drawn)).toEqual([]);
    expect(findings(auditPolicy({ kubernetes, levelCap }), kubernetes).map(drawn)).toEqual([]);
  },
);

test("Metadata for everything is sound", () => expect(codes("")).toEqual([]));

test("a rule in vain is told with the rules that take its requests", () => {
  const [found] = findings(
    `${head}- {level: None, verbs: [get], resources: [{group: apps}]}
- {level: Metadata, verbs: [list, get]}
- {level: Request, verbs: [list, get], resources: [{group: apps, resources: [deployments]}]}
- level: Metadata
`,
  );
  expect(found && drawn(found)).toBe(
    [
      "p.yaml:7:11: no request comes as far as this rule [unreachable-rule]",
      "7 | - {level: Request, verbs: [list, get], resources: [{group: apps, resources: [deployments]}]}",
      "              ^^^^^^^",
      "note: taken before by the rules at line 5, 6",
      "help: the first rule that fits counts: move it up, or leave it out",
    ].join("\n"),
  );
});

test.for([
  [
    "- {level: None, users: [a], resources: [{group: '', resources: [pods]}]}\n- {level: None, resources: [{group: '', resources: [pods]}]}\n",
  ],
  [
    "- {level: None, resources: [{group: '', resources: [pods]}]}\n- {level: Metadata, resources: [{group: '', resources: ['pods/*']}]}\n",
  ],
  [
    "- {level: None, resources: [{group: '', resources: [pods], resourceNames: [a]}]}\n- {level: Metadata, resources: [{group: '', resources: [pods]}]}\n",
  ],
  ["- {level: None, nonResourceURLs: [/healthz]}\n- {level: Metadata, nonResourceURLs: ['/healthz*']}\n"],
  ["- {level: None, verbs: [delete], namespaces: [a]}\n- {level: Metadata, verbs: [delete]}\n"],
] as const)("a rule that some request reaches is not called in vain: %s", ([rules]) => {
  expect(codes(rules)).not.toContain("unreachable-rule");
});

test.for([
  ["- {level: Metadata, verbs: ['*']}\n", "literal-star"],
  ["- {level: Metadata, userGroups: ['system:*']}\n", "literal-star"],
  ["- {level: Metadata, resources: [{group: '', resources: ['pod*']}]}\n", "literal-star"],
  ["- {level: Metadata, resources: [{group: '*', resources: [pods]}]}\n", "star-group"],
  ["- {level: Metadata, verbs: [impersonate]}\n", "unknown-verb"],
  ["- {level: Request, verbs: [create], resources: [{group: '', resources: [deployments]}]}\n", "wrong-group"],
  [
    "- {level: Metadata, verbs: [create], resources: [{group: '', resources: [configmaps], resourceNames: [a]}]}\n",
    "names-never-fit",
  ],
  ["- {level: Request, verbs: [get, list]}\n", "request-of-reads"],
  ["- {level: Request, resources: [{group: ''}]}\n", "stored-credentials"],
  [
    "- {level: RequestResponse, verbs: [get], users: [a], resources: [{group: '', resources: ['*']}]}\n",
    "stored-credentials",
  ],
  ["- {level: RequestResponse, resources: [{group: '', resources: [serviceaccounts/token]}]}\n", "stored-credentials"],
  ["- {level: None, users: ['system:kube-scheduler']}\n", "blind-identity"],
  ["- {level: Metadata, verbs: [get], omitStages: [ResponseStarted, ResponseComplete, Panic]}\n", "no-stage-left"],
  ["- {level: None, verbs: [update], resources: [{group: '', resources: [events]}]}\n", "half-of-events"],
  ["- {level: None, verbs: [get], resources: [{group: '', resources: [secrets]}]}\n", "secret-reads-unseen"],
  ["- {level: None, verbs: [get], resources: [{group: '', resources: [pods/exec]}]}\n", "exec-unseen"],
  ["- {level: None, resources: [{group: rbac.authorization.k8s.io, resources: [rolebindings]}]}\n", "rights-unseen"],
] as const)("%s is found", ([rules, code]) => expect(codes(rules)).toEqual([code]));

test("credentials that an earlier rule keeps at Metadata are not called stored", () => {
  const first = `- level: Metadata
  resources:
  - {group: "", resources: [secrets, serviceaccounts/token]}
  - {group: authentication.k8s.io, resources: [tokenreviews]}
  - {group: oauth.openshift.io}
`;
  expect(codes(`${first}- {level: RequestResponse, verbs: [create, update, patch, get]}\n`)).toEqual([]);
});

test("without a last rule for all, failed logins and new groups are unseen, and a list of all secrets where namespaces are named", () => {
  const ends =
    "- {level: Metadata, userGroups: ['system:authenticated'], resources: [{group: ''}, {group: rbac.authorization.k8s.io}]}\n";
  expect(codes("", ends)).toEqual(["failed-logins-unseen", "unknown-groups-unseen"]);
  const named =
    "- {level: Metadata, namespaces: [some-namespace]}\n- {level: None, resources: [{group: '', resources: [secrets]}]}\n";
  expect(codes(named)).toEqual(["all-secrets-unseen"]);
});

test.for([
  ["omitStages: []", "request-received"],
  ["omitStages: [RequestReceived, ResponseStarted]", "response-started-omitted"],
  ["omitStages: [RequestReceived, ResponseComplete]", "response-complete-omitted"],
  ["omitStages: [RequestReceived, Panic]", "panic-omitted"],
] as const)("%s is found", ([stages, code]) => {
  const text = `${head}- level: Metadata\n`.replace("omitStages: [RequestReceived]", stages);
  expect(findings(text).map((finding) => finding.code)).toEqual([code]);
});

test.for([
  ["1.11", "audit.k8s.io/v1", "", ["unknown-version"]],
  ["1.24", "audit.k8s.io/v1beta1", "", ["unknown-version"]],
  ["1.23", "audit.k8s.io/v1beta1", "omitManagedFields: true\n", []],
  ["1.22", "audit.k8s.io/v1", "omitManagedFields: true\n", ["unknown-field"]],
] as const)("for Kubernetes %s, %s %s", ([kubernetes, format, more, wanted]) => {
  const text = `apiVersion: ${format}\nkind: Policy\n${more}omitStages: [RequestReceived]\nrules:\n- level: Metadata\n`;
  expect(findings(text, kubernetes).map(({ code }) => code)).toEqual(wanted);
});

test.for([
  ["1.35", 'group: "*"', ["star-group"]],
  ["1.36", 'group: "*"', []],
  ["1.21", "group: extensions", []],
  ["1.22", "group: extensions", ["not-served"]],
  ["1.15", 'group: "", resources: [pods/ephemeralcontainers]', ["not-served"]],
  ["1.25", "group: policy, resources: [podsecuritypolicies]", ["not-served"]],
  ["1.30", "group: my.example", []],
] as const)("for Kubernetes %s, {%s}", ([kubernetes, group, wanted]) => {
  const text = `${head}- {level: Metadata, verbs: [create], resources: [{${group}}]}\n- level: Metadata\n`;
  expect(findings(text, kubernetes).map(({ code }) => code)).toEqual(wanted);
});

test("a long list of whole groups says which of the version's are not in it", () => {
  const some = [
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "networking.k8s.io",
    "storage.k8s.io",
    "node.k8s.io",
    "events.k8s.io",
  ];
  const text = `${head}- {level: Request, verbs: [create], resources: [${some.map((group) => `{group: ${group}}`).join(", ")}]}\n- level: Metadata\n`;
  const [found] = findings(text, "1.30");
  expect(found?.message).toContain("`resource.k8s.io`");
  expect(found?.code).toBe("groups-left-out");
});
