/** Verbs and resources of Kubernetes' own, as audit events name them (reference 04 §1.2, §5.3). */

/** Of requests for resources, and HTTP's own for the rest. */
export const eventVerbs: ReadonlySet<string> = new Set([
  ...["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy"],
  ...["post", "put", "head", "options"],
]);

/** Which groups serve a resource of Kubernetes' own, now or formerly. Resources whose name others use too are left out. */
export const groupsOf: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    "": "bindings componentstatuses configmaps endpoints limitranges namespaces nodes persistentvolumeclaims persistentvolumes pods podtemplates replicationcontrollers resourcequotas secrets serviceaccounts services",
    apps: "controllerrevisions daemonsets deployments replicasets statefulsets",
    extensions: "daemonsets deployments ingresses networkpolicies podsecuritypolicies replicasets",
    batch: "cronjobs jobs",
    autoscaling: "horizontalpodautoscalers",
    policy: "poddisruptionbudgets podsecuritypolicies",
    "rbac.authorization.k8s.io": "clusterrolebindings clusterroles rolebindings roles",
    "authorization.openshift.io": "clusterrolebindings clusterroles rolebindings roles",
    "networking.k8s.io": "ingressclasses ingresses networkpolicies",
    "admissionregistration.k8s.io":
      "mutatingwebhookconfigurations validatingadmissionpolicies validatingadmissionpolicybindings validatingwebhookconfigurations",
    "apiextensions.k8s.io": "customresourcedefinitions",
    "apiregistration.k8s.io": "apiservices",
    "authentication.k8s.io": "selfsubjectreviews tokenreviews",
    "authorization.k8s.io":
      "localsubjectaccessreviews selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews",
    "certificates.k8s.io": "certificatesigningrequests",
    "coordination.k8s.io": "leases",
    "discovery.k8s.io": "endpointslices",
    "scheduling.k8s.io": "priorityclasses",
    "storage.k8s.io": "csidrivers csinodes storageclasses volumeattachments",
  } satisfies Record<string, string>)
    .flatMap(([group, resources]) => resources.split(" ").map((resource) => [resource, group] as const))
    .reduce(
      (map, [resource, group]) => map.set(resource, [...(map.get(resource) ?? []), group]),
      new Map<string, string[]>(),
    ),
);

/** Whose bodies are credentials, and from which level on they are recorded on a write. */
export const credentialBodies = [
  { group: "", resource: "secrets", subresource: "", from: "Request" },
  { group: "authentication.k8s.io", resource: "tokenreviews", subresource: "", from: "Request" },
  // What is asked for says little; what is answered is the token.
  { group: "", resource: "serviceaccounts", subresource: "token", from: "RequestResponse" },
  { group: "oauth.openshift.io", resource: "oauthaccesstokens", subresource: "", from: "Request" },
  { group: "oauth.openshift.io", resource: "oauthauthorizetokens", subresource: "", from: "Request" },
] as const;
