/** A field of the catalogue: how it is read, and all that reference pages, hovers and analysers want to know of it. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { About, ArgumentRule, Field, FieldType, Value } from "./field.ts";
import { factsOf, type Level, type Stage, type Trust } from "./ground.ts";

export type Topic =
  | "identity"
  | "request"
  | "target"
  | "response"
  | "object"
  | "binding and role"
  | "pod"
  | "workload"
  | "service"
  | "config"
  | "webhook"
  | "credential"
  | "raw event";

type Read = Field<AuditEvent>["read"];

/** An event that has the field, in so far as the field reads it, and the answer; runs as a test. */
export interface Example {
  readonly event: Readonly<Record<string, unknown>>;
  readonly argument?: string;
  readonly value: Value | undefined;
}

/** What Falco's plugin answers where we correct a defect of it (reference 02 §7). */
export interface Deviation {
  /** One sentence: what Falco does. */
  readonly doc: string;
  readonly read: Read;
  /** Falco's answer to the example. */
  readonly value: Value | undefined;
}

export interface FieldEntry extends Field<AuditEvent> {
  readonly topic: Topic;
  /** Falco's plugins have a field of this name too. */
  readonly falcoHas: boolean;
  /** JSON paths read, `[]` for each element. */
  readonly paths: readonly string[];
  /** The lowest audit level at which it can have a value, and the stages. */
  readonly level: Level;
  readonly stages: readonly Stage[];
  /** `client`: the caller chose it, so an exception built on it alone can be walked through. */
  readonly trust: Trust;
  readonly example: Example;
  /** Present where the default answer differs from Falco's. */
  readonly falco?: Deviation;
}

export interface FieldSpec {
  readonly name: string;
  readonly doc: string;
  readonly paths: readonly string[];
  readonly example: Example;
  readonly read: (event: AuditEvent, argument: string | undefined, about: About) => Value | undefined;
  readonly type?: FieldType;
  readonly list?: boolean;
  readonly argument?: ArgumentRule;
  /** Where the ground truth of the first path does not hold for the field. */
  readonly level?: Level;
  readonly stages?: readonly Stage[];
  readonly trust?: Trust;
  readonly falco?: Deviation;
}

export const optionalIndex: ArgumentRule = { accepts: "index", required: false };
export const requiredKey: ArgumentRule = { accepts: "key", required: true };

/** A field of Falco's k8saudit plugin. An event without an auditID has none of them. */
export function falcoField(topic: Topic, spec: FieldSpec): FieldEntry {
  return { ...field(topic, spec), falcoHas: true };
}

/** A field of ours, under the same gate as Falco's. */
export function ownField(topic: Topic, spec: FieldSpec): FieldEntry {
  return { ...field(topic, spec), falcoHas: false };
}

/** A field that any event has, with an auditID or without. */
export function ungatedField(topic: Topic, spec: FieldSpec): FieldEntry {
  return { ...field(topic, spec), read: spec.read, falcoHas: true };
}

function field(topic: Topic, spec: FieldSpec): Omit<FieldEntry, "falcoHas"> {
  const facts = factsOf(spec.paths[0] ?? "/");
  const { falco } = spec;
  return {
    topic,
    name: spec.name,
    type: spec.type ?? "string",
    list: spec.list ?? false,
    ...(spec.argument && { argument: spec.argument }),
    doc: spec.doc,
    paths: spec.paths,
    level: spec.level ?? facts.level,
    stages: spec.stages ?? facts.stages,
    trust: spec.trust ?? facts.trust,
    example: spec.example,
    read: gated(spec.read),
    ...(falco && { falco: { ...falco, read: gated(falco.read) } }),
  };
}

function gated(read: Read): Read {
  return (event, argument, about) => (event.at("auditID") === undefined ? undefined : read(event, argument, about));
}
