/** What to know of Cloud Logging before taking it. */
import { gkeLacks } from "../../domain/foreign/gke.ts";
import type { SourceFacts } from "../../domain/source.ts";

export const cloudLoggingFacts: SourceFacts = {
  title: "GKE, by Cloud Logging",
  for: "GKE, read from the project's log: nothing is to be set up in it but a right",
  flow: "pull",
  isSteady: true,
  permissions: [
    "`roles/logging.viewer` on the project, by Workload Identity or a key file.",
    "`roles/logging.privateLogViewer` instead, where Data Access logs are on and reads shall be seen.",
  ],
  limits: [
    "A project may ask Cloud Logging 60 times a minute, people and programs together; `reads_per_minute` (30) of 1,000 entries each are ours: 500 entries a second at most. Take `pubsub` for more.",
    "Entries that reach Google more than `max_lateness_secs` (a day) after their own time are not found.",
    "One reader a project, or several with different `filter`s: each has its own memory.",
  ],
  delay: "5 to 60 s: Cloud Logging's own way, and `poll_interval_secs`.",
  cost: "Reading is free; Data Access logs, where they are on, by Cloud Logging's price for ingesting.",
  blind: [
    "The containers of exec and attach; their commands, where GKE does not label them.",
    "Bodies of secrets, config maps and token reviews.",
    "Groups of users.",
    "Reads, unless Data Access logs are on.",
    "What `filter` leaves out.",
  ],
  lacks: gkeLacks,
  steps: [
    {
      title: "Let Tiercel's service account read the log",
      commands: `gcloud projects add-iam-policy-binding PROJECT --role roles/logging.viewer \\
  --member "principal://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/PROJECT.svc.id.goog/subject/ns/NAMESPACE/sa/SERVICEACCOUNT"`,
    },
  ],
  example: `sources:
  - type: cloud-logging
    project: my-project
    filter: NOT protoPayload.methodName="io.k8s.coordination.v1.leases.update"
`,
};
