/** The ValidatingWebhookConfiguration that makes a cluster's API servers ask us (reference 03 §3.2). */
import { stringify } from "yaml";

export interface Registration {
  /** Of the ValidatingWebhookConfiguration. */
  readonly name: string;
  /** `NAMESPACE/NAME` of the Service in front of us, or the URL API servers reach us by. */
  readonly target: { readonly service: string } | { readonly url: string };
  /** `/k8s_admission/prod` */
  readonly path: string;
  /** PEM. */
  readonly ca: string;
  /** 1 to 30. */
  readonly timeoutSeconds: number;
  /** The service account we run as, in the Service's namespace. */
  readonly account: string;
  /** The cluster's version, `1.30`; undefined where nobody told. */
  readonly kubernetes: string | undefined;
}

const written = ["CREATE", "UPDATE", "DELETE"];

/** What is asked of us. `*` alone would leave subresources out; statuses, leases and events are volume without value. */
const rules = [
  {
    apiGroups: [""],
    operations: written,
    resources: [
      "configmaps",
      "limitranges",
      "namespaces",
      "namespaces/finalize",
      "nodes",
      "persistentvolumeclaims",
      "persistentvolumes",
      "pods",
      "pods/ephemeralcontainers",
      "pods/eviction",
      "podtemplates",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "resourcequotas",
      "secrets",
      "serviceaccounts",
      "serviceaccounts/token",
      "services",
    ],
  },
  {
    apiGroups: [""],
    operations: ["CONNECT"],
    resources: ["nodes/proxy", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"],
  },
  {
    apiGroups: ["apps", "extensions"],
    operations: written,
    resources: ["daemonsets", "deployments", "replicasets", "statefulsets", "*/scale"],
  },
  { apiGroups: ["batch", "autoscaling", "policy"], operations: written, resources: ["*"] },
  { apiGroups: ["networking.k8s.io", "rbac.authorization.k8s.io"], operations: written, resources: ["*"] },
  {
    apiGroups: ["certificates.k8s.io"],
    operations: written,
    resources: ["certificatesigningrequests", "certificatesigningrequests/approval"],
  },
  { apiGroups: ["apiextensions.k8s.io"], operations: written, resources: ["customresourcedefinitions"] },
  { apiGroups: ["apiregistration.k8s.io"], operations: written, resources: ["apiservices"] },
  { apiGroups: ["storage.k8s.io"], operations: written, resources: ["storageclasses"] },
] as const;

/** YAML for `kubectl apply -f -`. It never stands in the way: what we cannot answer is let through. */
export function webhookYaml({
  name: registration,
  target,
  path,
  ca,
  timeoutSeconds,
  account,
  kubernetes,
}: Registration): string {
  const caBundle = Buffer.from(ca).toString("base64");
  const [namespace = "", name = ""] = "service" in target ? target.service.split("/") : [];
  const clientConfig =
    "url" in target
      ? { url: `${target.url.replace(/\/$/, "")}${path}`, caBundle }
      : { service: { namespace, name, path, port: 443 }, caBundle };
  const webhook = {
    name: "audit.tiercel.dev",
    admissionReviewVersions: ["v1", "v1beta1"],
    matchPolicy: "Equivalent",
    failurePolicy: "Ignore",
    sideEffects: "None",
    timeoutSeconds,
    ...(namespace && {
      namespaceSelector: {
        matchExpressions: [{ key: "kubernetes.io/metadata.name", operator: "NotIn", values: [namespace] }],
      },
    }),
    ...(hasMatchConditions(kubernetes) && { matchConditions: conditions(namespace, account) }),
    rules: rules.map((rule) => ({ ...rule, apiVersions: ["*"], scope: "*" })),
    clientConfig,
  };
  return stringify(
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: registration },
      webhooks: [webhook],
    },
    { aliasDuplicateObjects: false },
  );
}

/** On by default since 1.28, stable since 1.30; older API servers drop or refuse them. */
function hasMatchConditions(kubernetes = ""): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(kubernetes) ?? [];
  return major !== undefined && (Number(major) > 1 || Number(minor) >= 28);
}

/** What API servers need not ask: our own requests, and the tokens that each kubelet takes for its pods, all day. */
function conditions(namespace: string, account: string): readonly object[] {
  const kubelets =
    'request.resource.resource == "serviceaccounts" && has(request.subResource) && request.subResource == "token" && "system:nodes" in request.userInfo.groups';
  const ourselves = {
    name: "not-ourselves",
    expression: `request.userInfo.username != ${JSON.stringify(`system:serviceaccount:${namespace}:${account}`)}`,
  };
  return [...(namespace === "" ? [] : [ourselves]), { name: "not-kubelets-tokens", expression: `!(${kubelets})` }];
}

/** The least rights by which the `caBundle` is kept right: on one object, by name. */
export function rbacYaml(of: {
  readonly registration: string;
  readonly namespace: string;
  readonly account: string;
}): string {
  const metadata = { name: "tiercel-admission" };
  const apiGroup = "rbac.authorization.k8s.io";
  const role = {
    ...{ apiVersion: `${apiGroup}/v1`, kind: "ClusterRole", metadata },
    rules: [
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["validatingwebhookconfigurations"],
        resourceNames: [of.registration],
        verbs: ["get", "patch"],
      },
    ],
  };
  const binding = {
    ...{ apiVersion: `${apiGroup}/v1`, kind: "ClusterRoleBinding", metadata },
    roleRef: { apiGroup, kind: "ClusterRole", name: metadata.name },
    subjects: [{ kind: "ServiceAccount", namespace: of.namespace, name: of.account }],
  };
  return `${stringify(role)}---\n${stringify(binding)}`;
}
