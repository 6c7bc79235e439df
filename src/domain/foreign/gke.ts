/** Google Cloud's audit log entries as audit events (reference 03 §2.1.3). */
import { type NamedCluster, namedCluster } from "../cluster-name.ts";
import type { JsonValue } from "../json-value.ts";
import { nanosOf } from "../time.ts";
import { jsonText, type Layer, numberAt, objectText, textAt, without } from "./layer.ts";
import { refOf, type Target, uriOf } from "./target.ts";

const longRunning = new Set(["exec", "attach", "portforward"]);

/** google.rpc.Code as HTTP has it: cloud.google.com/apis/design/errors. */
const httpCodes: Readonly<Record<number, number>> = {
  1: 499,
  2: 500,
  3: 400,
  4: 504,
  5: 404,
  6: 409,
  7: 403,
  8: 429,
  9: 400,
  10: 409,
  11: 400,
  12: 501,
  13: 500,
  14: 503,
  15: 500,
  16: 401,
};

/** Where a kubectl command ran, GKE says which in this label. */
const commandLabel = "command.gke.io/command";

/**
 * What no log entry of GKE carries, as JSON pointers into an audit event, for coverage. Bodies of secrets, config maps and
 * token reviews are absent too, and reads where Data Access logs are off: those are Google's policy, not the entry's form.
 */
export const gkeLacks: readonly string[] = [
  "/user/groups",
  "/user/uid",
  "/user/extra",
  "/impersonatedUser",
  "/authenticationMetadata",
  "/objectRef/uid",
  "/objectRef/resourceVersion",
  "/responseStatus/details",
];

export function isLogEntry(value: JsonValue): boolean {
  return value.member("protoPayload")?.kind === "object";
}

/** What GKE does not carry (groups, bodies of secrets, the query of an exec) is absent, not made up. */
export function gkeLayer(entry: JsonValue): Layer {
  const payload = entry.member("protoPayload");
  const service = textAt(payload, "serviceName");
  if (service !== undefined && service !== "k8s.io")
    return { kind: "ignored", reason: `a log entry of ${service.slice(0, 100)}` };
  const reject = (reason: string): Layer => ({ kind: "rejected", reason, raw: entry.compact() });
  const method = textAt(payload, "methodName");
  if (payload === undefined || method === undefined) return reject("a log entry without a methodName");
  const time = textAt(entry, "timestamp") ?? textAt(entry, "receiveTimestamp");
  const nanos = time === undefined ? undefined : nanosOf(time);
  if (nanos === undefined) return reject("a log entry without a timestamp");
  const verb = method.slice(method.lastIndexOf(".") + 1);
  const resourceName = textAt(payload, "resourceName") ?? "";
  const target = targetOf(resourceName);
  const stamp = jsonText(sixDigits(nanos));
  const ip = textAt(payload, "requestMetadata", "callerIp");
  const user = textAt(payload, "authenticationInfo", "principalEmail");
  const request = payload.member("request");
  const response = payload.member("response");
  const labels = entry.member("labels");
  const text = objectText([
    ["kind", '"Event"'],
    ["apiVersion", '"audit.k8s.io/v1"'],
    ["level", jsonText(response ? "RequestResponse" : request ? "Request" : "Metadata")],
    ["auditID", jsonText(textAt(entry, "operation", "id") ?? textAt(entry, "insertId"))],
    ["stage", jsonText(stageOf(entry, target))],
    ["requestURI", jsonText(requestUri(target, resourceName, verb, textAt(labels, commandLabel)))],
    ["verb", jsonText(verb)],
    ["user", jsonText(user === undefined ? {} : { username: user })],
    ["sourceIPs", jsonText(ip === undefined ? undefined : [ip])],
    ["userAgent", jsonText(textAt(payload, "requestMetadata", "callerSuppliedUserAgent"))],
    ["objectRef", jsonText(target && refOf(target))],
    ["responseStatus", jsonText(statusOf(payload, verb, target))],
    ["requestObject", bodyText(request)],
    ["responseObject", bodyText(response)],
    ["requestReceivedTimestamp", stamp],
    ["stageTimestamp", stamp],
    ["annotations", labels?.kind === "object" ? labels.compact() : undefined],
  ]);
  return { kind: "text", text, cluster: clusterOf(entry.member("resource")) };
}

