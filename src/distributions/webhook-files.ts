/** What a self-managed API server needs to send its audit events to us: a kubeconfig, a policy, flags. Texts, nothing done. */
import { auditPolicy } from "./audit-policy.ts";
import { auditFlags } from "./plan/audit-flags.ts";
import { auditFolder, auditPaths } from "./plan/audit-folder.ts";
import { type WebhookWish, webhookKubeconfig } from "./plan/webhook-kubeconfig.ts";
import { receiverNotes } from "./receiver-url.ts";

export interface WebhookFiles {
  readonly files: readonly {
    readonly name: string;
    /** Where it lies on each control-plane host. */
    readonly path: string;
    readonly doc: string;
    readonly content: string;
    /** Holds a secret: 0600, and in nobody's repository. */
    readonly secret: boolean;
  }[];
  /** Of kube-apiserver. */
  readonly flags: readonly string[];
  readonly steps: readonly Step[];
  /** What else to know. */
  readonly notes: readonly string[];
}

export interface Step {
  readonly title: string;
  /** A shell's lines. */
  readonly commands: string;
}

const manifest = "/etc/kubernetes/manifests/kube-apiserver.yaml";

export function webhookFiles(wish: WebhookWish): WebhookFiles {
  const { url, token } = wish;
  return {
    files: [
      {
        name: "webhook-config.yaml",
        path: auditPaths.webhook,
        doc: "Where the API server sends its audit events, and the token that lets it.",
        content: webhookKubeconfig(wish),
        secret: token !== undefined,
      },
      {
        name: "audit-policy.yaml",
        path: auditPaths.policy,
        doc: "Which requests are recorded, and how much of each: as much as our rules read, and no secret's value.",
        content: auditPolicy(),
        secret: false,
      },
      {
        name: "additions.yaml",
        path: manifest,
        doc: "Lines to add to the API server's manifest; not a file of its own.",
        content: additions,
        secret: false,
      },
    ],
    flags,
    steps: [
      {
        title: "On a control-plane host, see whether Tiercel can be reached: it answers ok",
        commands: `curl -sS '${new URL(url).origin}/healthz'`,
      },
      {
        title: "Put the two files where the API server reads them",
        commands: `sudo install -d -m 0700 ${auditFolder}\nsudo install -m 0600 webhook-config.yaml audit-policy.yaml ${auditFolder}/`,
      },
      {
        title: "Keep the manifest as it is, outside of the folder of which the kubelet runs every file",
        commands: `sudo cp ${manifest} "$HOME"/kube-apiserver.yaml.before-tiercel`,
      },
      {
        title: "Add the lines of additions.yaml. The kubelet starts the API server anew when they are saved",
        commands: `sudoedit ${manifest}`,
      },
      {
        title: "Within two minutes it is back; if not, its log says why, and the copy puts it right",
        commands: `kubectl get --raw /readyz\nsudo crictl logs "$(sudo crictl ps -a --name kube-apiserver -q | head -1)" 2>&1 | tail -20`,
      },
    ],
    notes: [
      ...receiverNotes(url),
      "Do the same on every control-plane host, one after the other: each API server tells only of its own requests.",
      "A log of the API server's own (--audit-log-path) may stay on beside this: what the webhook had to drop can be posted from it later.",
    ],
  };
}

const flags: readonly string[] = auditFlags(auditPaths).map(({ name, value }) => `--${name}=${value}`);

const additions = `# Where each part goes. A flag that is there already stays once.
spec:
  containers:
    - command:
        - kube-apiserver
${flags.map((flag) => `        - ${flag}`).join("\n")}
      volumeMounts:
        - name: tiercel
          mountPath: ${auditFolder}
          readOnly: true
  volumes:
    - name: tiercel
      hostPath:
        path: ${auditFolder}
        type: Directory
`;
