/** A rule that matched an audit event, with what it said. */

/** Most severe first, as Falco spells them when it prints (reference 01 §1.8). */
export const priorities = [
  "Emergency",
  "Alert",
  "Critical",
  "Error",
  "Warning",
  "Notice",
  "Informational",
  "Debug",
] as const;
export type Priority = (typeof priorities)[number];

export interface Detection {
  /** Unique, and the same again when the journal is judged again by the same rules. */
  readonly id: string;
  /** The event's stageTimestamp, RFC 3339 UTC with all its digits. */
  readonly time: string;
  readonly receivedAt: string;
  readonly cluster: string;
  readonly rule: string;
  readonly priority: Priority;
  readonly source: string;
  /** The message, redacted. */
  readonly output: string;
  /** The fields named in the message, redacted: strings, numbers, booleans, lists of them, null. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly auditID: string | null;
  readonly stage: string | null;
  readonly user: string | null;
  readonly verb: string | null;
  readonly namespace: string | null;
  /** With its subresource: `pods/exec`. */
  readonly resource: string | null;
  readonly name: string | null;
  /** The id of the activity this event belongs to. */
  readonly activity: string;
}
