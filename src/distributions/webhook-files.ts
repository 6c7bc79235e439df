/** What a self-managed API server needs to send its audit events to us: a kubeconfig, a policy, flags. Texts, nothing done. */

export interface WebhookFiles {
  readonly files: readonly {
    readonly name: string;
    /** Where it lies on each control-plane host. */
    readonly path: string;
    readonly doc: string;
    readonly content: string;
    /** Holds a secret: 0600, and in nobody's repository. */
    readonly secret: boolean;
  }[];
  /** Of kube-apiserver. */
  readonly flags: readonly string[];
  readonly steps: readonly string[];
}

export interface WebhookWish {
  readonly cluster: string;
  /** What API servers reach us by: `https://10.0.0.5:7765`, no name that only the cluster's DNS knows. */
  readonly receiver: string;
  readonly token?: string;
}

const folder = "/etc/kubernetes/tiercel";

export function webhookFiles({ cluster, receiver, token }: WebhookWish): WebhookFiles {
  return {
    files: [
      {
        name: "webhook.yaml",
        path: `${folder}/webhook.yaml`,
        doc: "Where the API server sends its audit events, and the token that lets it.",
        content: kubeconfig(cluster, receiver, token),
        secret: token !== undefined,
      },
      {
        name: "policy.yaml",
        path: `${folder}/policy.yaml`,
        doc: "Which requests are recorded, and how much of each: as much as our rules read, and no secret's value.",
        content: policy,
        secret: false,
      },
    ],
    flags,
    steps: [
      `mkdir -p -m 0700 ${folder} on each control-plane host, and put both files there (webhook.yaml with mode 0600)`,
      "add the flags to /etc/kubernetes/manifests/kube-apiserver.yaml, and mount the folder: a hostPath volume and a readOnly volumeMount of the same path",
      "the kubelet starts the API server anew by itself; do one host after the other, and look at `kubectl get --raw /readyz` between them",
    ],
  };
}

/** The file's keys are client-go's; the server's path is used as it stands, without a query (reference 03 §4.1). */
function kubeconfig(cluster: string, receiver: string, token: string | undefined): string {
  const server = `${receiver.replace(/\/+$/, "")}/k8s_audit/${encodeURIComponent(cluster)}`;
  const user =
    token === undefined ? "users: []" : `users:\n- name: tiercel\n  user:\n    token: ${JSON.stringify(token)}`;
  return `apiVersion: v1
kind: Config
clusters:
- name: tiercel
  cluster:
    server: ${JSON.stringify(server)}
contexts:
- name: tiercel
  context:
    cluster: tiercel
    user: ${token === undefined ? '""' : "tiercel"}
current-context: tiercel
${user}
`;
}

/**
 * Small enough batches that none times out, a buffer and a back-off that outlive a restart of ours, events of up to
 * 1 MiB before bodies are taken off (reference 04 §2.6, operator recipe).
 */
const flags: readonly string[] = [
  `--audit-policy-file=${folder}/policy.yaml`,
  `--audit-webhook-config-file=${folder}/webhook.yaml`,
  "--audit-webhook-mode=batch",
  "--audit-webhook-batch-max-size=200",
  "--audit-webhook-batch-max-wait=5s",
  "--audit-webhook-batch-buffer-size=30000",
  "--audit-webhook-batch-throttle-qps=50",
  "--audit-webhook-batch-throttle-burst=100",
  "--audit-webhook-initial-backoff=30s",
  "--audit-webhook-truncate-enabled=true",
  "--audit-webhook-truncate-max-event-size=1048576",
];

/**
 * The first rule that matches decides (reference 04 §5.2). Secrets, ConfigMaps of others' and tokens never with bodies;
 * streams at their start; what rules read of bodies at RequestResponse or Request; the noise of machines left out.
 */
const policy = `# What Tiercel's rules read, for Kubernetes 1.23 and newer (before, leave omitManagedFields out).
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
omitManagedFields: true
rules:
# Probes and discovery say nothing about anybody.
- level: None
  nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version", "/openapi/*", "/api", "/api/*", "/apis", "/apis/*"]
  verbs: [get]
  userGroups: ["system:authenticated"]
# Leases and events: most of all requests, and nobody's doing. Deleting events is.
- level: None
  verbs: [get, list, watch, create, update, patch]
  resources:
  - group: coordination.k8s.io
    resources: [leases]
  - group: ""
    resources: [events]
  - group: events.k8s.io
    resources: [events]
# Who read which secret, never what stood in it; nor tokens.
- level: Metadata
  resources:
  - group: ""
    resources: [secrets, serviceaccounts/token]
  - group: authentication.k8s.io
    resources: [tokenreviews]
# Into pods: the address says the command, and the session's start is an event of its own.
- level: Request
  resources:
  - group: ""
    resources: [pods/exec, pods/attach, pods/portforward, pods/proxy, services/proxy, nodes/proxy, pods/ephemeralcontainers]
# What rules look into, before and after.
- level: RequestResponse
  verbs: [create, update, patch, delete, deletecollection]
  resources:
  - group: ""
    resources: [pods, services, namespaces, serviceaccounts, configmaps, nodes, persistentvolumes]
  - group: apps
  - group: batch
  - group: rbac.authorization.k8s.io
  - group: networking.k8s.io
  - group: admissionregistration.k8s.io
  - group: certificates.k8s.io
  - group: policy
  - group: apiextensions.k8s.io
  - group: apiregistration.k8s.io
# Everything else: who, what, when, from where.
- level: Metadata
`;
