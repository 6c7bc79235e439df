/** What to know of Pub/Sub's pushes before taking them. */
import { gkeLacks } from "../../domain/foreign/gke.ts";
import type { SourceFacts } from "../../domain/source.ts";
import { pubSubFacts } from "../pubsub/facts.ts";

export const pubSubPushFacts: SourceFacts = {
  title: "GKE, pushed by Pub/Sub",
  for: "GKE, for those who let nothing reach into Google Cloud: a log sink writes to a topic, and its subscription pushes to us",
  flow: "push",
  isSteady: true,
  permissions: [
    "A public HTTPS address that ends in `/pubsub`; no right of ours in Google Cloud.",
    "`iam.serviceAccounts.actAs` on the service account that it pushes as, for whoever creates the subscription.",
    "`roles/pubsub.publisher` on the topic for the sink's own writer.",
  ],
  limits: [
    "Each message is a request of its own.",
    "Pub/Sub waits longer after each failure, up to ten minutes, and keeps what it could not push: 7 days unless told.",
  ],
  delay: pubSubFacts.delay,
  cost: pubSubFacts.cost,
  blind: pubSubFacts.blind,
  lacks: gkeLacks,
  steps: [
    {
      title: "A topic, the sink, and the right of the writer that the second command prints",
      commands: `gcloud pubsub topics create tiercel-audit --project PROJECT
gcloud logging sinks create tiercel-audit pubsub.googleapis.com/projects/PROJECT/topics/tiercel-audit \\
  --log-filter 'protoPayload.serviceName="k8s.io" AND resource.type="k8s_cluster"'
gcloud pubsub topics add-iam-policy-binding tiercel-audit --member WRITER --role roles/pubsub.publisher`,
    },
    {
      title: "A subscription that names who it comes as",
      commands: `gcloud pubsub subscriptions create tiercel-audit --topic tiercel-audit --ack-deadline 60 --message-retention-duration 7d \\
  --push-endpoint https://tiercel.example/pubsub --push-auth-token-audience https://tiercel.example/pubsub \\
  --push-auth-service-account tiercel-push@PROJECT.iam.gserviceaccount.com`,
    },
  ],
  example: `sources:
  - type: pubsub-push
    listen: 0.0.0.0:7769            # behind what terminates HTTPS, or with \`tls\`
    audience: https://tiercel.example/pubsub
    service_account: tiercel-push@my-project.iam.gserviceaccount.com
`,
};
