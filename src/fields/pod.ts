/** The pod that a request creates or changes: the fields of Falco's plugin, which look at pods alone. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import { type FieldEntry, falcoField, optionalIndex, requiredKey } from "./entry.ts";
import type { Value } from "./field.ts";
import { falcoRepositoryOf, repositoryOf } from "./image.ts";
import { elementsOf, gather, indexOf, listAt, nonEmpty, said, scalarAt } from "./read.ts";

const topic = "pod";
const spec = ["requestObject", "spec"] as const;
type Read = (event: AuditEvent, argument: string | undefined) => Value | undefined;

/** The text at a path from each element; elements that lack it are passed over. */
function each(...path: readonly string[]): Read {
  return (event, argument) =>
    nonEmpty(gather(event.root, [...spec, ...path], indexOf(argument))?.flatMap((value) => value?.text() ?? []));
}

/** The same, but one element that lacks it hides all. */
function everyOne(
  ...path: readonly string[]
): (event: AuditEvent, argument: string | undefined) => string[] | undefined {
  return (event, argument) => {
    const values = gather(event.root, [...spec, ...path], indexOf(argument));
    if (values === undefined || values.length === 0 || values.includes(undefined)) return undefined;
    return values.map((value) => value!.text());
  };
}

/** Each element's words joined; one that is no list of strings hides all. */
function joined(...path: readonly string[]): Read {
  return (event, argument) => {
    const lists = gather(event.root, [...spec, ...path], indexOf(argument))?.filter((list) => list !== undefined);
    const sound = lists?.every(
      (list) => list.kind === "array" && list.elements().every((word) => word.kind === "string"),
    );
    if (lists === undefined || !sound) return undefined;
    return nonEmpty(
      lists.map((list) =>
        list
          .elements()
          .map((word) => word.text())
          .join(" "),
      ),
    );
  };
}

function hostPorts(kind: string): Read {
  return (event, argument) => {
    const lists = gather(event.root, [...spec, kind, "ports"], indexOf(argument))?.filter((list) => list !== undefined);
    if (lists === undefined || lists.some((list) => list.kind !== "array")) return undefined;
    const ports = lists.flatMap((list) => list.elements());
    return nonEmpty(ports.flatMap((port) => (port.member("hostPort") ?? port.member("containerPort"))?.text() ?? []));
  };
}

/** The containers of a kind, or the one at the index. */
function containers(event: AuditEvent, kind: string, argument: string | undefined): readonly JsonValue[] {
  const all = event.at(...spec, kind);
  if (argument === undefined || all?.kind === "object") return elementsOf(all);
  const one = all?.element(Number(argument));
  return one === undefined ? [] : [one];
}

function effective(kind: string, member: string): Read {
  return (event, argument) => {
    const ofPod = said(event.at(...spec, "securityContext", member)) ?? "0";
    return nonEmpty(
      containers(event, kind, argument).map(
        (container) => said(container.member("securityContext")?.member(member)) ?? ofPod,
      ),
    );
  };
}

function falcoEffective(kind: string, member: string): Read {
  return (event, argument) => {
    const ofPod = event.at(...spec, member)?.text() ?? "0";
    return nonEmpty(
      gather(event.root, [...spec, kind, member], indexOf(argument))?.map((value) => value?.text() ?? ofPod),
    );
  };
}

const security = {
  privileged: true,
  allowPrivilegeEscalation: true,
  readOnlyRootFilesystem: false,
  runAsUser: 1000,
  runAsGroup: 3000,
  procMount: "Unmasked",
  capabilities: { add: ["SYS_ADMIN", "NET_RAW"] },
};
const container = {
  name: "web",
  image: "registry.local:5000/shop/web:v1",
  command: ["sh", "-c"],
  args: ["sleep", "1"],
  ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 8081 }],
  securityContext: security,
};

