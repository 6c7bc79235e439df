/** An audit event held as one parsed text: the plain decoder's. */
import type { AuditEvent } from "./audit-event.ts";
import type { JsonValue } from "./json-value.ts";

/** `root` normalised, `time` in nanoseconds since 1970, `raw` the event as it came. */
export function parsedEvent(root: JsonValue, time: bigint, raw: string): AuditEvent {
  return new ParsedEvent(root, time, raw);
}

class ParsedEvent implements AuditEvent {
  readonly root: JsonValue;
  readonly time: bigint;
  readonly raw: string;

  constructor(root: JsonValue, time: bigint, raw: string) {
    this.root = root;
    this.time = time;
    this.raw = raw;
  }

  at(...path: readonly string[]): JsonValue | undefined {
    let value: JsonValue | undefined = this.root;
    for (const name of path) {
      value = value.member(name);
      if (value === undefined) return undefined;
    }
    return value;
  }
}
