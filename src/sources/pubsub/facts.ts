/** What to know of Pub/Sub before taking it. */
import { gkeLacks } from "../../domain/foreign/gke.ts";
import type { SourceFacts } from "../../domain/source.ts";

export const pubSubFacts: SourceFacts = {
  title: "GKE, by Pub/Sub",
  for: "GKE: a log sink writes to a topic, and a subscription of our own is read",
  flow: "pull",
  isSteady: true,
  permissions: [
    "`roles/pubsub.subscriber` on the subscription, by Workload Identity or a key file.",
    "`roles/pubsub.publisher` on the topic for the sink's own writer.",
  ],
  limits: [
    "What cannot be kept stays in the subscription for as long as that retains it: 7 days unless told.",
    "Several readers of one subscription share its messages.",
    "Messages of up to 10 MB, which is Pub/Sub's own bound. With exactly-once delivery a lost acknowledgement is known, and its message is not kept twice.",
  ],
  delay: "5 to 60 s: Cloud Logging's own way to the sink.",
  cost: "Pub/Sub's price by bytes; Data Access logs, where they are on, by Cloud Logging's.",
  blind: [
    "The containers of exec and attach; their commands, where GKE does not label them.",
    "Bodies of secrets, config maps and token reviews.",
    "Groups of users.",
    "Reads, unless Data Access logs are on.",
  ],
  lacks: gkeLacks,
  steps: [
    {
      title: "A topic, a subscription of our own, and the sink",
      commands: `gcloud pubsub topics create tiercel-audit --project PROJECT
gcloud pubsub subscriptions create tiercel-audit --topic tiercel-audit --ack-deadline 60 --message-retention-duration 7d
gcloud logging sinks create tiercel-audit pubsub.googleapis.com/projects/PROJECT/topics/tiercel-audit \\
  --log-filter 'protoPayload.serviceName="k8s.io" AND resource.type="k8s_cluster"'`,
    },
    {
      title: "Rights for the writer that the last command prints, and for us",
      commands: `gcloud pubsub topics add-iam-policy-binding tiercel-audit --member WRITER --role roles/pubsub.publisher
gcloud pubsub subscriptions add-iam-policy-binding tiercel-audit --role roles/pubsub.subscriber \\
  --member "principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/PROJECT.svc.id.goog/subject/ns/NAMESPACE/sa/SERVICEACCOUNT"`,
    },
  ],
  example: `sources:
  - type: pubsub
    project: my-project
    subscription: tiercel-audit
`,
};