function containerFields(kind: "containers" | "initContainers" | "ephemeralContainers", noun: string): FieldEntry[] {
  const name = `ka.req.pod.${kind}`;
  const path = `/requestObject/spec/${kind}[]`;
  // Of the example container, what the path reads.
  const eventWith = (path: string) => {
    const [member = "", below = ""] = path.split("/");
    const value =
      member === "securityContext"
        ? { [below]: security[below as keyof typeof security] }
        : container[member as keyof typeof container];
    return { requestObject: { spec: { [kind]: [{ [member]: value }] } } };
  };
  const half = { requestObject: { spec: { [kind]: [{ name: "a", image: "reg:5000/a:1" }, {}] } } };
  const field = (field: {
    readonly name: string;
    readonly doc: string;
    readonly path: string;
    readonly read: Read;
    readonly value: Value;
    readonly event?: Record<string, unknown>;
    readonly falco?: { readonly doc: string; readonly read: Read; readonly value: Value | undefined };
  }) =>
    falcoField(topic, {
      name: `${name}.${field.name}`,
      doc: field.doc,
      paths: [`${path}/${field.path}`],
      list: true,
      argument: optionalIndex,
      read: field.read,
      example: { event: field.event ?? eventWith(field.path), value: field.value },
      ...(field.falco && { falco: field.falco }),
    });
  const image =
    (of: (image: string) => string, texts: ReturnType<typeof everyOne>): Read =>
    (event, argument) =>
      texts(event, argument)?.map(of);
  const securityField = (fieldName: string, member: keyof typeof security, doc: string) =>
    field({
      name: fieldName,
      doc: `${doc} of each ${noun} that says so.`,
      path: `securityContext/${member}`,
      read: each(kind, "securityContext", member),
      value: [String(security[member])],
    });
  const effectiveField = (fieldName: string, member: "runAsUser" | "runAsGroup", what: string) =>
    field({
      name: fieldName,
      doc: `The ${what} each ${noun} runs as: its own, or else the pod's, or else 0.`,
      path: `securityContext/${member}`,
      read: effective(kind, member),
      value: [String(security[member])],
      falco: {
        doc: "looks beside both security contexts, so it is practically always one `0` for each",
        read: falcoEffective(kind, member),
        value: ["0"],
      },
    });
  const hidden = `one ${noun} without it hides that of all others`;
  return [
    field({
      name: "name",
      doc: `The name of each ${noun}.`,
      path: "name",
      read: each(kind, "name"),
      event: half,
      value: ["a"],
      falco: { doc: hidden, read: everyOne(kind, "name"), value: undefined },
    }),
    field({
      name: "image",
      doc: `The image of each ${noun}.`,
      path: "image",
      read: each(kind, "image"),
      event: half,
      value: ["reg:5000/a:1"],
      falco: { doc: hidden, read: everyOne(kind, "image"), value: undefined },
    }),
    field({
      name: "image.repository",
      doc: `The image of each ${noun} without tag and digest.`,
      path: "image",
      read: (event, argument) => {
        const images = each(kind, "image")(event, argument) as readonly string[] | undefined;
        return images?.map(repositoryOf);
      },
      value: ["registry.local:5000/shop/web"],
      falco: {
        doc: `is cut at the first colon, so a registry with a port loses all behind it; ${hidden}`,
        read: image(falcoRepositoryOf, everyOne(kind, "image")),
        value: ["registry.local"],
      },
    }),
    field({
      name: "command",
      doc: `The command of each ${noun}, its words joined by blanks.`,
      path: "command",
      read: joined(kind, "command"),
      value: ["sh -c"],
    }),
    field({
      name: "args",
      doc: `The arguments of each ${noun}, joined by blanks.`,
      path: "args",
      read: joined(kind, "args"),
      value: ["sleep 1"],
    }),
    ...(kind === "ephemeralContainers"
      ? []
      : [
          field({
            name: "host_port",
            doc: `The host port of each port of each ${noun}, or else its container port.`,
            path: "ports",
            read: hostPorts(kind),
            value: ["80", "8081"],
          }),
        ]),
    securityField("privileged", "privileged", "The privileged flag"),
    securityField("allow_privilege_escalation", "allowPrivilegeEscalation", "The flag that allows more privileges"),
    securityField("read_only_fs", "readOnlyRootFilesystem", "The flag for a read-only root file system"),
    securityField("run_as_user", "runAsUser", "The user id"),
    effectiveField("eff_run_as_user", "runAsUser", "user id"),
    securityField("run_as_group", "runAsGroup", "The group id"),
    effectiveField("eff_run_as_group", "runAsGroup", "group id"),
    securityField("proc_mount", "procMount", "The way /proc is mounted"),
    field({
      name: "add_capabilities",
      doc: `The capabilities added by each ${noun}, all in one list; the index is a ${noun}'s position.`,
      path: "securityContext/capabilities/add",
      read: (event, argument) =>
        nonEmpty(
          gather(event.root, [...spec, kind, "securityContext", "capabilities", "add"], indexOf(argument))?.flatMap(
            (list) => list?.elements().map((capability) => capability.text()) ?? [],
          ),
        ),
      value: ["SYS_ADMIN", "NET_RAW"],
      falco: {
        doc: "is one JSON text for each container, so no capability is ever found in it",
        read: each(kind, "securityContext", "capabilities", "add"),
        value: ['["SYS_ADMIN","NET_RAW"]'],
      },
    }),
  ];
}

