/** How the request fared: authorisation, admission, status. */
import { nanosOf } from "../domain/time.ts";
import { type FieldEntry, falcoField, ownField, requiredKey } from "./entry.ts";
import { scalarAt, stringIn } from "./read.ts";

const topic = "response";

const annotations = [
  [
    "ka.auth.decision",
    "authorization.k8s.io/decision",
    "allow",
    "Whether the request was authorised: allow or forbid.",
  ],
  [
    "ka.auth.reason",
    "authorization.k8s.io/reason",
    'RBAC: allowed by ClusterRoleBinding "a"',
    "Why it was authorised or not: for RBAC, by which binding and role.",
  ],
  [
    "ka.auth.openshift.decision",
    "authentication.openshift.io/decision",
    "allow",
    "OpenShift's own answer to whether the caller is who it says.",
  ],
  ["ka.auth.openshift.username", "authentication.openshift.io/username", "dev", "Who called, as OpenShift knows it."],
  [
    "ka.validations.admission.policy.failure",
    "validation.policy.admission.k8s.io/validation_failure",
    '[{"message":"no"}]',
    "What a ValidatingAdmissionPolicy objected to, as JSON text.",
  ],
  [
    "ka.security.pod.violations",
    "pod-security.kubernetes.io/audit-violations",
    "would violate PodSecurity",
    "How a pod would violate the Pod Security standard under which its namespace is audited.",
  ],
] as const;

const refused = { status: "Failure", reason: "Forbidden", message: "pods is forbidden", code: 403 };

export const response: readonly FieldEntry[] = [
  ...annotations.map(([name, key, value, doc]) =>
    falcoField(topic, {
      name,
      doc,
      paths: [`/annotations/${key}`],
      read: scalarAt("annotations", key),
      example: { event: { annotations: { [key]: value } }, value },
    }),
  ),
  ownField(topic, {
    name: "ka.annotation",
    doc: "The audit annotation of a key, whoever wrote it: the API server, admission webhooks, admission policies.",
    paths: ["/annotations"],
    argument: requiredKey,
    read: (event, key = "") => event.at("annotations", key)?.text(),
    example: {
      event: { annotations: { "audit.k8s.io/truncated": "true" } },
      argument: "audit.k8s.io/truncated",
      value: "true",
    },
  }),
  falcoField(topic, {
    name: "ka.resp.name",
    doc: "The name of the object in the response, a generated one too.",
    paths: ["/responseObject/metadata/name"],
    read: scalarAt("responseObject", "metadata", "name"),
    example: { event: { responseObject: { metadata: { name: "web-x7k2" } } }, value: "web-x7k2" },
  }),
  falcoField(topic, {
    name: "ka.response.code",
    doc: "The HTTP status code, as text.",
    paths: ["/responseStatus/code"],
    read: scalarAt("responseStatus", "code"),
    example: { event: { responseStatus: refused }, value: "403" },
  }),
  falcoField(topic, {
    name: "ka.response.reason",
    doc: "The reason of a failure in one word, such as Forbidden or NotFound.",
    paths: ["/responseStatus/reason"],
    read: scalarAt("responseStatus", "reason"),
    example: { event: { responseStatus: refused }, value: "Forbidden" },
  }),
  ownField(topic, {
    name: "ka.response.status",
    doc: "Success or Failure, where the response is a Status.",
    paths: ["/responseStatus/status"],
    read: scalarAt("responseStatus", "status"),
    example: { event: { responseStatus: refused }, value: "Failure" },
  }),
  ownField(topic, {
    name: "ka.response.message",
    doc: "What the API server told the caller, where the response is a Status.",
    paths: ["/responseStatus/message"],
    read: scalarAt("responseStatus", "message"),
    example: { event: { responseStatus: refused }, value: "pods is forbidden" },
  }),
  ownField(topic, {
    name: "ka.latency",
    doc: "From the request's receipt to this stage, in nanoseconds; at the end of an exec, the session's length.",
    paths: ["/stageTimestamp", "/requestReceivedTimestamp"],
    type: "reltime",
    read: (event) => {
      const received = nanosOf(stringIn(event.at("requestReceivedTimestamp")) ?? "");
      return received === undefined || received > event.time ? undefined : event.time - received;
    },
    example: {
      event: { requestReceivedTimestamp: "2024-05-01T10:00:00.000000Z", stageTimestamp: "2024-05-01T10:00:00.002500Z" },
      value: 2_500_000n,
    },
  }),
];
