/** The rules of our audit policy, by what each is for; which groups an API server serves follows from its version. */
import type { AuditLevel } from "./audit-policy.ts";
import { isAtLeast, type KubernetesVersion } from "./kubernetes-version.ts";

export interface ResourceGroup {
  readonly group: string;
  /** Absent: all of the group. */
  readonly resources?: readonly string[];
}

export interface ShippedRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly ResourceGroup[];
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface PolicySection {
  /** A sentence or two, in one line. */
  readonly why: string;
  readonly rules: readonly ShippedRule[];
}

const writes = ["create", "update", "patch", "delete", "deletecollection"];
const managers = ["system:kube-controller-manager", "system:kube-scheduler"];

/** In the order in which they count. */
export function policyRules(version: KubernetesVersion): readonly PolicySection[] {
  return [...quiet(version), ...credentials, ...streams, rights, workloads(version), rest];
}

/** Routine of the cluster's own parts. Only what no rule asks for: who takes over such an identity does other things. */
function quiet(version: KubernetesVersion): readonly PolicySection[] {
  const slices = { group: "discovery.k8s.io", resources: ["endpointslices"] };
  const leases = [{ group: "coordination.k8s.io", resources: ["leases"] }];
  const events = [
    { group: "", resources: ["events"] },
    { group: "events.k8s.io", resources: ["events"] },
  ];
  const beat = ["get", "update", "patch"];
  return [
    {
      why: "Routine of the cluster's own parts. Only what no rule asks for: who takes over such an identity does other things.",
      rules: [
        {
          level: "None",
          users: ["system:kube-proxy"],
          verbs: ["list", "watch"],
          resources: [
            { group: "", resources: ["endpoints", "services", "nodes"] },
            // Served from 1.16 on, read by kube-proxy from 1.17.
            ...(isAtLeast(version, "1.17") ? [slices] : []),
          ],
        },
        // Leases came with 1.12 (beta), and replaced endpoints as the seat of leaders by 1.20.
        ...(isAtLeast(version, "1.12")
          ? ([
              {
                level: "None",
                userGroups: ["system:nodes", "system:serviceaccounts:kube-system"],
                verbs: beat,
                resources: leases,
              },
              {
                level: "None",
                users: [...managers, "system:cloud-controller-manager", "system:apiserver"],
                verbs: beat,
                resources: leases,
              },
            ] as const)
          : []),
        ...(isAtLeast(version, "1.20")
          ? []
          : ([
              {
                level: "None",
                users: managers,
                verbs: beat,
                resources: [{ group: "", resources: ["endpoints"] }],
                namespaces: ["kube-system"],
              },
            ] as const)),
        {
          level: "None",
          userGroups: ["system:nodes"],
          verbs: ["update", "patch"],
          resources: [{ group: "", resources: ["nodes/status", "pods/status"] }],
        },
      ],
    },
    {
      why: "Events that parts of the cluster write. Who deletes events is recorded.",
      rules: [
        {
          level: "None",
          userGroups: ["system:nodes", "system:serviceaccounts"],
          verbs: ["create", "update", "patch"],
          resources: events,
        },
        { level: "None", users: managers, verbs: ["create", "update", "patch"], resources: events },
      ],
    },
    {
      why: "Probes. A failed login belongs to neither group, so it is recorded all the same.",
      rules: [
        {
          level: "None",
          userGroups: ["system:authenticated", "system:unauthenticated"],
          nonResourceURLs: ["/healthz*", ...(isAtLeast(version, "1.16") ? ["/livez*", "/readyz*"] : [])],
        },
      ],
    },
  ];
}

const credentials: readonly PolicySection[] = [
  {
    why: "Secrets and tokens: who asked for which, never what they are.",
    rules: [
      {
        level: "Metadata",
        resources: [
          { group: "", resources: ["secrets", "serviceaccounts/token"] },
          { group: "authentication.k8s.io", resources: ["tokenreviews"] },
          { group: "oauth.openshift.io", resources: ["oauthaccesstokens", "oauthauthorizetokens"] },
        ],
      },
    ],
  },
];

const streams: readonly PolicySection[] = [
  {
    why: "Into containers and through proxies: the address tells all there is, the command too.",
    rules: [
      {
        level: "Metadata",
        resources: [
          {
            group: "",
            resources: [
              ...["pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "pods/log"],
              ...["services/proxy", "nodes/proxy"],
            ],
          },
        ],
      },
    ],
  },
];

const rights: PolicySection = {
  why: "Who may do what, and what is asked before something is let in: with what came of it.",
  rules: [
    {
      level: "RequestResponse",
      verbs: writes,
      resources: [
        { group: "rbac.authorization.k8s.io" },
        { group: "admissionregistration.k8s.io" },
        { group: "apiregistration.k8s.io", resources: ["apiservices"] },
        { group: "certificates.k8s.io" },
      ],
    },
  ],
};

/** What runs, and what opens the cluster: what was asked for. Groups by the versions that serve them. */
function workloads(version: KubernetesVersion): PolicySection {
  const pods = isAtLeast(version, "1.16") ? ["pods", "pods/ephemeralcontainers"] : ["pods"];
  // `extensions` served workloads and network policies until 1.15, ingresses until 1.21.
  const old = isAtLeast(version, "1.16")
    ? ["ingresses"]
    : ["daemonsets", "deployments", "ingresses", "networkpolicies", "replicasets"];
  return {
    why: "What runs, and what opens the cluster: what was asked for.",
    rules: [
      {
        level: "Request",
        verbs: writes,
        resources: [
          {
            group: "",
            resources: [
              ...pods,
              ...["pods/eviction", "podtemplates", "replicationcontrollers", "services", "namespaces", "nodes"],
              ...["persistentvolumes", "serviceaccounts", "configmaps"],
            ],
          },
          {
            group: "apps",
            resources: [
              ...["daemonsets", "deployments", "deployments/scale", "replicasets"],
              ...["statefulsets", "statefulsets/scale"],
            ],
          },
          { group: "batch", resources: ["cronjobs", "jobs"] },
          { group: "networking.k8s.io", resources: ["ingresses", "networkpolicies"] },
          ...(isAtLeast(version, "1.22") ? [] : [{ group: "extensions", resources: old }]),
          { group: "authorization.k8s.io", resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"] },
        ],
      },
    ],
  };
}

const rest: PolicySection = {
  why: "All else, failed logins and unknown resources among it: who, what, when, from where.",
  rules: [{ level: "Metadata" }],
};
