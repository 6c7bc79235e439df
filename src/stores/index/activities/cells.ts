/** An activity as the cells of a row, and back. Whatever the columns cannot say stands in `rest`. */
import { hash } from "node:crypto";
import type { Activity, Actor, EventPlace, Outcome } from "../../../domain/activity.ts";
import { microsOf, microsText, nanosOf } from "../../../domain/time.ts";
import { uriForm, uriOf } from "../../../domain/uri-form.ts";
import { column } from "../rows.ts";
import { jsonWithin } from "../within.ts";
import { idBytes, type NumberColumn, numberColumns, type TextColumn, textColumns } from "./columns.ts";
import { hexAt, packHex, packUuid, uuidAt } from "./packed-id.ts";

export interface Cells {
  readonly texts: { [C in TextColumn]: string | null };
  readonly numbers: { [C in NumberColumn]: number };
  readonly ids: { readonly id: Uint8Array; readonly auditID: Uint8Array };
}

/** To be filled again and again: a row is copied out before the next one is made. */
export const emptyCells = (): Cells => ({
  texts: Object.fromEntries(textColumns.map((name) => [name, null])) as Cells["texts"],
  numbers: Object.fromEntries(numberColumns.map((name) => [name, 0])) as Cells["numbers"],
  ids: { id: new Uint8Array(idBytes), auditID: new Uint8Array(idBytes) },
});

type Rest = { -readonly [K in keyof Activity]?: Activity[K] };

/** What microseconds in a double can tell apart: the years 1684 to 2255. */
const farthest = Number.MAX_SAFE_INTEGER;
/** A year, in microseconds: sums stay exact. */
const longestLasted = 366 * 86_400e6;

export function fillCells(cells: Cells, activity: Activity, written: number): void {
  const { texts, numbers, ids } = cells;
  let rest: Rest | undefined;
  const text = <
    K extends
      | "cluster"
      | "user"
      | "namespace"
      | "verb"
      | "name"
      | "userAgent"
      | "level"
      | "apiGroup"
      | "reason"
      | "decision"
      | "impersonatedUser",
  >(
    name: K,
  ) => {
    const value: string | null = activity[name];
    const kept = column(value);
    texts[name] = kept;
    if (kept !== value) rest = { ...rest, [name]: value };
  };
  text("cluster");
  text("user");
  text("impersonatedUser");
  text("namespace");
  text("verb");
  text("name");
  text("userAgent");
  text("level");
  text("apiGroup");
  text("reason");
  text("decision");
  texts.actor = activity.actor;
  texts.outcome = activity.outcome;
  texts.code = activity.code === null ? null : String(activity.code);
  texts.detected = activity.detections > 0 ? "yes" : "no";
  texts.dryRun = activity.dryRun ? "yes" : null;

  const { resource, subresource, sourceIPs, groups, requestURI, uncounted, events, stages, place } = activity;
  const whole = resource === null || subresource === null ? resource : `${resource}/${subresource}`;
  texts.resource = column(whole);
  if (texts.resource !== whole || resource?.includes("/") === true || (resource === null && subresource !== null))
    rest = { ...rest, resource, subresource };

  texts.sourceIP = column(sourceIPs.at(-1) ?? null);
  texts.proxies = sourceIPs.length < 2 ? null : column(JSON.stringify(sourceIPs.slice(0, -1)));
  if (texts.sourceIP !== (sourceIPs.at(-1) ?? null) || isLong(texts.proxies)) rest = { ...rest, sourceIPs };
  texts.groups = groups.length === 0 ? null : groupsText(groups);
  if (texts.groups !== null && isLong(texts.groups)) {
    texts.groups = null;
    rest = { ...rest, groups };
  }
  texts.uncounted = uncounted.length === 0 ? null : JSON.stringify(uncounted);
  if (isLong(texts.uncounted)) {
    texts.uncounted = null;
    rest = { ...rest, uncounted };
  }
  const form = requestURI === null ? null : uriForm(requestURI, texts.namespace, texts.name);
  texts.uri = form === undefined ? null : column(form);
  if (texts.uri !== form) {
    // Searched for as well as it can be.
    texts.uri = column(requestURI?.replaceAll(/[\u0001\u0002]/g, " ") ?? null);
    rest = { ...rest, requestURI };
  }

  const moment = fillMoment(numbers, activity.time);
  if (!moment) rest = { ...rest, time: activity.time };
  numbers.received = receivedMillis(activity.receivedAt);
  if (lastReceived.iso !== activity.receivedAt) rest = { ...rest, receivedAt: activity.receivedAt };
  numbers.written = written;
  placeIn(numbers, place);
  const last = microsOf(activity.lastTime);
  const isTold = moment && Math.abs(last - numbers.moment) < longestLasted;
  numbers.lasted = isTold ? last - numbers.moment : 0;
  if (!isTold) rest = { ...rest, lastTime: activity.lastTime };
  if (activity.latencyMicros !== numbers.lasted || numbers.nanos !== 0)
    rest = { ...rest, latencyMicros: activity.latencyMicros };
  numbers.detections = activity.detections;

  const [event] = events;
  const isPlain =
    events.length === 1 &&
    event !== undefined &&
    event.time === activity.lastTime &&
    event.detections === activity.detections &&
    (event.stage === null ? stages.length === 0 : stages.length === 1 && stages[0] === event.stage) &&
    column(event.stage) === event.stage;
  texts.stage = isPlain ? event.stage : null;
  if (!isPlain) rest = { ...rest, events, stages };

  if (!packHex(activity.id, ids.id, 0)) {
    bytesOfId(activity.id, ids.id);
    rest = { ...rest, id: activity.id };
  }
  if (activity.auditID === null || !packUuid(activity.auditID, ids.auditID, 0)) {
    ids.auditID.fill(0);
    rest = { ...rest, auditID: activity.auditID };
  }
  texts.rest = rest === undefined ? null : jsonWithin(rest);
}

