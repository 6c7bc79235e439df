/** An audit policy that fits our rules: what they read is recorded, what they never ask for is not. */

/** For Kubernetes 1.19 and later, as audit.k8s.io/v1. The first rule that fits a request counts. */
export const auditPolicy = `# What Tiercel's rules read, recorded no deeper than they read it. The first rule that fits a request counts.
apiVersion: audit.k8s.io/v1
kind: Policy
# What an event says when a request comes, it says again when the request ends.
omitStages: [RequestReceived]
# Kubernetes 1.23 and later. An older API server warns in its log and goes on without.
omitManagedFields: true
rules:
  # Routine of the cluster's own parts. Only what no rule asks for: who takes over such an identity does other things.
  - level: None
    users: ["system:kube-proxy"]
    verbs: [list, watch]
    resources:
      - group: ""
        resources: [endpoints, services, nodes]
      - group: discovery.k8s.io
        resources: [endpointslices]
  - level: None
    userGroups: ["system:nodes", "system:serviceaccounts:kube-system"]
    verbs: [get, update, patch]
    resources:
      - group: coordination.k8s.io
        resources: [leases]
  - level: None
    users: ["system:kube-controller-manager", "system:kube-scheduler", "system:cloud-controller-manager", "system:apiserver"]
    verbs: [get, update, patch]
    resources:
      - group: coordination.k8s.io
        resources: [leases]
  - level: None
    userGroups: ["system:nodes"]
    verbs: [update, patch]
    resources:
      - group: ""
        resources: [nodes/status, pods/status]
  # Events that parts of the cluster write. Who deletes events is recorded.
  - level: None
    userGroups: ["system:nodes", "system:serviceaccounts"]
    verbs: [create, update, patch]
    resources:
      - group: ""
        resources: [events]
      - group: events.k8s.io
        resources: [events]
  - level: None
    users: ["system:kube-controller-manager", "system:kube-scheduler"]
    verbs: [create, update, patch]
    resources:
      - group: ""
        resources: [events]
      - group: events.k8s.io
        resources: [events]
  # Probes. A failed login belongs to neither group, so it is recorded here too.
  - level: None
    userGroups: ["system:authenticated", "system:unauthenticated"]
    nonResourceURLs: ["/healthz*", "/livez*", "/readyz*"]

  # Secrets and tokens: who asked for which, never what they are.
  - level: Metadata
    resources:
      - group: ""
        resources: [secrets, serviceaccounts/token]
      - group: authentication.k8s.io
        resources: [tokenreviews]
      - group: oauth.openshift.io
        resources: [oauthaccesstokens, oauthauthorizetokens]

  # Into containers and through proxies: the address tells all there is, the command too.
  - level: Metadata
    resources:
      - group: ""
        resources: [pods/exec, pods/attach, pods/portforward, pods/proxy, pods/log, services/proxy, nodes/proxy]

  # Who may do what, and what is asked before something is let in: with what came of it.
  - level: RequestResponse
    verbs: [create, update, patch, delete, deletecollection]
    resources:
      - group: rbac.authorization.k8s.io
      - group: admissionregistration.k8s.io
      - group: apiregistration.k8s.io
        resources: [apiservices]
      - group: certificates.k8s.io

  # What runs, and what opens the cluster: what was asked for.
  - level: Request
    verbs: [create, update, patch, delete, deletecollection]
    resources:
      - group: ""
        resources:
          - pods
          - pods/ephemeralcontainers
          - pods/eviction
          - replicationcontrollers
          - services
          - namespaces
          - nodes
          - persistentvolumes
          - serviceaccounts
          - configmaps
      - group: apps
        resources: [daemonsets, deployments, deployments/scale, replicasets, statefulsets, statefulsets/scale]
      - group: batch
        resources: [cronjobs, jobs]
      - group: networking.k8s.io
        resources: [ingresses, networkpolicies]
      - group: authorization.k8s.io
        resources: [selfsubjectaccessreviews, selfsubjectrulesreviews]

  # All else, failed logins and unknown resources among it: who, what, when, from where.
  - level: Metadata
`;
