/** What runs, by whatever object brings it: pods, and the pod templates of workloads, in whole bodies and in patches. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import { podSpecs } from "./body.ts";
import { type FieldEntry, ownField } from "./entry.ts";
import { isSensitive, resolved } from "./host-path.ts";
import { repositoryOf } from "./image.ts";
import { elementsOf, nonEmpty, said } from "./read.ts";

const topic = "workload";
const kinds = ["containers", "initContainers", "ephemeralContainers"] as const;

interface Place {
  readonly pod: JsonValue;
  readonly container: JsonValue;
}

function places(event: AuditEvent): Place[] {
  return podSpecs(event).flatMap((pod) =>
    kinds.flatMap((kind) => elementsOf(pod.member(kind)).map((container) => ({ pod, container }))),
  );
}

function at(from: JsonValue | undefined, path: readonly string[]): JsonValue | undefined {
  let value = from;
  for (const name of path) value = value?.member(name);
  return value;
}

const path = (below: string) => [
  `/requestObject/spec/${below}`,
  `/requestObject/spec/template/spec/${below}`,
  `/requestObject/spec/jobTemplate/spec/template/spec/${below}`,
  `/requestObject/template/spec/${below}`,
];

const template = {
  hostNetwork: true,
  hostPID: true,
  hostIPC: false,
  serviceAccountName: "deployer",
  automountServiceAccountToken: true,
  nodeName: "node-1",
  securityContext: { runAsUser: 1000 },
  volumes: [
    { name: "a", hostPath: { path: "/srv/../etc//kubernetes" } },
    { name: "b", emptyDir: {} },
  ],
  initContainers: [{ name: "init", image: "reg:5000/init@sha256:0a", command: ["sh", "-c"], args: ["true"] }],
  containers: [
    {
      name: "web",
      image: "nginx:1.27",
      ports: [{ containerPort: 80, hostPort: 8080 }],
      securityContext: {
        privileged: true,
        allowPrivilegeEscalation: true,
        readOnlyRootFilesystem: false,
        runAsUser: 0,
        procMount: "Unmasked",
        capabilities: { add: ["SYS_ADMIN"] },
      },
    },
  ],
};
const event = { objectRef: { resource: "deployments" }, requestObject: { spec: { template: { spec: template } } } };

function containerField(
  name: string,
  below: string,
  doc: string,
  value: string[],
  read: (place: Place) => readonly string[],
): FieldEntry {
  return ownField(topic, {
    name: `ka.req.workload.containers.${name}`,
    doc,
    paths: kinds.flatMap((kind) => path(`${kind}[]/${below}`)),
    list: true,
    read: (event) => nonEmpty(places(event).flatMap(read)),
    example: { event, value },
  });
}

function text(...steps: readonly string[]) {
  return ({ container }: Place): readonly string[] => {
    const value = said(at(container, steps));
    return value === undefined ? [] : [value];
  };
}

function words(member: string) {
  return ({ container }: Place): readonly string[] => {
    const list = container.member(member);
    return list?.kind === "array"
      ? [
          list
            .elements()
            .map((word) => word.text())
            .join(" "),
        ]
      : [];
  };
}

function podField(name: string, steps: readonly string[], doc: string, value: string): FieldEntry {
  return ownField(topic, {
    name: `ka.req.workload.${name}`,
    doc,
    paths: path(steps.join("/")),
    read: (event) => podSpecs(event).flatMap((pod) => said(at(pod, steps)) ?? [])[0],
    example: { event, value },
  });
}

function volumes(event: AuditEvent): readonly JsonValue[] {
  return podSpecs(event).flatMap((pod) => elementsOf(pod.member("volumes")));
}

function hostPaths(event: AuditEvent): string[] {
  return volumes(event).flatMap((volume) => said(volume.member("hostPath")?.member("path")) ?? []);
}

export const workload: readonly FieldEntry[] = [
  containerField(
    "name",
    "name",
    "The names of all containers, init and ephemeral ones too.",
    ["web", "init"],
    text("name"),
  ),
  containerField(
    "image",
    "image",
    "The images of all containers.",
    ["nginx:1.27", "reg:5000/init@sha256:0a"],
    text("image"),
  ),
  containerField(
    "image.repository",
    "image",
    "The images of all containers without tag and digest.",
    ["nginx", "reg:5000/init"],
    (place) => text("image")(place).map(repositoryOf),
  ),
  containerField(
    "command",
    "command",
    "The commands of all containers, each joined by blanks.",
    ["sh -c"],
    words("command"),
  ),
  containerField("args", "args", "The arguments of all containers, each joined by blanks.", ["true"], words("args")),
  containerField(
    "privileged",
    "securityContext/privileged",
    "The privileged flags that containers set.",
    ["true"],
    text("securityContext", "privileged"),
  ),
  containerField(
    "allow_privilege_escalation",
    "securityContext/allowPrivilegeEscalation",
    "The flags that allow more privileges.",
    ["true"],
    text("securityContext", "allowPrivilegeEscalation"),
  ),
  containerField(
    "read_only_fs",
    "securityContext/readOnlyRootFilesystem",
    "The flags for a read-only root file system.",
    ["false"],
    text("securityContext", "readOnlyRootFilesystem"),
  ),
  containerField(
    "run_as_user",
    "securityContext/runAsUser",
    "The user ids that containers set.",
    ["0"],
    text("securityContext", "runAsUser"),
  ),
  containerField(
    "eff_run_as_user",
    "securityContext/runAsUser",
    "The user id of every container: its own, or else the pod's, or else 0.",
    ["0", "1000"],
    ({ pod, container }) => [
      said(at(container, ["securityContext", "runAsUser"])) ?? said(at(pod, ["securityContext", "runAsUser"])) ?? "0",
    ],
  ),
  containerField(
    "proc_mount",
    "securityContext/procMount",
    "The ways that /proc is mounted.",
    ["Unmasked"],
    text("securityContext", "procMount"),
  ),
  containerField(
    "add_capabilities",
    "securityContext/capabilities/add",
    "The capabilities that containers add.",
    ["SYS_ADMIN"],
    ({ container }) =>
      at(container, ["securityContext", "capabilities", "add"])
        ?.elements()
        .map((capability) => capability.text()) ?? [],
  ),
  containerField(
    "host_port",
    "ports[]/hostPort",
    "The ports of the host that containers take.",
    ["8080"],
    ({ container }) => elementsOf(container.member("ports")).flatMap((port) => said(port.member("hostPort")) ?? []),
  ),
  podField("host_network", ["hostNetwork"], "Whether it uses the host's network, where it says so.", "true"),
  podField("host_pid", ["hostPID"], "Whether it sees the host's processes, where it says so.", "true"),
  podField("host_ipc", ["hostIPC"], "Whether it shares the host's IPC, where it says so.", "false"),
  podField("run_as_user", ["securityContext", "runAsUser"], "The user id of the pod's security context.", "1000"),
  podField(
    "service_account",
    ["serviceAccountName"],
    "The service account that it runs as, where it names one.",
    "deployer",
  ),
  podField(
    "automount_token",
    ["automountServiceAccountToken"],
    "Whether the service account's token is mounted, where it says so.",
    "true",
  ),
  podField("node_name", ["nodeName"], "The node that it is put on past the scheduler.", "node-1"),
  ownField(topic, {
    name: "ka.req.workload.volumes.hostpath",
    doc: "The host paths that its volumes mount, `..` and doubled slashes resolved.",
    paths: path("volumes[]/hostPath/path"),
    list: true,
    read: (event) => nonEmpty(hostPaths(event).map(resolved)),
    example: { event, value: ["/etc/kubernetes"] },
  }),
  ownField(topic, {
    name: "ka.req.workload.volumes.hostpath.sensitive",
    doc: "For each mounted host path, whether it holds the host's secrets, sockets or devices: `true` or `false`.",
    paths: path("volumes[]/hostPath/path"),
    list: true,
    read: (event) => nonEmpty(hostPaths(event).map((path) => String(isSensitive(path)))),
    example: { event, value: ["true"] },
  }),
  ownField(topic, {
    name: "ka.req.workload.volumes.volume_type",
    doc: "The types of its volumes.",
    paths: path("volumes[]"),
    list: true,
    read: (event) =>
      nonEmpty(
        volumes(event)
          .flatMap((volume) => [...volume.members()].map(([name]) => name))
          .filter((name) => name !== "name"),
      ),
    example: { event, value: ["hostPath", "emptyDir"] },
  }),
];