/** The bytes by which any id is looked for. */
export function bytesOfId(id: string, into: Uint8Array = new Uint8Array(idBytes)): Uint8Array {
  if (!packHex(id, into, 0)) into.set(hash("sha256", id.toWellFormed(), "buffer").subarray(0, idBytes));
  return into;
}

const longestList = 16 * 1024;
const isLong = (text: string | null) => text !== null && text.length > longestList;

/** Nearly all callers' groups were seen a moment ago, in the very same list or another one of the same words. */
const groupsText = (groups: readonly string[]): string => JSON.stringify(groups).toWellFormed();

/** The microseconds by which an activity is sorted. */
export function momentIn({ time }: Pick<Activity, "time">): number {
  const micros = microsOf(time);
  if (!Number.isNaN(micros)) return micros;
  const numbers = { moment: 0, nanos: 0 };
  fillMoment(numbers, time);
  return numbers.moment;
}

/** Whether the columns tell the text again. */
function fillMoment(numbers: Pick<Cells["numbers"], "moment" | "nanos">, time: string): boolean {
  const micros = microsOf(time);
  if (!Number.isNaN(micros)) {
    numbers.moment = micros;
    numbers.nanos = 0;
    return true;
  }
  const nanos = nanosOf(time) ?? 0n;
  const below = Number(((nanos % 1000n) + 1000n) % 1000n);
  const whole = Number((nanos - BigInt(below)) / 1000n);
  numbers.moment = Math.max(Math.min(whole, farthest), -farthest);
  numbers.nanos = whole === numbers.moment ? below : 0;
  return microsText(numbers.moment, numbers.nanos) === time;
}

/** Batches share one moment of receipt. */
const lastReceived = { text: "", iso: "", millis: 0 };

function receivedMillis(text: string): number {
  if (text !== lastReceived.text) {
    const nanos = nanosOf(text) ?? 0n;
    const millis = Number(nanos / 1_000_000n);
    lastReceived.millis = millis;
    lastReceived.text = text;
    lastReceived.iso = Number.isNaN(new Date(millis).getTime()) ? "" : new Date(millis).toISOString();
  }
  return lastReceived.millis;
}

function placeIn(numbers: Cells["numbers"], place: EventPlace | null): void {
  numbers.entry = place?.entry ?? 0;
  numbers.item = place?.item ?? 0;
  numbers.length = place?.length ?? 0;
}

/** What a row answers about itself. */
export interface Row {
  text(column: TextColumn): string | null;
  number(column: NumberColumn): number;
  id(column: "id" | "auditID"): Uint8Array;
}

export function idOf(row: Pick<Row, "text" | "id">): string {
  const rest = row.text("rest");
  // Most rows of a day have no rest, and most of those that have one say nothing of the id.
  if (rest?.includes('"id":') === true) {
    const { id } = JSON.parse(rest) as Rest;
    if (id !== undefined) return id;
  }
  return hexAt(row.id("id"), 0);
}

export function activityOfRow(row: Row): Activity {
  const written = row.text("rest");
  const rest = written === null ? undefined : (JSON.parse(written) as Rest);
  const [namespace, name, form, address] = [
    row.text("namespace"),
    row.text("name"),
    row.text("uri"),
    row.text("sourceIP"),
  ];
  const [resource, subresource] = split(row.text("resource"));
  const [micros, lasted, detections] = [row.number("moment"), row.number("lasted"), row.number("detections")];
  const [entry, code, stage] = [row.number("entry"), row.text("code"), row.text("stage")];
  const lastTime = microsText(micros + lasted, 0);
  const proxies = list(row.text("proxies"));
  return {
    id: rest?.id ?? hexAt(row.id("id"), 0),
    time: microsText(micros, row.number("nanos")),
    lastTime,
    receivedAt: new Date(row.number("received")).toISOString(),
    cluster: row.text("cluster") ?? "",
    auditID: rest !== undefined && "auditID" in rest ? (rest.auditID ?? null) : uuidAt(row.id("auditID"), 0),
    events: [{ stage, time: rest?.lastTime ?? lastTime, detections }],
    stages: stage === null ? [] : [stage],
    level: row.text("level"),
    user: row.text("user"),
    groups: list(row.text("groups")),
    impersonatedUser: row.text("impersonatedUser"),
    verb: row.text("verb"),
    apiGroup: row.text("apiGroup"),
    resource,
    subresource,
    namespace,
    name,
    requestURI: form === null ? null : uriOf(form, namespace, name),
    sourceIPs: address === null ? [] : [...proxies, address],
    userAgent: row.text("userAgent"),
    code: code === null ? null : Number(code),
    reason: row.text("reason"),
    decision: row.text("decision"),
    dryRun: row.text("dryRun") !== null,
    latencyMicros: lasted,
    detections,
    actor: row.text("actor") as Actor,
    outcome: row.text("outcome") as Outcome,
    uncounted: list(row.text("uncounted")),
    place: entry === 0 ? null : { entry, item: row.number("item"), length: row.number("length") },
    event: null,
    ...rest,
  };
}

function split(resource: string | null): readonly [string | null, string | null] {
  const slash = resource?.indexOf("/") ?? -1;
  return resource === null || slash < 0 ? [resource, null] : [resource.slice(0, slash), resource.slice(slash + 1)];
}

const list = (text: string | null): string[] => (text === null ? [] : JSON.parse(text));
