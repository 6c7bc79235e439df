/** From an audit event to the line its request leaves, and from the lines of one request's stages to one. */
import type { Activity, ActivityEvent, EventPlace } from "./activity.ts";
import { actorOf } from "./actor.ts";
import type { AuditEvent } from "./audit-event.ts";
import { textOf, textsOf } from "./event-texts.ts";
import type { JsonValue } from "./json-value.ts";
import { outcomeOf } from "./outcome.ts";
import { requestTime } from "./request-id.ts";
import { compareMoments, timeText } from "./time.ts";

/** What the event itself does not know. */
export interface ActivityFacts {
  /** `activityID` of the event as it came, before redaction. */
  readonly id: string;
  readonly cluster: string;
  /** When we took the event in, RFC 3339 UTC. */
  readonly receivedAt: string;
  /** How many detections this event made. */
  readonly detections: number;
  /** Rules that matched it and that no enabled policy counts. */
  readonly uncounted?: readonly string[];
  readonly place?: EventPlace;
}

/** Callers may send a URI or an Audit-ID of a megabyte: a line holds this many characters of each, its event all. */
const longestText = 8192;
const longestList = 256;

/** The activity of one event, which must be redacted already. */
export function activityOf(redacted: AuditEvent, facts: ActivityFacts): Activity {
  const received = requestTime(redacted);
  const stage = textOf.stage(redacted);
  const time = timeText(redacted.time);
  const requestURI = textOf.requestURI(redacted);
  const stages = stage === null ? [] : [cut(stage)];
  const user = cut(textOf.user(redacted));
  const groups = listed(textsOf.groups(redacted));
  const userAgent = cut(textOf.userAgent(redacted));
  const code = codeOf(redacted.at("responseStatus", "code"));
  return {
    id: facts.id,
    time: timeText(received),
    lastTime: time,
    receivedAt: facts.receivedAt,
    cluster: facts.cluster,
    auditID: cut(textOf.auditID(redacted)),
    events: [{ stage: cut(stage), time, detections: facts.detections }],
    stages,
    level: cut(textOf.level(redacted)),
    user,
    groups,
    impersonatedUser: cut(textOf.impersonatedUser(redacted)),
    verb: cut(textOf.verb(redacted)),
    apiGroup: cut(textOf.apiGroup(redacted)),
    resource: cut(textOf.resource(redacted)),
    subresource: cut(textOf.subresource(redacted)),
    namespace: cut(textOf.namespace(redacted)),
    name: cut(textOf.name(redacted)),
    requestURI: cut(requestURI),
    sourceIPs: listed(textsOf.sourceIPs(redacted)),
    userAgent,
    code,
    reason: cut(textOf.reason(redacted)),
    decision: cut(textOf.decision(redacted)),
    dryRun: isDryRun(requestURI),
    latencyMicros: latency(received, redacted),
    detections: facts.detections,
    actor: actorOf(user, groups, userAgent, requestURI),
    outcome: outcomeOf(code, stages),
    uncounted: sorted(facts.uncounted ?? []),
    place: facts.place ?? null,
    event: null,
  };
}

/**
 * One activity of two of the same request. Each stage's event is a snapshot of one growing object (reference 04 §1.5),
 * so whatever the later one says stands, and only what belongs to single events is united. Order and repetition make
 * no difference to the answer.
 */
export function mergeActivities(a: Activity, b: Activity): Activity {
  const later = compareLast(a, b) >= 0 ? a : b;
  const events = unite(a.events, b.events);
  const stages = [...new Set(events.flatMap(({ stage }) => (stage === null ? [] : [stage])))];
  return {
    ...later,
    receivedAt: laterText(a.receivedAt, b.receivedAt),
    lastTime: laterText(a.lastTime, b.lastTime),
    events,
    stages,
    detections: events.reduce((sum, event) => sum + event.detections, 0),
    outcome: outcomeOf(later.code, stages),
    uncounted: sorted([...a.uncounted, ...b.uncounted]),
  };
}

/** The order of a request's life; a panic comes in place of the completion or after it. */
const stageOrder = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];

function unite(a: readonly ActivityEvent[], b: readonly ActivityEvent[]): ActivityEvent[] {
  const united = new Map<string, ActivityEvent>();
  for (const event of [...a, ...b]) {
    const key = `${event.stage === null ? "" : `=${event.stage}`} ${event.time}`;
    const known = united.get(key);
    if (known === undefined || known.detections < event.detections) united.set(key, event);
  }
  return [...united.values()].sort(compareEvents);
}

function compareEvents(a: ActivityEvent, b: ActivityEvent): number {
  return (
    stageOrder.indexOf(a.stage ?? "") - stageOrder.indexOf(b.stage ?? "") ||
    compareMoments(a.time, b.time) ||
    compareTexts(a.stage ?? "", b.stage ?? "") ||
    Number(a.stage !== null) - Number(b.stage !== null)
  );
}

/** Which activity's latest event comes later; the same event told twice differently is decided by its fuller text. */
function compareLast(a: Activity, b: Activity): number {
  const [lastOfA, lastOfB] = [a.events.at(-1), b.events.at(-1)];
  const byEvent = lastOfA !== undefined && lastOfB !== undefined ? compareEvents(lastOfA, lastOfB) : 0;
  if (byEvent !== 0) return byEvent;
  const [placeOfA, placeOfB] = [a.place ?? nowhere, b.place ?? nowhere];
  return placeOfA.length - placeOfB.length || placeOfA.entry - placeOfB.entry || placeOfA.item - placeOfB.item;
}

const nowhere: EventPlace = { entry: 0, item: 0, length: 0 };

function laterText(a: string, b: string): string {
  return compareMoments(a, b) >= 0 ? a : b;
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareTexts);
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** As a line holds a list. */
function listed(texts: readonly string[] = []): readonly string[] {
  const fits = texts.length <= longestList && texts.every((text) => text.length <= longestText);
  return fits ? texts : texts.slice(0, longestList).map((text) => cut(text));
}

function cut(text: string): string;
function cut(text: string | null): string | null;
function cut(text: string | null): string | null {
  return text === null || text.length <= longestText ? text : `${text.slice(0, longestText).toWellFormed()}…`;
}

function codeOf(value: JsonValue | undefined): number | null {
  const code = value?.kind === "number" ? Number(value.text()) : Number.NaN;
  return Number.isInteger(code) && Math.abs(code) < 2 ** 31 ? code : null;
}

function latency(received: bigint, event: AuditEvent): number | null {
  if (event.at("requestReceivedTimestamp") === undefined || event.at("stageTimestamp") === undefined) return null;
  return Number((event.time - received) / 1000n);
}

/** `dryRun=All` in the query, however it is percent-encoded. */
function isDryRun(uri: string | null): boolean {
  const query = uri?.split("?", 2)[1] ?? "";
  return query.split("&").some((pair) => /^(d|%64)/i.test(pair) && decoded(pair) === "dryRun=All");
}

function decoded(pair: string): string {
  if (/%(?![0-9a-f]{2})/i.test(pair)) return pair;
  return pair.replace(/%([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}
