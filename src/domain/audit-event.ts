/** One event of a Kubernetes API server: one request at one stage (reference 04 §1). */
import type { NamedCluster } from "./cluster-name.ts";
import type { JsonValue } from "./json-value.ts";
import type { RuntimeAlert } from "./runtime-alert.ts";

export interface AuditEvent {
  /** The event, normalised to audit.k8s.io/v1 (reference 04 §1.3). */
  readonly root: JsonValue;
  /** The value at a path of member names; undefined where any step is missing or no object. */
  at(...path: readonly string[]): JsonValue | undefined;
  /** stageTimestamp in nanoseconds since 1970. */
  readonly time: bigint;
  /** The event as it came: one JSON text, byte for byte what its part of the payload was. */
  readonly raw: string;
}

/** What could not be read as an audit event, whole, and why. */
export interface Rejected {
  /** Small first letter, no full stop: "no JSON: unexpected end at byte 17". */
  readonly reason: string;
  /** The unreadable item itself; for bytes that are no UTF-8, with U+FFFD in their place. */
  readonly raw: string;
}

/** The parts of a payload, in order. */
export type Decoded =
  | {
      readonly kind: "event";
      readonly event: AuditEvent;
      /** The cluster that its wrapping names, where it has one that does. */
      readonly cluster?: NamedCluster;
    }
  | { readonly kind: "rejected"; readonly rejected: Rejected }
  /** Known to be no audit event: another log that comes by the same way. The reason takes few values. */
  | {
      readonly kind: "ignored";
      readonly reason: string;
      /** Of Falco's alerts, which are told of beside the events. */
      readonly alert?: RuntimeAlert;
    };
