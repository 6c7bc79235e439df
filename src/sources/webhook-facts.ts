/** What to know of the webhook before taking it. */
import type { SourceFacts } from "../domain/source.ts";

export const webhookFacts: SourceFacts = {
  title: "The API server's own webhook",
  for: "API servers whose flags you set (kubeadm, K3s, RKE2, kOps, OpenShift 3.11 …); AuditSink (1.13–1.18); OpenShift's ClusterLogForwarder by HTTP",
  flow: "push",
  isSteady: true,
  permissions: [
    "The control plane's hosts reach the address: an API server cannot look up the cluster's own DNS names.",
    "Beyond loopback a sender needs an ingest token (`token_required`) or a client certificate (`tls.client_ca_file`).",
  ],
  limits: [
    "An API server tries a batch five times, for about 80 to 240 s, and then drops it: Tiercel may be away no longer.",
    "Bodies up to `max_body_bytes` (64 MiB) are taken; nothing in them is answered with an error.",
  ],
  delay: "As `--audit-webhook-batch-max-wait` says: 30 s unless told, 5 s with our files.",
  cost: "Nothing but the API server's memory for what waits.",
  blind: ["What the audit policy leaves out. Nothing else is lost that the API server sends."],
  steps: [
    {
      title: "Turn auditing on: the plan is shown first, and can be undone",
      commands: "tiercel enable kubeadm --cluster NAME --receiver https://TIERCEL:7765 --token-file TOKEN --dry-run",
    },
    {
      title: "Or send a saved log once, to look",
      commands: "curl --data-binary @audit.log http://127.0.0.1:7765/k8s_audit/NAME",
    },
  ],
  example: `sources:
  - type: webhook
    listen: 0.0.0.0:7765
    token_required: true
    tls: { cert_file: /tls/tls.crt, key_file: /tls/tls.key }
`,
};