/** Names repeat over projects and locations: the id tells them apart. */
function clusterOf(resource: JsonValue | undefined): NamedCluster | undefined {
  const its = (label: string) => textAt(resource, "labels", label);
  const name = its("cluster_name");
  return namedCluster(name, `projects/${its("project_id")}/locations/${its("location")}/clusters/${name}`);
}

function bodyText(body: JsonValue | undefined): string | undefined {
  return body?.kind === "object" ? without(body, new Set(["@type"])) : body?.compact();
}

function sixDigits(nanos: bigint): string {
  const seconds = new Date(Number(nanos / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String((nanos % 1_000_000_000n) / 1000n).padStart(6, "0")}Z`;
}

/** Undefined for what is no resource: `HNAP1`, `healthz`. */
function targetOf(resourceName: string): Target | undefined {
  const parts = resourceName.split("/");
  const [group, version, ...rest] = parts;
  if (parts.length < 3 || group === undefined || !/^v\d/.test(version ?? "") || !rest[0]) return undefined;
  const ofNamespace = rest[0] === "namespaces" && rest.length === 3 && /^(status|finalize)$/.test(rest[2] ?? "");
  const inNamespace = rest[0] === "namespaces" && rest.length >= 3 && !ofNamespace;
  const [resource = "", name = "", ...sub] = inNamespace ? rest.slice(2) : rest;
  // GKE repeats the pod behind exec and attach.
  if (sub.length > 1 && longRunning.has(sub[0] ?? "") && sub.at(-1) === name) sub.pop();
  const namespace = inNamespace ? rest[1] : ofNamespace ? name : undefined;
  return {
    group: group === "core" ? "" : group,
    version: version ?? "",
    resource,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(sub.length > 0 && { subresource: sub.join("/") }),
  };
}

function requestUri(
  target: Target | undefined,
  resourceName: string,
  verb: string,
  command: string | undefined,
): string {
  if (target === undefined) return resourceName.startsWith("/") ? resourceName : `/${resourceName}`;
  const path = uriOf(target, verb);
  if (command === undefined || !longRunning.has(target.subresource ?? "")) return path;
  return `${path}?command=${encodeURIComponent(command).replaceAll("%20", "+")}`;
}

/** Requests that run long give two entries: one as they begin, one as they end. */
function stageOf(entry: JsonValue, target: Target | undefined): string {
  if (!longRunning.has(target?.subresource?.split("/")[0] ?? "")) return "ResponseComplete";
  const flag = (name: string) => entry.member("operation")?.member(name)?.text() === "true";
  return flag("first") && !flag("last") ? "ResponseStarted" : "ResponseComplete";
}

function statusOf(payload: JsonValue, verb: string, target: Target | undefined): object {
  const response = payload.member("response");
  if (response !== undefined && textAt(response, "status") === "Failure") {
    const { status, message, reason, code } = response.plain() as Record<string, unknown>;
    return {
      metadata: {},
      status,
      ...(message !== undefined && { message }),
      ...(reason !== undefined && { reason }),
      code,
    };
  }
  const code = numberAt(payload, "status", "code") ?? 0;
  const message = textAt(payload, "status", "message") ?? "";
  // 101 has no google.rpc code of its own and appears as 2, UNKNOWN.
  if (longRunning.has(target?.subresource?.split("/")[0] ?? "") && (code === 0 || code === 2))
    return { metadata: {}, code: 101 };
  if (code !== 0) return { metadata: {}, status: "Failure", message, code: httpCodes[code] ?? 500 };
  const asked = payload.member("authorizationInfo")?.elements() ?? [];
  if (asked.some((one) => one.member("granted")?.text() === "false"))
    return { metadata: {}, status: "Failure", message, code: 403 };
  return { metadata: {}, code: verb === "create" ? 201 : 200 };
}
