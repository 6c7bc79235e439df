/** The events of activities: read from the private journal when somebody looks, and redacted then. The index keeps none. */
import type { Activity, EventPlace } from "../domain/activity.ts";
import type { AuditEvent, Decoded } from "../domain/audit-event.ts";
import { shownEvent } from "../domain/event-text.ts";
import type { JsonText } from "../domain/json-text.ts";
import type { Entry, Journal } from "../domain/store.ts";

export interface EventsWorld {
  readonly journal: Pick<Journal, "read" | "first" | "last">;
  /** The parts of a batch as the judge saw them. */
  readonly decode: (body: Uint8Array, receivedAt: Date) => Iterable<Decoded>;
  readonly redact: (event: AuditEvent) => AuditEvent;
  /** Lets others work. */
  readonly breathe: () => Promise<void>;
}

export interface Events {
  /** The activities with their latest events; `eventMissing` says why one has none. */
  attach(activities: readonly Activity[]): Promise<Activity[]>;
}

type Read = { readonly event: JsonText } | { readonly missing: string };

/** Batches that were read lately, in bytes: somebody who steps through a list opens neighbours. */
const keptBytes = 32 * 1024 * 1024;

export function eventsOf(world: EventsWorld): Events {
  const kept = new Map<number, Entry>();
  let bytes = 0;

  async function entryAt(position: number): Promise<Entry | undefined> {
    const known = kept.get(position);
    if (known !== undefined) {
      kept.delete(position);
      kept.set(position, known);
      return known;
    }
    if (position < world.journal.first || position > world.journal.last) return undefined;
    const [entry] = await world.journal.read(position - 1, 1);
    if (entry?.position !== position) return undefined;
    if (!kept.has(position)) bytes += entry.body.length;
    kept.set(position, entry);
    for (const [oldest, { body }] of kept) {
      if (bytes <= keptBytes || kept.size === 1) break;
      kept.delete(oldest);
      bytes -= body.length;
    }
    return entry;
  }

  /** Those of one batch, by their item. */
  async function readEntry(position: number, items: ReadonlySet<number>): Promise<ReadonlyMap<number, Read>> {
    const found = new Map<number, Read>();
    const entry = await entryAt(position);
    if (entry === undefined) return found;
    const last = Math.max(...items);
    let item = 0;
    for (const part of world.decode(entry.body, entry.receivedAt)) {
      item++;
      if (items.has(item) && part.kind === "event") found.set(item, shown(world, part.event));
      if (item === last) break;
    }
    return found;
  }

  return {
    async attach(activities) {
      const wanted = new Map<number, Set<number>>();
      for (const { place } of activities) {
        if (place === null) continue;
        const items = wanted.get(place.entry) ?? new Set();
        wanted.set(place.entry, items.add(place.item));
      }
      const read = new Map<number, ReadonlyMap<number, Read>>();
      for (const [entry, items] of wanted) {
        read.set(entry, await readEntry(entry, items));
        await world.breathe();
      }
      return activities.map((activity): Activity => {
        const { place } = activity;
        const found = place === null ? undefined : read.get(place.entry)?.get(place.item);
        if (found !== undefined && "event" in found) return { ...activity, event: found.event };
        return { ...activity, event: null, eventMissing: found?.missing ?? whyMissing(world, place) };
      });
    },
  };
}

function shown(world: EventsWorld, event: AuditEvent): Read {
  try {
    return { event: shownEvent(world.redact(event)) };
  } catch (error) {
    return {
      missing: `it is not shown, since it could not be redacted: ${error instanceof Error ? error.message : error}`,
    };
  }
}

function whyMissing({ journal }: EventsWorld, place: EventPlace | null): string {
  if (place === null) return "where it lies in the journal is not known";
  if (place.entry < journal.first)
    return `the journal has let its batch ${place.entry} go and holds those from ${journal.first} on: \`journal.max_age_days\` and \`journal.max_bytes\` say for how long`;
  return `batch ${place.entry} of the journal cannot be read: \`tiercel journal verify\` tells more`;
}
