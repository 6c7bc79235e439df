/** Who asks: the authenticated user, whom it acts as, and where it calls from. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { addressOf } from "./address.ts";
import { type FieldEntry, falcoField, optionalIndex, ownField, requiredKey } from "./entry.ts";
import type { Value } from "./field.ts";
import { gather, indexedListAt, indexOf, listAt, nonEmpty, scalarAt, stringIn } from "./read.ts";

const topic = "identity";

/** `user` or, where the request impersonates, `impersonatedUser`: whose rights counted. */
function effective(event: AuditEvent): "impersonatedUser" | "user" {
  return event.at("impersonatedUser")?.kind === "object" ? "impersonatedUser" : "user";
}

function serviceAccount(event: AuditEvent, part: 0 | 1): string | undefined {
  return /^system:serviceaccount:([^:]+):([^:]+)$/.exec(stringIn(event.at("user", "username")) ?? "")?.[part + 1];
}

function extra(user: "user" | "impersonatedUser") {
  return (event: AuditEvent, key = ""): Value | undefined => listAt(user, "extra", key)(event);
}

const someone = { username: "alice", groups: ["dev", "system:authenticated"], uid: "7f3" };
const impersonator = {
  user: { username: "alice" },
  impersonatedUser: { username: "bob", uid: "b0b", groups: ["ops"] },
};
const robot = { user: { username: "system:serviceaccount:ci:deployer" } };

export const identity: readonly FieldEntry[] = [
  falcoField(topic, {
    name: "ka.user.name",
    doc: "The authenticated user's name; absent where authentication failed.",
    paths: ["/user/username"],
    read: scalarAt("user", "username"),
    example: { event: { user: someone }, value: "alice" },
  }),
  falcoField(topic, {
    name: "ka.user.groups",
    doc: "The groups of the authenticated user.",
    paths: ["/user/groups"],
    list: true,
    read: listAt("user", "groups"),
    example: { event: { user: someone }, value: ["dev", "system:authenticated"] },
  }),
  ownField(topic, {
    name: "ka.user.uid",
    doc: "The authenticated user's uid; for a service account that of its object.",
    paths: ["/user/uid"],
    read: scalarAt("user", "uid"),
    example: { event: { user: someone }, value: "7f3" },
  }),
  ownField(topic, {
    name: "ka.user.extra",
    doc: "What the authenticator says besides under a key, such as the pod of a token or the ARN of a cloud identity.",
    paths: ["/user/extra"],
    list: true,
    argument: requiredKey,
    read: extra("user"),
    example: {
      event: { user: { username: "a", extra: { "authentication.kubernetes.io/pod-name": ["web-1"] } } },
      argument: "authentication.kubernetes.io/pod-name",
      value: ["web-1"],
    },
  }),
  ownField(topic, {
    name: "ka.user.serviceaccount.name",
    doc: "The service account's name where the user is one.",
    paths: ["/user/username"],
    read: (event) => serviceAccount(event, 1),
    example: { event: robot, value: "deployer" },
  }),
  ownField(topic, {
    name: "ka.user.serviceaccount.namespace",
    doc: "The service account's namespace where the user is one.",
    paths: ["/user/username"],
    read: (event) => serviceAccount(event, 0),
    example: { event: robot, value: "ci" },
  }),
  falcoField(topic, {
    name: "ka.impuser.name",
    doc: "The name of the user acted as, where the request impersonates and may.",
    paths: ["/impersonatedUser/username"],
    read: scalarAt("impersonatedUser", "username"),
    example: { event: impersonator, value: "bob" },
  }),
  ownField(topic, {
    name: "ka.impuser.uid",
    doc: "The uid acted as, where the request impersonates.",
    paths: ["/impersonatedUser/uid"],
    read: scalarAt("impersonatedUser", "uid"),
    example: { event: impersonator, value: "b0b" },
  }),
  ownField(topic, {
    name: "ka.impuser.groups",
    doc: "The groups acted as, where the request impersonates.",
    paths: ["/impersonatedUser/groups"],
    list: true,
    read: listAt("impersonatedUser", "groups"),
    example: { event: impersonator, value: ["ops"] },
  }),
  ownField(topic, {
    name: "ka.impuser.extra",
    doc: "The extra information acted with under a key, where the request impersonates.",
    paths: ["/impersonatedUser/extra"],
    list: true,
    argument: requiredKey,
    read: extra("impersonatedUser"),
    example: { event: { impersonatedUser: { extra: { scopes: ["view"] } } }, argument: "scopes", value: ["view"] },
  }),
  ownField(topic, {
    name: "ka.effuser.name",
    doc: "Whose rights counted: the impersonated user's name, or else the user's.",
    paths: ["/impersonatedUser/username", "/user/username"],
    stages: ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"],
    read: (event) => scalarAt(effective(event), "username")(event),
    example: { event: impersonator, value: "bob" },
  }),
  ownField(topic, {
    name: "ka.effuser.groups",
    doc: "Whose rights counted: the impersonated user's groups, or else the user's.",
    paths: ["/impersonatedUser/groups", "/user/groups"],
    stages: ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"],
    list: true,
    read: (event) => listAt(effective(event), "groups")(event),
    example: { event: { user: someone }, value: ["dev", "system:authenticated"] },
  }),
  falcoField(topic, {
    name: "ka.sourceips",
    doc: "The addresses the request came through; all but the last are what the caller wrote into a header.",
    paths: ["/sourceIPs"],
    list: true,
    argument: optionalIndex,
    read: indexedListAt("sourceIPs"),
    example: { event: { sourceIPs: ["10.0.0.1", "192.0.2.7"] }, value: ["10.0.0.1", "192.0.2.7"] },
    falco: {
      doc: "reads `requestObject.rules[].sourceIPs`, which no event has",
      read: (event, argument) => {
        const lists = gather(event.root, ["requestObject", "rules", "sourceIPs"], indexOf(argument));
        return nonEmpty(lists?.flatMap((list) => list?.elements().map((element) => element.text()) ?? []));
      },
      value: undefined,
    },
  }),
  ownField(topic, {
    name: "ka.sourceip.last",
    doc: "The last source address, the only one that the API server saw itself: the caller's, or its load balancer's.",
    paths: ["/sourceIPs"],
    trust: "server",
    type: "ipaddr",
    read: (event) => addressOf(stringIn(event.at("sourceIPs")?.elements().at(-1)) ?? ""),
    example: { event: { sourceIPs: ["10.0.0.1", "192.0.2.7"] }, value: Uint8Array.of(192, 0, 2, 7) },
  }),
  falcoField(topic, {
    name: "ka.useragent",
    doc: "What the client says it is.",
    paths: ["/userAgent"],
    read: scalarAt("userAgent"),
    example: { event: { userAgent: "kubectl/v1.31.0" }, value: "kubectl/v1.31.0" },
  }),
  falcoField(topic, {
    name: "ka.cluster.name",
    doc: "The cluster's name, where a bridge or log shipper wrote it into the annotations.",
    paths: ["/annotations/cluster_name"],
    read: scalarAt("annotations", "cluster_name"),
    example: { event: { annotations: { cluster_name: "prod-1" } }, value: "prod-1" },
  }),
];
