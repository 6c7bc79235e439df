/** The fields every source has: number, times, source and host of an event (reference 01 §2.1, §6.2). */
import type { About, Field, FieldType, Value } from "../fields/field.ts";

const second = 1_000_000_000n;

/** The plugin whose events these are, as Falco would call it. */
export interface EventFieldsOptions<E> {
  readonly pluginName?: string;
  /** The event in a line, as its plugin shows it; absent: `evt.plugininfo` has no value. */
  readonly pluginInfo?: (event: E) => string;
}

export function eventFields<E>({
  pluginName = "k8saudit",
  pluginInfo,
}: EventFieldsOptions<E> = {}): readonly Field<E>[] {
  const field = (
    name: string,
    type: FieldType,
    doc: string,
    read: (about: About, event: E) => Value | undefined,
    more?: { readonly digits?: number; readonly typed?: (about: About) => Value },
  ): Field<E> => ({
    name,
    type,
    list: false,
    doc,
    read: (event, _argument, about) => read(about, event),
    digits: more?.digits,
    typed: more?.typed && ((_event, about) => more.typed!(about)),
  });
  const clock = (name: string, doc: string, print: (time: bigint) => string) =>
    field(name, "string", doc, ({ time }) => print(time), { typed: ({ time }) => time });
  const relative = ({ time, startTime = time }: About) => (time > startTime ? time - startTime : 0n);

  return [
    field("evt.num", "uint64", "The event's number within its source, from 1.", ({ num }) => num),
    clock("evt.time", "The time of day, with nanoseconds, UTC.", (time) => clockTime(time)),
    clock("evt.time.s", "The time of day, without a fraction, UTC.", (time) => clockTime(time).slice(0, 8)),
    clock("evt.time.iso8601", "Date and time in ISO 8601 with nanoseconds, UTC.", isoTime),
    clock("evt.datetime", "Date and time with nanoseconds, UTC.", (time) => `${day(time)} ${clockTime(time)}`),
    clock(
      "evt.datetime.s",
      "Date and time without a fraction, UTC.",
      (time) => `${day(time)} ${clockTime(time).slice(0, 8)}`,
    ),
    field("evt.rawtime", "abstime", "Nanoseconds since 1970.", ({ time }) => time),
    field("evt.rawtime.s", "abstime", "Whole seconds since 1970.", ({ time }) => time / second),
    field(
      "evt.rawtime.ns",
      "abstime",
      "The time's fraction of a second, in nanoseconds.",
      ({ time }) => time % second,
      {
        digits: 9,
      },
    ),
    field("evt.reltime", "reltime", "Nanoseconds since the first event.", relative, { digits: 9 }),
    field("evt.reltime.s", "reltime", "Whole seconds since the first event.", (about) => relative(about) / second),
    field(
      "evt.reltime.ns",
      "reltime",
      "The fraction of a second of the time since the first event, in nanoseconds.",
      (about) => relative(about) % second,
      { digits: 9 },
    ),
    field("evt.pluginname", "string", "The Falco plugin that reads such events.", () => pluginName),
    field("evt.plugininfo", "string", "The event as its Falco plugin shows it.", (_about, event) =>
      pluginInfo?.(event),
    ),
    field("evt.source", "string", "The event's source: `k8s_audit`.", ({ source }) => source),
    field(
      "evt.is_async",
      "bool",
      "Whether the event was made outside its source's stream; never so here.",
      () => false,
    ),
    field(
      "evt.asynctype",
      "string",
      "The kind of an event made outside its source's stream; there are none here.",
      () => undefined,
    ),
    field("evt.hostname", "string", "The host that judges the event.", ({ hostname }) => hostname),
  ];
}

/** `HH:MM:SS.nnnnnnnnn`, UTC. */
export function clockTime(time: bigint): string {
  return formatTime(time).slice(11, -1);
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn+0000`: Falco's `evt.time.iso8601`. */
export function isoTime(time: bigint): string {
  return `${formatTime(time).slice(0, -1)}+0000`;
}

/** Nanoseconds since 1970 as RFC 3339 in UTC, with all nine digits of the fraction. */
export function formatTime(time: bigint): string {
  const unsigned = BigInt.asUintN(64, time);
  const date = new Date(Number(unsigned / 1_000_000n));
  return `${date.toISOString().slice(0, 19)}.${(unsigned % second).toString().padStart(9, "0")}Z`;
}

function day(time: bigint): string {
  return formatTime(time).slice(0, 10);
}