function podField(
  name: string,
  path: readonly string[],
  doc: string,
  event: Record<string, unknown>,
  value: string,
): FieldEntry {
  return falcoField(topic, {
    name,
    doc,
    paths: [`/requestObject/spec/${path.join("/")}`],
    read: scalarAt(...spec, ...path),
    example: { event: { requestObject: { spec: event } }, value },
  });
}

const volumes = [
  { name: "a", hostPath: { path: "/etc/kubernetes" } },
  { name: "b", emptyDir: {} },
  { name: "c", flexVolume: { driver: "azure/kv" } },
];
const mounting = { requestObject: { spec: { volumes } } };

const deprecated: readonly FieldEntry[] = [
  falcoField(topic, {
    name: "ka.req.container.image",
    doc: "Deprecated: the image of the first container.",
    paths: ["/requestObject/spec/containers[0]/image"],
    read: (event) => gather(event.root, [...spec, "containers", "image"], 0)?.[0]?.text(),
    example: {
      event: { requestObject: { spec: { containers: [{ image: container.image }] } } },
      value: container.image,
    },
  }),
  falcoField(topic, {
    name: "ka.req.container.image.repository",
    doc: "Deprecated: the image of the first container without tag and digest.",
    paths: ["/requestObject/spec/containers[0]/image"],
    read: (event) => {
      const image = gather(event.root, [...spec, "containers", "image"], 0)?.[0]?.text();
      return image && repositoryOf(image);
    },
    example: {
      event: { requestObject: { spec: { containers: [{ image: container.image }] } } },
      value: "registry.local:5000/shop/web",
    },
    falco: {
      doc: "is cut at the first colon, so a registry with a port loses all behind it",
      read: (event) => {
        const image = gather(event.root, [...spec, "containers", "image"], 0)?.[0]?.text();
        return image && falcoRepositoryOf(image);
      },
      value: "registry.local",
    },
  }),
  podField(
    "ka.req.container.host_network",
    ["hostNetwork"],
    "Deprecated: as ka.req.pod.host_network.",
    { hostNetwork: true },
    "true",
  ),
  falcoField(topic, {
    name: "ka.req.container.privileged",
    doc: "Deprecated: `true` if any container is privileged, else `false`.",
    paths: ["/requestObject/spec/containers[]/securityContext/privileged"],
    read: (event) => {
      const flags = gather(event.root, [...spec, "containers", "securityContext", "privileged"], undefined);
      return flags && String(flags.some((flag) => flag?.kind === "boolean" && flag.text() === "true"));
    },
    example: { event: { requestObject: { spec: { containers: [{ name: "a" }] } } }, value: "false" },
  }),
  falcoField(topic, {
    name: "ka.req.volume.hostpath",
    doc: "Deprecated: `true` if a volume mounts the host path in the key, or one that begins so if the key ends in `*`.",
    paths: ["/requestObject/spec/volumes[]/hostPath/path"],
    argument: requiredKey,
    read: (event, key = "") => {
      const paths = gather(event.root, [...spec, "volumes", "hostPath", "path"], undefined);
      const matches = (path: string) => (key.endsWith("*") ? path.startsWith(key.slice(0, -1)) : path === key);
      return paths && String(paths.some((path) => path !== undefined && matches(path.text())));
    },
    example: { event: mounting, argument: "/etc*", value: "true" },
  }),
];

