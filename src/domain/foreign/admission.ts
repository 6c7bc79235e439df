/** Admission reviews as audit events, marked as emulated (reference 03 §3.3). */
import type { JsonValue } from "../json-value.ts";
import { jsonText, type Layer, objectText, textAt } from "./layer.ts";
import { refOf, type Target, uriOf } from "./target.ts";

const verbs: Readonly<Record<string, string>> = {
  CREATE: "create",
  UPDATE: "update",
  DELETE: "delete",
  CONNECT: "create",
};

export function isAdmissionReview(value: JsonValue): boolean {
  return textAt(value, "kind") === "AdmissionReview";
}

/**
 * What an API server is about to do, as the event it will write if nothing else refuses: status and stage are
 * inferred. `at` is when the review came, RFC 3339; the review says no time itself.
 */
export function admissionLayer(review: JsonValue, at: string): Layer {
  const request = review.member("request");
  const reject = (reason: string): Layer => ({ kind: "rejected", reason, raw: review.compact() });
  if (request?.kind !== "object") return reject("an AdmissionReview without a request");
  const operation = textAt(request, "operation") ?? "";
  const target = targetOf(request, operation);
  if (verbs[operation] === undefined) return reject("an AdmissionReview without an operation we know");
  if (target === undefined) return reject("an AdmissionReview without a resource");
  const connects = operation === "CONNECT";
  const verb = connects && target.subresource === "proxy" ? "get" : (verbs[operation] ?? "");
  const object = present(request.member("object"));
  const dryRun = request.member("dryRun")?.text() === "true";
  const stamp = jsonText(at);
  const code = { CREATE: 201, CONNECT: 101 }[operation] ?? 200;
  const writes = operation === "CREATE" || operation === "UPDATE";
  const text = objectText([
    ["kind", '"Event"'],
    ["apiVersion", '"audit.k8s.io/v1"'],
    ["level", '"RequestResponse"'],
    ["auditID", jsonText(textAt(request, "uid"))],
    ["stage", jsonText(connects ? "ResponseStarted" : "ResponseComplete")],
    ["requestURI", jsonText(uriOf(target, verb) + tail(target, connects ? object : undefined, dryRun))],
    ["verb", jsonText(verb)],
    ["user", present(request.member("userInfo"))?.compact() ?? "{}"],
    ["objectRef", jsonText(refOf(target))],
    ["responseStatus", jsonText({ metadata: {}, code })],
    [
      "requestObject",
      writes ? object?.compact() : connects ? undefined : present(request.member("options"))?.compact(),
    ],
    [
      "responseObject",
      writes ? object?.compact() : connects ? undefined : present(request.member("oldObject"))?.compact(),
    ],
    ["requestReceivedTimestamp", stamp],
    ["stageTimestamp", stamp],
    ["annotations", jsonText(marks(request, operation, dryRun))],
  ]);
  return { kind: "text", text };
}

function present(value: JsonValue | undefined): JsonValue | undefined {
  return value?.kind === "null" ? undefined : value;
}

/** Authorisation comes before admission, so who gets here was allowed. */
function marks(request: JsonValue, operation: string, dryRun: boolean): object {
  return {
    "authorization.k8s.io/decision": "allow",
    "emulated.audit/source": "admission",
    "emulated.audit/response-status": "inferred",
    ...(dryRun && { "emulated.audit/dry-run": "true" }),
    ...(operation === "DELETE" &&
      textAt(request, "name") === undefined && { "emulated.audit/deletecollection": "true" }),
  };
}

/** What the client called it, not what it was converted to; v1beta1 of before 1.15 tells only the latter. */
function targetOf(request: JsonValue, operation: string): Target | undefined {
  const called = request.member("requestResource") ?? request.member("resource");
  const resource = textAt(called, "resource");
  const version = textAt(called, "version");
  if (resource === undefined || version === undefined) return undefined;
  const subresource = textAt(request, "requestSubResource") ?? textAt(request, "subResource");
  const name =
    textAt(request, "name") ??
    textAt(request, "object", "metadata", "name") ??
    textAt(request, "oldObject", "metadata", "name");
  const creates = resource === "namespaces" && operation === "CREATE" && subresource === undefined;
  const namespace = creates ? undefined : resource === "namespaces" ? name : textAt(request, "namespace");
  return {
    group: textAt(called, "group") ?? "",
    version,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
    ...(subresource !== undefined && { subresource }),
  };
}

/** The rest of a path and its query, as kubectl asks for exec, attach, port-forward and proxy. */
function tail(target: Target, options: JsonValue | undefined, dryRun: boolean): string {
  const path = target.subresource === "proxy" ? proxied(textAt(options, "path")) : "";
  const query: string[] = [];
  const add = (name: string, value: string) =>
    query.push(`${name}=${encodeURIComponent(value).replaceAll("%20", "+")}`);
  if (target.subresource !== "proxy") {
    for (const word of options?.member("command")?.elements() ?? []) add("command", word.text());
    const container = textAt(options, "container");
    if (container !== undefined) add("container", container);
    for (const port of options?.member("ports")?.elements() ?? []) add("ports", port.text());
    for (const name of ["stderr", "stdin", "stdout", "tty"])
      if (options?.member(name)?.text() === "true") add(name, "true");
  }
  if (dryRun) add("dryRun", "All");
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function proxied(path: string | undefined): string {
  return path === undefined ? "" : path.startsWith("/") ? path : `/${path}`;
}
