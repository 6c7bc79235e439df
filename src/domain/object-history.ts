/** An object's history: who wrote it when, and what changed each time, as far as the audit level had bodies. */
import type { Activity, Outcome } from "./activity.ts";
import { type FieldChange, objectDiff } from "./object-diff.ts";
import { type PatchKind, patchChanges, patchKind } from "./patch-changes.ts";
import { isObject, memberOf, type PlainObject, plainOf, textIn } from "./plain.ts";
import { requestUri } from "./request-uri.ts";
import { compareMoments } from "./time.ts";

export interface ObjectVersion {
  /** The id of the activity that wrote it. */
  readonly activity: string;
  readonly time: string;
  readonly user: string | null;
  readonly impersonatedUser: string | null;
  readonly userAgent: string | null;
  readonly verb: string;
  readonly subresource: string | null;
  readonly outcome: Outcome;
  readonly code: number | null;
  readonly dryRun: boolean;
  readonly level: string | null;
  /** What the changes are read from: the object as it was stored, as it was sent, a patch, or nothing. */
  readonly from: "stored" | "sent" | "patch" | "nothing";
  readonly patch: PatchKind | null;
  /** The object as it stands after; null where no body shows it whole. */
  readonly object: PlainObject | null;
  readonly changes: readonly FieldChange[];
  readonly aside: readonly FieldChange[];
  /** What must be known to read this right, in plain words. */
  readonly notes: readonly string[];
}

const writes = new Set(["create", "update", "patch", "delete"]);
/** Writes beside the object, or to a part of it that no person changes. */
const notItself = new Set(["exec", "attach", "portforward", "proxy", "log", "token", "binding", "eviction", "status"]);

/** Whether an activity belongs into an object's history. */
export const isWrite = ({ verb, subresource }: Pick<Activity, "verb" | "subresource">): boolean =>
  writes.has(verb ?? "") && !notItself.has(subresource ?? "");

/** Versions of one object, newest first, out of the activities on it in any order; reads are left out. */
export function historyOf(activities: readonly Activity[]): ObjectVersion[] {
  const ordered = activities.filter(isWrite).sort((a, b) => compareMoments(a.time, b.time));
  const versions: ObjectVersion[] = [];
  let known: { readonly object: PlainObject; readonly bodiless: number } | undefined;
  for (const activity of ordered) {
    const version = versionOf(activity, known);
    versions.push(version);
    if (version.outcome !== "done" || version.dryRun) continue;
    if (version.object !== null) known = { object: version.object, bodiless: 0 };
    else if (version.verb === "delete") known = undefined;
    else if (known !== undefined) known = { ...known, bodiless: known.bodiless + 1 };
  }
  return versions.reverse();
}

function versionOf(
  activity: Activity,
  known: { readonly object: PlainObject; readonly bodiless: number } | undefined,
): ObjectVersion {
  const { user, impersonatedUser, userAgent, subresource, outcome, code, dryRun, level, time } = activity;
  const event = plainOf(activity.event);
  const [request, response] = [memberOf(event, "requestObject"), memberOf(event, "responseObject")];
  const verb = activity.verb ?? "";
  const base = {
    ...{ activity: activity.id, time, user, impersonatedUser, userAgent, verb, subresource },
    ...{ outcome, code, dryRun, level, patch: null, object: null, changes: [], aside: [] },
  } as const;
  const failed = attempt(activity);
  const patch = verb === "patch" ? patchOf(activity, request) : undefined;
  if (verb === "delete") return { ...base, from: "nothing", notes: failed };
  if (outcome === "done" && isWhole(response, subresource)) {
    if (verb === "create" || known === undefined) {
      const unknown = verb === "create" ? [] : ["What stood before is not known: no earlier body was seen."];
      return {
        ...base,
        ...patch,
        from: patch !== undefined && known === undefined ? "patch" : "stored",
        object: response,
        changes: patch?.changes ?? [],
        notes: [...failed, ...unknown],
      };
    }
    const { changes, aside } = objectDiff(known.object, response);
    return {
      ...base,
      patch: patch?.patch ?? null,
      from: "stored",
      object: response,
      changes,
      aside,
      notes: [...failed, ...skipped(known)],
    };
  }
  if (patch !== undefined)
    return {
      ...base,
      ...patch,
      from: "patch",
      notes: [...failed, "The patch as it was sent: what it led to is not in the event."],
    };
  if (isWhole(request, subresource)) {
    const asSent = "The object as it was sent: what admission changed is not in the event.";
    if (verb === "create" || known === undefined) {
      const notes =
        verb === "create" ? [asSent] : [asSent, "What stood before is not known: no earlier body was seen."];
      return { ...base, from: "sent", object: request, notes: [...failed, ...notes] };
    }
    return {
      ...base,
      from: "sent",
      object: request,
      ...objectDiff(known.object, request),
      notes: [...failed, asSent, ...skipped(known)],
    };
  }
  if (isObject(request) && subresource === "scale")
    return { ...base, from: "sent", changes: patchChanges({ spec: memberOf(request, "spec") }), notes: failed };
  return { ...base, from: "nothing", notes: [...failed, bodiless(activity, event)] };
}

function patchOf({ requestURI }: Activity, request: unknown) {
  if (!isObject(request) && !Array.isArray(request)) return undefined;
  const patch = patchKind(request, requestUri(requestURI).has("fieldManager"));
  return { patch, changes: patchChanges(withoutNames(patch, request)) };
}

/** An applied object names itself; that sets nothing. */
function withoutNames(kind: PatchKind, request: unknown): unknown {
  if (kind !== "server-side apply" || !isObject(request)) return request;
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = request;
  if (!isObject(metadata)) return rest;
  const { name: _name, namespace: _namespace, ...described } = metadata;
  return Object.keys(described).length === 0 ? rest : { metadata: described, ...rest };
}

/** An object of its own, rather than a status, a table, or another kind that speaks for a part of it. */
function isWhole(body: unknown, subresource: string | null): body is PlainObject {
  const kind = textIn(body, "kind") ?? "";
  if (!isObject(body) || !isObject(body.metadata) || subresource === "scale") return false;
  return !/^(?:Status|Table|DeleteOptions|Scale|PartialObjectMetadata|.*List)$/.test(kind);
}

function attempt({ outcome, dryRun, code }: Activity): string[] {
  if (outcome === "done") return dryRun ? ["A dry run: nothing was stored."] : [];
  if (outcome === "unfinished") return ["No answer was seen: whether it was stored is not known."];
  return [`It was ${outcome === "denied" ? "refused" : "not done"} (${code ?? "no code"}): nothing was stored.`];
}

const skipped = ({ bodiless }: { readonly bodiless: number }): string[] =>
  bodiless === 0
    ? []
    : [
        `${bodiless === 1 ? "One write" : `${bodiless} writes`} before this came without a body: these changes hold theirs as well.`,
      ];

function bodiless({ level, eventMissing }: Activity, event: unknown): string {
  if (eventMissing !== undefined)
    return `What changed is not known: its event is read from the journal, and ${eventMissing}.`;
  const isLeftOut = ["requestObject", "responseObject"].some((name) => textIn(event, name) !== undefined);
  if (isLeftOut) return "The body was too large for the index; the journal holds it.";
  if (level === "Metadata") return "The audit level is Metadata: what changed is not in the event.";
  return "The event came without a body, as requests do that are refused early, cut for their size, or answered elsewhere.";
}