/** Every member of a volume but its name says what type it is of. */
function volumeTypes(event: AuditEvent, argument: string | undefined): Value | undefined {
  const all = event.at(...spec, "volumes");
  const one = argument === undefined ? undefined : all?.element(Number(argument));
  const read = argument === undefined || all?.kind === "object" ? elementsOf(all) : one === undefined ? [] : [one];
  return nonEmpty(read.flatMap((volume) => [...volume.members()].flatMap(([name]) => (name === "name" ? [] : [name]))));
}

export const pod: readonly FieldEntry[] = [
  ...containerFields("containers", "container"),
  podField(
    "ka.req.pod.host_ipc",
    ["hostIPC"],
    "Whether the pod shares the host's IPC, where it says so.",
    { hostIPC: true },
    "true",
  ),
  podField(
    "ka.req.pod.host_network",
    ["hostNetwork"],
    "Whether the pod uses the host's network, where it says so.",
    { hostNetwork: true },
    "true",
  ),
  podField(
    "ka.req.pod.host_pid",
    ["hostPID"],
    "Whether the pod sees the host's processes, where it says so.",
    { hostPID: true },
    "true",
  ),
  podField(
    "ka.req.pod.run_as_user",
    ["securityContext", "runAsUser"],
    "The user id of the pod's security context.",
    { securityContext: { runAsUser: 0 } },
    "0",
  ),
  podField(
    "ka.req.pod.run_as_group",
    ["securityContext", "runAsGroup"],
    "The group id of the pod's security context.",
    { securityContext: { runAsGroup: 0 } },
    "0",
  ),
  podField(
    "ka.req.pod.fs_group",
    ["securityContext", "fsGroup"],
    "The group that owns the pod's volumes.",
    { securityContext: { fsGroup: 2000 } },
    "2000",
  ),
  falcoField(topic, {
    name: "ka.req.pod.supplemental_groups",
    doc: "The further groups of the pod's security context.",
    paths: ["/requestObject/spec/securityContext/supplementalGroups"],
    list: true,
    read: listAt(...spec, "securityContext", "supplementalGroups"),
    example: {
      event: { requestObject: { spec: { securityContext: { supplementalGroups: [1, 2] } } } },
      value: ["1", "2"],
    },
  }),
  falcoField(topic, {
    name: "ka.req.pod.volumes.hostpath",
    doc: "The host paths that the pod's volumes mount; the index is a volume's position.",
    paths: ["/requestObject/spec/volumes[]/hostPath/path"],
    list: true,
    argument: optionalIndex,
    read: each("volumes", "hostPath", "path"),
    example: { event: mounting, value: ["/etc/kubernetes"] },
  }),
  falcoField(topic, {
    name: "ka.req.pod.volumes.flexvolume_driver",
    doc: "The FlexVolume drivers that the pod's volumes use; the index is a volume's position.",
    paths: ["/requestObject/spec/volumes[]/flexVolume/driver"],
    list: true,
    argument: optionalIndex,
    read: each("volumes", "flexVolume", "driver"),
    example: { event: mounting, value: ["azure/kv"] },
  }),
  falcoField(topic, {
    name: "ka.req.pod.volumes.volume_type",
    doc: "The types of the pod's volumes; the index is a volume's position.",
    paths: ["/requestObject/spec/volumes[]"],
    list: true,
    argument: optionalIndex,
    read: volumeTypes,
    example: { event: mounting, value: ["hostPath", "emptyDir", "flexVolume"] },
  }),
  ...deprecated,
  ...containerFields("initContainers", "init container"),
  ...containerFields("ephemeralContainers", "ephemeral container"),
];
