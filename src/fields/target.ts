/** What the request is about: the object it names. */
import { type FieldEntry, falcoField, ownField } from "./entry.ts";
import { scalarAt, stringIn } from "./read.ts";

const topic = "target";
const objectRef = {
  resource: "deployments",
  subresource: "scale",
  namespace: "shop",
  name: "web",
  apiGroup: "apps",
  apiVersion: "v1",
  uid: "9a1",
  resourceVersion: "812",
};

const parts = [
  ["name", "name", "The object's name; absent for lists, and for creates that leave it to the server."],
  ["namespace", "namespace", "The object's namespace; absent for cluster-wide objects and lists of all namespaces."],
  ["resource", "resource", "The kind of object, in the plural: pods, secrets, clusterroles."],
  ["subresource", "subresource", "The part of the object, such as exec, log, status or scale."],
] as const;

const ownParts = [
  ["apigroup", "apiGroup", "The API group of the object; absent for the core group."],
  ["apiversion", "apiVersion", "The version of the API group that the request speaks."],
  ["uid", "uid", "The object's uid, where the request's body names it."],
  ["resourceversion", "resourceVersion", "The version of the object that the request's body starts from."],
] as const;

export const target: readonly FieldEntry[] = [
  ...parts.map(([name, member, doc]) =>
    falcoField(topic, {
      name: `ka.target.${name}`,
      doc,
      paths: [`/objectRef/${member}`],
      read: scalarAt("objectRef", member),
      example: { event: { objectRef }, value: objectRef[member] },
    }),
  ),
  falcoField(topic, {
    name: "ka.target.pod.name",
    doc: "For pods themselves, the name that the response gives, a generated one too.",
    paths: ["/responseObject/metadata/name"],
    read: (event) => {
      if (stringIn(event.at("objectRef", "resource")) !== "pods") return undefined;
      if ((stringIn(event.at("objectRef", "subresource")) ?? "") !== "") return undefined;
      return event.at("responseObject", "metadata", "name")?.text();
    },
    example: {
      event: { objectRef: { resource: "pods" }, responseObject: { metadata: { name: "web-x7k2" } } },
      value: "web-x7k2",
    },
  }),
  ...ownParts.map(([name, member, doc]) =>
    ownField(topic, {
      name: `ka.target.${name}`,
      doc,
      paths: [`/objectRef/${member}`],
      read: scalarAt("objectRef", member),
      example: { event: { objectRef }, value: objectRef[member] },
    }),
  ),
];
