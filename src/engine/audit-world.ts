/** The world that rules are loaded in: the fields there are, the plugins we stand for, and what the user chose. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { type Priority, priorities } from "../domain/detection.ts";
import type { About, Catalogue, Field } from "../fields/field.ts";
import { type FieldEntry, fieldCatalogue } from "../fields/index.ts";
import { eventFields } from "./event-fields.ts";
import type { AppendOutput, Plugin, SelectionEntry, World } from "./index.ts";

export const auditSource = "k8s_audit";

/** Falco's plugins whose fields and sources are ours too, at the versions that have no more than we do. */
export const plugins: readonly Plugin[] = [
  { name: "k8saudit", version: "0.18.0" },
  { name: "k8saudit-eks", version: "0.12.0" },
  { name: "k8saudit-gke", version: "0.9.0" },
  { name: "k8saudit-aks", version: "0.6.0" },
  { name: "k8saudit-ovh", version: "0.6.0" },
  { name: "json", version: "0.7.4" },
];

export interface RuleChoice {
  readonly falcoCompat?: boolean;
  readonly matching?: "first" | "all";
  readonly selection?: readonly SelectionEntry[];
  readonly minPriority?: Priority;
  readonly appendOutput?: readonly AppendOutput[];
}

export function ruleWorld(choice: RuleChoice = {}): World<AuditEvent> {
  const falcoCompat = choice.falcoCompat ?? false;
  return {
    sources: new Map([[auditSource, auditCatalogue(falcoCompat)]]),
    plugins,
    dialect: { falcoCompat },
    matching: choice.matching ?? "first",
    selection: choice.selection ?? [],
    appendOutput: choice.appendOutput ?? [],
    minPriority: choice.minPriority ?? "Debug",
  };
}

export function auditCatalogue(falcoCompat: boolean): Catalogue<AuditEvent> {
  return new Map([...genericFields().map((field) => [field.name, field] as const), ...fieldCatalogue({ falcoCompat })]);
}

/** Fields that every source of Falco's has. */
export const genericFields = (): readonly Field<AuditEvent>[] =>
  eventFields<AuditEvent>({ pluginInfo: (event) => event.root.compact() });

export type { FieldEntry };

/** What rules may ask of an event beside its content. One object an event. */
export function aboutEvent(event: AuditEvent, num: bigint, hostname: string, startTime: bigint): About {
  return new AboutEvent(event, num, hostname, startTime);
}

/** The time is the event's own, which a scanned event reads only when it is asked for. */
class AboutEvent implements About {
  readonly num: bigint;
  readonly source = auditSource;
  readonly hostname: string;
  readonly startTime: bigint;
  readonly #event: AuditEvent;

  constructor(event: AuditEvent, num: bigint, hostname: string, startTime: bigint) {
    this.#event = event;
    this.num = num;
    this.hostname = hostname;
    this.startTime = startTime;
  }

  get time(): bigint {
    return this.#event.time;
  }
}

/** A priority in any letter case, `INFO` too; undefined for what is none. */
export function readPriority(text: string): Priority | undefined {
  const lower = text.toLowerCase();
  return priorities.find((one) => one.toLowerCase() === (lower === "info" ? "informational" : lower));
}

export const isAtLeast = (priority: Priority, least: Priority): boolean =>
  priorities.indexOf(priority) <= priorities.indexOf(least);
