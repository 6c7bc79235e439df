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

/** As in Sysdig Secure: 0 to 3 high, 4 and 5 medium, 6 low, 7 info. */
export const severities = [0, 1, 2, 3, 4, 5, 6, 7] as const;
export type Severity = (typeof severities)[number];

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
  /** The last source IP, the only one that the caller cannot make up (reference 04 §1.10). */
  readonly sourceIP: string | null;
  readonly userAgent: string | null;
  /** What the request was answered with; as are the two below, absent from detections of older versions. */
  readonly code?: number | null;
  /** Who is acted as, where the request impersonates. */
  readonly impersonatedUser?: string | null;
  /** Redacted: it names commands and containers that a rule's message need not name. */
  readonly requestURI?: string | null;
  /** The gravest policy that counts it, and all that do, by name. */
  readonly policy: string;
  readonly policies: readonly string[];
  /** That policy's, from 0, the gravest, to 7. */
  readonly severity: Severity;
  /** True where every policy that counts it is muted. */
  readonly muted: boolean;
  /** The same for all detections of one rule, actor and target: what groups them. */
  readonly fingerprint: string;
  /** The id of the activity this event belongs to. */
  readonly activity: string;
}

/** The source of what rules find in audit events, and that of what we find out about the stream of events itself. */
export const auditSource = "k8s_audit";
export const ownSource = "tiercel";

/** Whether Falco saw it happen in a container or on a host. */
export const isRuntime = ({ source }: Pick<Detection, "source">): boolean =>
  source !== auditSource && source !== ownSource;
