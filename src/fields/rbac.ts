/** Roles and their bindings. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { type FieldEntry, falcoField, optionalIndex, ownField, requiredKey } from "./entry.ts";
import { gather, indexOf, listAt, nonEmpty, scalarAt, stringIn } from "./read.ts";

const topic = "binding and role";

/** A text of each subject of a kind; a subject without the members that it is made of is left out. */
function subjects(kind: string, ...members: readonly string[]) {
  return (event: AuditEvent) => {
    const texts = event
      .at("requestObject", "subjects")
      ?.elements()
      .filter((subject) => stringIn(subject.member("kind")) === kind)
      .map((subject) => members.map((name) => subject.member(name)?.text()))
      .filter((parts) => parts.every((part) => part !== undefined))
      .map((parts) => parts.join(":"));
    return nonEmpty(texts);
  };
}

const binding = {
  roleRef: { kind: "ClusterRole", name: "cluster-admin" },
  subjects: [
    { kind: "User", name: "eve" },
    { kind: "Group", name: "ops" },
    { kind: "ServiceAccount", name: "bot", namespace: "ci" },
  ],
};
const bound = { requestObject: binding };

const rule = { apiGroups: [""], resources: ["pods", "secrets"], verbs: ["get"], nonResourceURLs: ["/healthz"] };
const role = { requestObject: { rules: [rule, { verbs: ["*"] }] } };

function ruleParts(name: keyof typeof rule, doc: string): FieldEntry {
  return falcoField(topic, {
    name: `ka.req.role.rules.${name}`,
    doc: `${doc} of a role, all rules together; the index is a rule's position.`,
    paths: [`/requestObject/rules[]/${name}`],
    list: true,
    argument: optionalIndex,
    read: (event, argument) =>
      nonEmpty(
        gather(event.root, ["requestObject", "rules", name], indexOf(argument))?.flatMap(
          (part) => part?.elements().map((element) => element.text()) ?? [],
        ),
      ),
    example: { event: role, argument: "0", value: rule[name] },
  });
}

export const rbac: readonly FieldEntry[] = [
  falcoField(topic, {
    name: "ka.req.binding.subjects",
    doc: "The subjects of a binding, each as JSON text.",
    paths: ["/requestObject/subjects"],
    list: true,
    read: listAt("requestObject", "subjects"),
    example: { event: bound, value: binding.subjects.map((subject) => JSON.stringify(subject)) },
  }),
  falcoField(topic, {
    name: "ka.req.binding.subjects.user_names",
    doc: "The names of the users bound.",
    paths: ["/requestObject/subjects[]"],
    list: true,
    read: subjects("User", "name"),
    example: { event: bound, value: ["eve"] },
  }),
  falcoField(topic, {
    name: "ka.req.binding.subjects.serviceaccount_names",
    doc: "The names of the service accounts bound.",
    paths: ["/requestObject/subjects[]"],
    list: true,
    read: subjects("ServiceAccount", "name"),
    example: { event: bound, value: ["bot"] },
  }),
  falcoField(topic, {
    name: "ka.req.binding.subjects.serviceaccount_ns_names",
    doc: "The service accounts bound, as namespace:name.",
    paths: ["/requestObject/subjects[]"],
    list: true,
    read: subjects("ServiceAccount", "namespace", "name"),
    example: { event: bound, value: ["ci:bot"] },
  }),
  falcoField(topic, {
    name: "ka.req.binding.subjects.group_names",
    doc: "The names of the groups bound.",
    paths: ["/requestObject/subjects[]"],
    list: true,
    read: subjects("Group", "name"),
    example: { event: bound, value: ["ops"] },
  }),
  falcoField(topic, {
    name: "ka.req.binding.role",
    doc: "The name of the role that a binding grants.",
    paths: ["/requestObject/roleRef/name"],
    read: scalarAt("requestObject", "roleRef", "name"),
    example: { event: bound, value: "cluster-admin" },
  }),
  ownField(topic, {
    name: "ka.req.binding.role.kind",
    doc: "Whether a binding grants a Role or a ClusterRole.",
    paths: ["/requestObject/roleRef/kind"],
    read: scalarAt("requestObject", "roleRef", "kind"),
    example: { event: bound, value: "ClusterRole" },
  }),
  falcoField(topic, {
    name: "ka.req.binding.subject.has_name",
    doc: "Deprecated: `true` if a subject of the binding has the name in the key, else `false`.",
    paths: ["/requestObject/subjects[]/name"],
    argument: requiredKey,
    read: (event, name) => {
      const all = event.at("requestObject", "subjects");
      if (all?.kind !== "array") return undefined;
      return String(all.elements().some((subject) => subject.member("name")?.text() === name));
    },
    example: { event: bound, argument: "nobody", value: "false" },
    falco: { doc: "is `true` for every event and every name", read: () => "true", value: "true" },
  }),
  falcoField(topic, {
    name: "ka.req.role.rules",
    doc: "The rules of a role, each as JSON text.",
    paths: ["/requestObject/rules"],
    list: true,
    read: listAt("requestObject", "rules"),
    example: { event: role, value: [JSON.stringify(rule), '{"verbs":["*"]}'] },
  }),
  ruleParts("apiGroups", "The API groups"),
  ruleParts("nonResourceURLs", "The URLs"),
  ruleParts("verbs", "The verbs"),
  ruleParts("resources", "The resources"),
];
