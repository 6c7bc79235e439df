/** What is asked, and how: verb, stage, URI, and what the URI's query says. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { type FieldEntry, falcoField, ownField, requiredKey } from "./entry.ts";
import { nonEmpty, scalarAt, stringIn, stringsIn } from "./read.ts";
import { type Query, query, strictQuery } from "./uri.ts";

const topic = "request";

function uriOf(event: AuditEvent): string {
  return stringIn(event.at("requestURI")) ?? "";
}

function queryOf(event: AuditEvent): Query {
  return query(uriOf(event));
}

function parameter(name: string) {
  return (event: AuditEvent): string | undefined => queryOf(event).get(name)?.[0];
}

/** The query of a request for one of these subresources. */
function queryFor(event: AuditEvent, ...subresources: readonly string[]): Query | undefined {
  const subresource = stringIn(event.at("objectRef", "subresource"));
  return subresource !== undefined && subresources.includes(subresource) ? queryOf(event) : undefined;
}

// The API server takes a parameter without value, and any value but these, for yes.
function flag(event: AuditEvent, name: string): boolean | undefined {
  const parameters = queryFor(event, "exec", "attach");
  const value = parameters?.get(name)?.[0];
  return parameters && value !== undefined && !["false", "0"].includes(value.toLowerCase());
}

const exec = {
  verb: "get",
  requestURI: "/api/v1/namespaces/d/pods/p/exec?command=sh&command=-c&command=id+-u&container=web&stdin=true&tty=true",
  objectRef: { resource: "pods", subresource: "exec" },
};

export const request: readonly FieldEntry[] = [
  falcoField(topic, {
    name: "ka.auditid",
    doc: "The request's id, the same at all of its stages; any caller may choose it.",
    paths: ["/auditID"],
    read: scalarAt("auditID"),
    example: { event: { auditID: "5c1d" }, value: "5c1d" },
  }),
  falcoField(topic, {
    name: "ka.stage",
    doc: "The stage of the request's life: RequestReceived, ResponseStarted, ResponseComplete or Panic.",
    paths: ["/stage"],
    read: scalarAt("stage"),
    example: { event: { stage: "ResponseComplete" }, value: "ResponseComplete" },
  }),
  ownField(topic, {
    name: "ka.level",
    doc: "The audit level of the policy rule that let the event through: Metadata, Request or RequestResponse.",
    paths: ["/level"],
    read: scalarAt("level"),
    example: { event: { level: "Metadata" }, value: "Metadata" },
  }),
  falcoField(topic, {
    name: "ka.verb",
    doc: "The verb: get, list, watch, create, update, patch, delete, deletecollection; elsewhere the HTTP method.",
    paths: ["/verb"],
    read: scalarAt("verb"),
    example: { event: { verb: "create" }, value: "create" },
  }),
  falcoField(topic, {
    name: "ka.uri",
    doc: "The request's path and query, as sent.",
    paths: ["/requestURI"],
    read: scalarAt("requestURI"),
    example: { event: { requestURI: "/api/v1/pods?limit=500" }, value: "/api/v1/pods?limit=500" },
  }),
  falcoField(topic, {
    name: "ka.uri.param",
    doc: "The first value of a query parameter, decoded; one broken pair in the query, and no parameter has a value.",
    paths: ["/requestURI"],
    argument: requiredKey,
    read: (event, name = "") => strictQuery(event.at("requestURI")?.text() ?? "")?.get(name)?.[0],
    example: { event: exec, argument: "container", value: "web" },
  }),
  ownField(topic, {
    name: "ka.exec.command",
    doc: "The command line of an exec, its words joined by blanks; a broken pair elsewhere in the query hides nothing.",
    paths: ["/requestURI"],
    read: (event) => queryFor(event, "exec")?.get("command")?.join(" "),
    example: { event: exec, value: "sh -c id -u" },
  }),
  ownField(topic, {
    name: "ka.exec.args",
    doc: "The command line of an exec, word by word.",
    paths: ["/requestURI"],
    list: true,
    read: (event) => nonEmpty(queryFor(event, "exec")?.get("command")),
    example: { event: exec, value: ["sh", "-c", "id -u"] },
  }),
  ownField(topic, {
    name: "ka.exec.container",
    doc: "The container that an exec or attach names; absent where it leaves the choice to the pod.",
    paths: ["/requestURI"],
    read: (event) => queryFor(event, "exec", "attach")?.get("container")?.[0],
    example: { event: exec, value: "web" },
  }),
  ownField(topic, {
    name: "ka.exec.stdin",
    doc: "Whether an exec or attach sends input.",
    paths: ["/requestURI"],
    type: "bool",
    read: (event) => flag(event, "stdin"),
    example: { event: exec, value: true },
  }),
  ownField(topic, {
    name: "ka.exec.tty",
    doc: "Whether an exec or attach asks for a terminal.",
    paths: ["/requestURI"],
    type: "bool",
    read: (event) => flag(event, "tty"),
    example: { event: exec, value: true },
  }),
  ownField(topic, {
    name: "ka.portforward.ports",
    doc: "The ports that a port-forward names in its URI; newer clients name them inside the stream.",
    paths: ["/requestURI"],
    type: "uint64",
    list: true,
    read: (event) => {
      const ports = queryFor(event, "portforward")
        ?.get("ports")
        ?.flatMap((value) => value.split(","));
      return nonEmpty(ports?.filter((port) => /^\d{1,5}$/.test(port)).map(BigInt));
    },
    example: {
      event: { requestURI: "/x/portforward?ports=8080,22", objectRef: { subresource: "portforward" } },
      value: [8080n, 22n],
    },
  }),
  ownField(topic, {
    name: "ka.dryrun",
    doc: "Whether the request asks to be tried only, in its URI or in the options of a delete.",
    paths: ["/requestURI", "/requestObject/dryRun"],
    type: "bool",
    read: (event) => {
      if (queryOf(event).get("dryRun")?.includes("All")) return true;
      const body = event.at("requestObject");
      return stringIn(body?.member("kind")) === "DeleteOptions" && stringsIn(body?.member("dryRun")).includes("All");
    },
    example: { event: { requestURI: "/api/v1/namespaces?fieldManager=x&dryRun=All" }, value: true },
  }),
  ownField(topic, {
    name: "ka.fieldmanager",
    doc: "The field manager that the request's URI names, such as kubectl-client-side-apply.",
    paths: ["/requestURI"],
    read: parameter("fieldManager"),
    example: { event: { requestURI: "/x?fieldManager=helm" }, value: "helm" },
  }),
  ownField(topic, {
    name: "ka.labelselector",
    doc: "The label selector of a list, watch or deletecollection.",
    paths: ["/requestURI"],
    read: parameter("labelSelector"),
    example: { event: { requestURI: "/x?labelSelector=app%3Dweb" }, value: "app=web" },
  }),
  ownField(topic, {
    name: "ka.fieldselector",
    doc: "The field selector of a list, watch or deletecollection.",
    paths: ["/requestURI"],
    read: parameter("fieldSelector"),
    example: { event: { requestURI: "/x?fieldSelector=metadata.name%3Da" }, value: "metadata.name=a" },
  }),
];
