/** A request as sentences tell it, out of an activity or, with less to know, out of a detection. */
import type { Activity, Outcome } from "./activity.ts";
import type { Detection } from "./detection.ts";
import { outcomeOf } from "./outcome.ts";
import { memberOf, plainOf, textIn } from "./plain.ts";
import { requestUri } from "./request-uri.ts";

export interface ToldRequest {
  readonly user: string | null;
  readonly impersonatedUser: string | null;
  readonly verb: string;
  readonly apiGroup: string | null;
  readonly resource: string | null;
  readonly subresource: string | null;
  readonly namespace: string | null;
  readonly name: string | null;
  readonly path: string;
  readonly param: (name: string) => string | undefined;
  readonly hasParam: (name: string) => boolean;
  readonly argv: readonly string[];
  readonly request: unknown;
  readonly response: unknown;
  /** What the answer says went wrong. */
  readonly message: string | undefined;
  readonly code: number | null;
  readonly outcome: Outcome;
  readonly dryRun: boolean;
  /** Whether the list it stands in can be filtered by the answer's code. */
  readonly hasCodes: boolean;
}

export function toldActivity(activity: Activity): ToldRequest {
  const { user, impersonatedUser, apiGroup, resource, subresource, namespace, name, code, outcome, dryRun } = activity;
  const uri = requestUri(activity.requestURI);
  const event = plainOf(activity.event);
  return {
    ...{ user, impersonatedUser, apiGroup, resource, subresource, namespace, name, code, outcome, dryRun },
    verb: activity.verb ?? "",
    path: uri.path,
    param: uri.one,
    hasParam: uri.has,
    argv: uri.all("command"),
    request: memberOf(event, "requestObject"),
    response: memberOf(event, "responseObject"),
    message: textIn(event, "responseStatus", "message"),
    hasCodes: true,
  };
}

/** A detection holds what its rule's message names and where its request went; asked for alone, its event too. */
export function toldDetection(detection: Detection & { readonly event?: unknown }): ToldRequest {
  const { user, verb, namespace, name, fields } = detection;
  const [resource = null, subresource = null] = detection.resource?.split("/", 2) ?? [];
  const event = plainOf(detection.event);
  const text = (field: string) => {
    const value = fields[field];
    return typeof value === "string" || typeof value === "number" ? `${value}` : undefined;
  };
  const uri = requestUri(detection.requestURI ?? textIn(event, "requestURI") ?? text("ka.uri") ?? null);
  const param = (of: string) => uri.one(of) ?? text(`ka.uri.param[${of}]`);
  const command = param("command");
  const answered = memberOf(event, "responseStatus", "code");
  const code = detection.code ?? (typeof answered === "number" ? answered : codeOf(text("ka.response.code")));
  return {
    ...{ user, namespace, name, resource, subresource, code, param },
    impersonatedUser:
      detection.impersonatedUser ?? textIn(event, "impersonatedUser", "username") ?? text("ka.impuser.name") ?? null,
    verb: verb ?? "",
    apiGroup: textIn(event, "objectRef", "apiGroup") ?? null,
    path: uri.path,
    hasParam: (of) => param(of) !== undefined,
    argv: uri.all("command").length > 0 ? uri.all("command") : command === undefined ? [] : [command],
    request: memberOf(event, "requestObject"),
    response: memberOf(event, "responseObject"),
    message: textIn(event, "responseStatus", "message"),
    outcome: outcomeOf(code, detection.stage === null ? [] : [detection.stage]),
    dryRun: param("dryRun") === "All",
    hasCodes: false,
  };
}

function codeOf(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;
}
