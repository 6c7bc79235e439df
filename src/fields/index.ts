/** The catalogue of all fields that a rule for the source `k8s_audit` may name. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { FieldEntry } from "./entry.ts";
import type { Catalogue, Field } from "./field.ts";
import { identity } from "./identity.ts";
import { objects } from "./object.ts";
import { pod } from "./pod.ts";
import { raw } from "./raw.ts";
import { rbac } from "./rbac.ts";
import { request } from "./request.ts";
import { response } from "./response.ts";
import { serviceAndConfig } from "./service.ts";
import { target } from "./target.ts";
import { workload } from "./workload.ts";

export type { Deviation, Example, FieldEntry, Topic } from "./entry.ts";
export type { Level, Stage, Trust } from "./ground.ts";

/** Every field, by topic. */
export const fieldEntries: readonly FieldEntry[] = [
  ...identity,
  ...request,
  ...target,
  ...response,
  ...objects,
  ...rbac,
  ...workload,
  ...pod,
  ...serviceAndConfig,
  ...raw,
];

/** The fields by name; with `falcoCompat` they answer as Falco's plugins do, defects included. Ours are in both. */
export function fieldCatalogue({ falcoCompat }: { readonly falcoCompat: boolean }): Catalogue<AuditEvent> {
  return new Map(
    fieldEntries.map((entry): [string, Field<AuditEvent>] => {
      const { name, falco } = entry;
      return [name, falcoCompat && falco ? { ...entry, read: falco.read } : entry];
    }),
  );
}
