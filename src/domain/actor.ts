/** Whether a person, a machine or nobody known makes a request: as far as the name tells. */
import type { Actor } from "./activity.ts";

/** A row of the table: names that belong together, and where that is told. */
interface Names {
  readonly actor: Actor;
  readonly is?: readonly string[];
  readonly starts?: readonly string[];
  readonly ends?: readonly string[];
  /** Names that people and machines share: whoever calls with a person's tool is a person. */
  readonly shared?: true;
  readonly source: string;
}

/**
 * The first row that fits decides. Who stands in none is a person: a machine that is shown among people is noise,
 * a person hidden among machines is missed.
 */
export const actorNames: readonly Names[] = [
  {
    actor: "anonymous",
    is: ["system:anonymous", "system:unauthenticated"],
    source: "kubernetes.io/docs/reference/access-authn-authz/authentication: anonymous requests",
  },
  {
    actor: "human",
    is: ["system:admin", "kube:admin", "kubernetes-admin", "kubernetes-super-admin"],
    source: "OpenShift's installer kubeconfig and kubeadmin login; kubeadm's admin.conf and super-admin.conf",
  },
  {
    actor: "machine",
    // Service accounts, nodes, the control plane, add-ons of managed clusters, bootstrap tokens.
    starts: ["system:"],
    source: "kubernetes.io/docs/reference/access-authn-authz/rbac: `system:` is reserved for Kubernetes itself",
  },
  {
    actor: "machine",
    starts: ["eks:"],
    source: "docs.aws.amazon.com/eks/latest/userguide/default-roles-users.html",
  },
  {
    actor: "machine",
    is: ["aksService", "acsService", "hcpService", "nodeclient", "kubelet-nodepool-bootstrap"],
    source: "AKS audit logs: the service's own certificates and those of nodes that join",
  },
  {
    actor: "machine",
    is: ["masterclient"],
    shared: true,
    source: "AKS: the certificate of `az aks get-credentials --admin`, which the service uses as well",
  },
  {
    actor: "machine",
    ends: [".gserviceaccount.com"],
    source: "cloud.google.com/iam/docs/service-account-types: addresses of service accounts and service agents",
  },
  {
    actor: "machine",
    starts: ["gardener.cloud:"],
    source: "gardener.cloud/docs: users of Gardener's own components in a shoot",
  },
  {
    actor: "machine",
    is: ["kubelet", "kubelet-bootstrap", "kube-proxy", "kube-apiserver", "kube-apiserver-kubelet-client"],
    starts: ["kops-controller.", "k3s-", "rke2-"],
    source: "common names of component certificates: GKE and kubelet TLS bootstrapping, kubeadm, kOps, K3s, RKE2",
  },
];

/** What anybody may ask without a name: load balancers and kubelets do, all the time. */
const probes = /^\/(?:healthz|livez|readyz)(?:[/?]|$)|^\/version\/?(?:\?|$)/;

/** Tools that people hold in their hands. */
const peoplesTools = /^(?:kubectl|oc|k9s|lens|openlens|freelens|headlamp|helm|octant|stern)\b/i;

/**
 * Who makes a request. The user agent is the caller's own word and decides only between people and machines that
 * share a name.
 */
export function actorOf(
  user: string | null,
  groups: readonly string[],
  userAgent: string | null,
  requestURI: string | null,
): Actor {
  const actor = named(user, groups, userAgent);
  return actor === "anonymous" && probes.test(requestURI ?? "") ? "machine" : actor;
}

function named(user: string | null, groups: readonly string[], userAgent: string | null): Actor {
  // A 401 has no user at all: nobody was found to be anybody.
  if (user === null || user === "" || groups.includes("system:unauthenticated")) return "anonymous";
  const row = actorNames.find(
    ({ is, starts, ends }) =>
      is?.includes(user) || starts?.some((text) => user.startsWith(text)) || ends?.some((text) => user.endsWith(text)),
  );
  if (row === undefined) return "human";
  return row.shared && peoplesTools.test(userAgent ?? "") ? "human" : row.actor;
}
