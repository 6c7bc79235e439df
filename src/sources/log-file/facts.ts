/** What to know of log files before taking them. */
import type { SourceFacts } from "../../domain/source.ts";

export const logFileFacts: SourceFacts = {
  title: "An audit log on disk",
  for: "Control planes that write `--audit-log-path`; OpenShift 4's `/var/log/kube-apiserver`; the container's log in `/var/log/pods` where they write to their output; logs that were saved",
  flow: "pull",
  isSteady: true,
  permissions: [
    "To read the folder: the file is root's and 0600. In a pod: a `hostPath` of the folder, read-only, on every control-plane node.",
  ],
  limits: [
    "Mount the folder, not the file: a rotation renames the file away.",
    "A log that is cut without a copy loses what was not read yet; Tiercel says so.",
    "Of a line longer than `max_line_bytes` (64 MiB) the beginning is kept, in quarantine.",
    "Lines that a container runtime split (CRI, Docker's json-file) are joined again up to `max_line_bytes`, within one file: one that was split over a rotation stays in pieces, in quarantine.",
  ],
  delay: "As soon as it is written: the file is looked at each `poll_interval_secs` (0.5 s).",
  cost: "Nothing.",
  blind: [
    "What the audit policy leaves out.",
    "The other control-plane nodes: each writes its own log, so each needs a reader.",
  ],
  steps: [
    {
      title: "Let the API server write a log",
      commands: "kube-apiserver … --audit-policy-file=POLICY --audit-log-path=/var/log/kube-apiserver/audit.log",
    },
  ],
  example: `sources:
  - type: log-file
    path: /var/log/kube-apiserver   # each *.log in it, with its backups
    cluster: prod
    begin: backups                  # also what was rotated before we came
`,
};
