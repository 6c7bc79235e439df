/** An audit policy as an API server holds it, and what it decides on (reference 04 §5.1, §5.2). */
import type { Diagnostic, Source } from "../text/diagnostic.ts";

export const levels = ["None", "Metadata", "Request", "RequestResponse"] as const;
export type PolicyLevel = (typeof levels)[number];

export const policyStages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;
export type PolicyStage = (typeof policyStages)[number];

export type Place = NonNullable<Diagnostic["place"]>;

export interface AuditPolicy {
  readonly source: Source;
  /** `audit.k8s.io/v1` */
  readonly apiVersion: string;
  readonly omitStages: readonly PolicyStage[];
  readonly omitManagedFields: boolean;
  readonly rules: readonly PolicyRule[];
  /** Where a member of the whole policy is written; its first line where it is not. */
  readonly placeOf: (member: "apiVersion" | "omitStages" | "omitManagedFields" | "rules") => Place;
}

/** An empty list asks for nothing. */
export interface PolicyRule {
  readonly level: PolicyLevel;
  readonly users: readonly Word[];
  readonly userGroups: readonly Word[];
  readonly verbs: readonly Word[];
  readonly resources: readonly GroupResources[];
  readonly namespaces: readonly Word[];
  readonly nonResourceURLs: readonly Word[];
  readonly omitStages: readonly PolicyStage[];
  /** Absent: as the policy says. */
  readonly omitManagedFields?: boolean;
  /** Of its level, which every rule has. */
  readonly place: Place;
}

export interface GroupResources {
  /** "" for the core group. */
  readonly group: string;
  readonly resources: readonly Word[];
  readonly resourceNames: readonly Word[];
  readonly place: Place;
}

/** A text with its place. */
export interface Word {
  readonly text: string;
  readonly place: Place;
}

/** What an API server knows of a request when it asks its policy: its URL and who is behind it, not its body. */
export interface PolicyRequest {
  /** Who was authenticated, not who is impersonated; absent on a failed login (401). */
  readonly user?: { readonly name: string; readonly groups: readonly string[] };
  readonly verb: string;
  /** Without the query. */
  readonly path: string;
  /** Absent where the request is for no resource: `/healthz`, `/version`. */
  readonly resource?: {
    readonly group: string;
    readonly resource: string;
    readonly subresource: string;
    /** "" where there is none: cluster-scoped, or a list over all namespaces. */
    readonly namespace: string;
    /** "" where the URL has none, as of a create. */
    readonly name: string;
  };
}

export interface Decision {
  readonly level: PolicyLevel;
  /** Stages that make no event. */
  readonly omitStages: ReadonlySet<PolicyStage>;
  readonly omitManagedFields: boolean;
  /** Which rule decided, from 0; undefined where none fits: nothing is recorded then. */
  readonly rule: number | undefined;
}
