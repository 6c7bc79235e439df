/** What runs Tiercel itself in a cluster, as Kubernetes objects: no more rights than it uses, which are none. */
import { stringify } from "yaml";

export interface ManifestWish {
  readonly namespace: string;
  /** Of the service that API servers post to: they do not ask the cluster's DNS, so it must be known and stay. */
  readonly clusterIp: string;
  readonly image: string;
  /** The cluster's name, under which its events are kept. */
  readonly cluster: string;
  /** Of the volume that holds all that is kept: `50Gi`. */
  readonly storage: string;
}

export interface Manifest {
  /** One line: what it is for. */
  readonly why: string;
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly [member: string]: unknown };
}

const name = "tiercel";
/** Holds `tls.crt`, `tls.key` and `token`; made by `secretCommands`, so that no secret is ever printed by us. */
export const ingestSecret = "tiercel-ingest";
const selector = { "app.kubernetes.io/name": name };
const user = 65_532;

/** In the order in which they can be applied. */
export function manifests(wish: ManifestWish): readonly Manifest[] {
  const meta = (more: object = {}) => ({ name, namespace: wish.namespace, labels: selector, ...more });
  return [
    {
      why: "Pods in it must keep to the restricted Pod Security Standard; this one does.",
      object: {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: {
          name: wish.namespace,
          labels: { ...selector, "pod-security.kubernetes.io/enforce": "restricted" },
        },
      },
    },
    {
      why: "It never asks the API server anything: no role, no binding, no token.",
      object: { apiVersion: "v1", kind: "ServiceAccount", metadata: meta(), automountServiceAccountToken: false },
    },
    {
      why: "Its configuration. The token and the certificate stand in a Secret beside it.",
      object: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: meta(),
        data: { "tiercel.yaml": configText(wish) },
      },
    },
    {
      why: "Where API servers post to. Reached while the server catches up too: not ready means behind, not away.",
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: meta({ name: `${name}-ingest` }),
        spec: {
          clusterIP: wish.clusterIp,
          publishNotReadyAddresses: true,
          selector,
          ports: [{ name: "ingest", port: 7765, targetPort: "ingest", protocol: "TCP" }],
        },
      },
    },
    {
      why: "Pages, API and metrics. Plain HTTP: put an ingress with TLS before it, or use `kubectl port-forward`.",
      object: {
        apiVersion: "v1",
        kind: "Service",
        metadata: meta(),
        spec: { selector, ports: [{ name: "api", port: 7766, targetPort: "api", protocol: "TCP" }] },
      },
    },
    {
      why: "One server, which keeps what it has on one volume.",
      object: { apiVersion: "apps/v1", kind: "StatefulSet", metadata: meta(), spec: statefulSet(wish) },
    },
    {
      why: "Anybody may reach the ingest port (API servers come from nodes' addresses, and show a token there), pods of the namespace the API. It calls nobody: allow here what an identity provider needs.",
      object: {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: meta(),
        spec: {
          podSelector: { matchLabels: selector },
          policyTypes: ["Ingress", "Egress"],
          ingress: [
            { ports: [{ port: "ingest", protocol: "TCP" }] },
            { from: [{ podSelector: {} }], ports: [{ port: "api", protocol: "TCP" }] },
          ],
          // No `egress`: an empty list is dropped by the API server, and each apply would change it again.
        },
      },
    },
  ];
}

const folders = { config: "/etc/tiercel", secret: "/etc/tiercel-ingest", data: "/var/lib/tiercel" };

/** An API server sends its token by HTTPS only, so there is a certificate. */
function configText({ cluster }: ManifestWish): string {
  return stringify({
    data_dir: folders.data,
    sources: [
      {
        type: "webhook",
        listen: "0.0.0.0:7765",
        token_required: true,
        tls: { cert_file: `${folders.secret}/tls.crt`, key_file: `${folders.secret}/tls.key` },
      },
    ],
    clusters: [{ name: cluster, token_file: `${folders.secret}/token` }],
    api: { listen: "0.0.0.0:7766" },
    log: { format: "json" },
  });
}

function statefulSet({ image, storage }: ManifestWish): object {
  const probe = (path: string, more: object = {}) => ({ httpGet: { path, port: "api" }, periodSeconds: 10, ...more });
  const mount = (volume: string, mountPath: string, readOnly?: true) => ({
    name: volume,
    mountPath,
    ...(readOnly && { readOnly }),
  });
  return {
    serviceName: name,
    replicas: 1,
    selector: { matchLabels: selector },
    template: {
      metadata: { labels: selector },
      spec: {
        serviceAccountName: name,
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        terminationGracePeriodSeconds: 60,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: user,
          runAsGroup: user,
          fsGroup: user,
          fsGroupChangePolicy: "OnRootMismatch",
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name,
            image,
            command: ["tiercel", "serve", "-c", `${folders.config}/tiercel.yaml`],
            // Nothing is written beside the data but what a database spills.
            env: [{ name: "HOME", value: "/tmp" }],
            workingDir: folders.data,
            ports: [
              { name: "ingest", containerPort: 7765, protocol: "TCP" },
              { name: "api", containerPort: 7766, protocol: "TCP" },
            ],
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            startupProbe: probe("/healthz", { failureThreshold: 60 }),
            livenessProbe: probe("/healthz", { timeoutSeconds: 5, failureThreshold: 6 }),
            readinessProbe: probe("/readyz", { timeoutSeconds: 5 }),
            resources: { requests: { cpu: "250m", memory: "1Gi" } },
            volumeMounts: [
              mount("config", folders.config, true),
              mount("ingest", folders.secret, true),
              mount("data", folders.data),
              mount("tmp", "/tmp"),
            ],
          },
        ],
        volumes: [
          { name: "config", configMap: { name } },
          { name: "ingest", secret: { secretName: ingestSecret, defaultMode: 0o440 } },
          { name: "tmp", emptyDir: {} },
        ],
      },
    },
    // As whole as the API server keeps it: `kubectl apply` takes the list for one value, and would change it each time.
    volumeClaimTemplates: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", labels: selector },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } }, volumeMode: "Filesystem" },
        status: { phase: "Pending" },
      },
    ],
  };
}

/** A shell's lines that make the Secret: a certificate for the address and a token, both new, printed nowhere. */
export function secretCommands({ namespace, clusterIp }: Pick<ManifestWish, "namespace" | "clusterIp">): string {
  return `umask 077 && cd "$(mktemp -d)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj /CN=tiercel \\
  -addext "subjectAltName=IP:${clusterIp}" -keyout tls.key -out tls.crt
openssl rand -hex 32 | tr -d '\\n' > token
kubectl -n ${namespace} create secret generic ${ingestSecret} --from-file=tls.crt --from-file=tls.key --from-file=token
`;
}

/** For `kubectl apply -f -`. */
export function manifestsText(wish: ManifestWish): string {
  const head = [
    "What runs Tiercel in a cluster. Apply it, then make the Secret that its pod waits for:",
    "",
    ...secretCommands(wish).trimEnd().split("\n"),
    "",
    "`tls.crt` is what API servers trust (certificate-authority), `token` is what they send. Keep both as secrets.",
  ];
  const documents = manifests(wish).map(
    ({ why, object }) => `# ${why}\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`,
  );
  return `${head.map((line) => `# ${line}`.trimEnd()).join("\n")}\n---\n${documents.join("---\n")}`;
}
