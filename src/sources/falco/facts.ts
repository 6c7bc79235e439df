/** What to know of Falco's alerts before taking them. */
import type { SourceFacts } from "../../domain/source.ts";

export const falcoFacts: SourceFacts = {
  title: "Falco's runtime alerts",
  for: "Clusters where Falco watches system calls: its alerts stand in Events, and beside the exec session during which they were raised",
  flow: "push",
  isSteady: false,
  permissions: [
    "Falco or falcosidekick reaches the address.",
    "Beyond loopback an ingest token, as a header `Authorization: Bearer TOKEN`: falcosidekick sends headers, Falco's own `http_output` does not, and needs a client certificate (`tls.client_ca_file`) or falcosidekick between.",
  ],
  limits: [
    "Neither Falco nor falcosidekick sends an alert again that was not taken in: what is raised while Tiercel is away is lost.",
    "Alerts come to the detections of the rule that Falco names; Tiercel's rules do not judge them.",
    "`k8s.ns.name` and `k8s.pod.name` must be among the output fields, or an alert finds no pod: Falco's container plugin and `-pk` put them there.",
  ],
  delay: "None worth telling.",
  cost: "Nothing but Falco's own.",
  blind: [
    "What Falco's rules do not tell of: alerts are no record of every command.",
    "Who of the cluster's users it was: Falco sees the container's own user. The session beside which it stands says who.",
  ],
  steps: [
    {
      title: "By falcosidekick (Helm)",
      commands: `helm upgrade falco falcosecurity/falco --reuse-values --set falcosidekick.enabled=true \\
  --set falcosidekick.config.webhook.address=https://TIERCEL:7765/falco/NAME \\
  --set falcosidekick.config.webhook.customHeaders="Authorization:Bearer TOKEN"`,
    },
    {
      title: "By Falco itself, in falco.yaml",
      commands: `json_output: true
http_output:
  enabled: true
  url: https://TIERCEL:7765/falco/NAME`,
    },
    {
      title: "Send one by hand",
      commands: `curl http://127.0.0.1:7765/falco/NAME -d '{"rule":"Terminal shell in container","priority":"Notice","source":"syscall",
  "output":"A shell was spawned in a container","output_fields":{"k8s.ns.name":"shop","k8s.pod.name":"web"}}'`,
    },
  ],
  example: `sources:
  - type: falco            # an address of their own; the webhook takes them too, at /falco on 7765
    listen: 0.0.0.0:7770
    token_required: true
`,
};
