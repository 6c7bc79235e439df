/** What to know of admission reviews before taking them. */
import type { SourceFacts } from "../../domain/source.ts";

export const admissionFacts: SourceFacts = {
  title: "Admission reviews, where only a webhook can be registered",
  for: "Clusters whose API server cannot be configured, and that have no log service to read",
  flow: "push",
  isSteady: true,
  permissions: [
    "Who registers it may create a ValidatingWebhookConfiguration (`cluster-admin`).",
    "The API servers reach its Service or address: on private GKE and EKS a firewall rule for the port.",
    "To keep the `caBundle` right by itself, and to see that it is still registered: `get` and `patch` on its own ValidatingWebhookConfiguration, by name. `/rbac.yaml` prints it; without it that is left to you.",
  ],
  limits: [
    "Every write waits for its answer: half a second at most (`answer_within_ms`), or `timeoutSeconds` where it is not reached.",
    "It always allows, and `failurePolicy: Ignore` lets requests go on without it: what comes while it is away is not seen.",
    "Dry runs are activities marked as such, and make no detections.",
    "Of the two reviews of a pod's delete one is kept. Ourselves and the tokens that kubelets take are left out from Kubernetes 1.28 on, by `matchConditions`.",
    "What waits to be kept lies in memory, up to `max_waiting_bytes`; beyond it reviews are let through unseen, counted, and told.",
  ],
  delay: "None: the event is there before the request is done.",
  cost: "A round trip for every write to the cluster.",
  blind: [
    "Reads: get, list, watch, pod logs, secrets that are read.",
    "What is refused before admission: requests without a login, without the right, to paths that do not exist; and deletes of what is not there.",
    "Source addresses, user agents, who impersonated whom.",
    "Changes of webhook configurations: API servers ask no webhook about webhooks. Its own removal it sees only with the rights of `/rbac.yaml`.",
    "Whether the request then succeeded: a conflict, a quota, another webhook's refusal and an exec into a missing pod look like success.",
    "A patch from an update: both are updates, with the whole new object.",
  ],
  steps: [
    {
      title: "Register it, with an ingest token of the cluster's",
      commands: `hex=$(printf %s "$TOKEN" | od -An -v -tx1 | tr -d ' \\n')
curl -k "https://TIERCEL:7767/webhook.yaml?cluster=NAME&service=NAMESPACE/SERVICE&kubernetes=1.30" \\
  | sed "s/TOKEN-IN-HEX/$hex/" | kubectl apply -f -`,
    },
    {
      title: "Let it keep its caBundle right, and notice when it is removed",
      commands: 'curl -k "https://TIERCEL:7767/rbac.yaml?serviceaccount=NAMESPACE/NAME" | kubectl apply -f -',
    },
  ],
  example: `sources:
  - type: admission
    listen: 0.0.0.0:7767
    names: [tiercel.security.svc]
    token_required: true
`,
};
