/** The ValidatingWebhookConfiguration that makes a cluster's API servers ask us (reference 03 §3.2). */
import { stringify } from "yaml";

export interface Registration {
  /** `NAMESPACE/NAME` of the Service in front of us, or the URL API servers reach us by. */
  readonly target: { readonly service: string } | { readonly url: string };
  /** `/k8s_admission/prod` */
  readonly path: string;
  /** PEM. */
  readonly ca: string;
  /** 1 to 30. */
  readonly timeoutSeconds: number;
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
export function webhookYaml({ target, path, ca, timeoutSeconds }: Registration): string {
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
    rules: rules.map((rule) => ({ ...rule, apiVersions: ["*"], scope: "*" })),
    clientConfig,
  };
  return stringify(
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingWebhookConfiguration",
      metadata: { name: "tiercel-audit" },
      webhooks: [webhook],
    },
    { aliasDuplicateObjects: false },
  );
}
