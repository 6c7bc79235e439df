/** At which audit level and stages each part of an event exists, and who decided its content (reference 04 §5.3, §1.10). */

export type Level = "Metadata" | "Request" | "RequestResponse";
export const stages = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"] as const;
export type Stage = (typeof stages)[number];
export type Trust = "server" | "client";

export interface Facts {
  readonly level: Level;
  readonly stages: readonly Stage[];
  readonly trust: Trust;
}

const all: readonly Stage[] = stages;
const answered: readonly Stage[] = ["ResponseStarted", "ResponseComplete", "Panic"];
const finished: readonly Stage[] = ["ResponseComplete", "Panic"];

// The longest prefix counts.
const facts: readonly (readonly [prefix: string, Facts])[] = [
  ["/", { level: "Metadata", stages: all, trust: "server" }],
  ["/auditID", { level: "Metadata", stages: all, trust: "client" }],
  ["/requestURI", { level: "Metadata", stages: all, trust: "client" }],
  ["/userAgent", { level: "Metadata", stages: all, trust: "client" }],
  ["/sourceIPs", { level: "Metadata", stages: all, trust: "client" }],
  ["/objectRef/name", { level: "Metadata", stages: all, trust: "client" }],
  ["/objectRef/uid", { level: "Metadata", stages: answered, trust: "client" }],
  ["/objectRef/resourceVersion", { level: "Metadata", stages: answered, trust: "client" }],
  ["/impersonatedUser", { level: "Metadata", stages: answered, trust: "server" }],
  ["/responseStatus", { level: "Metadata", stages: answered, trust: "server" }],
  ["/requestObject", { level: "Request", stages: answered, trust: "client" }],
  ["/responseObject", { level: "RequestResponse", stages: finished, trust: "server" }],
  ["/annotations", { level: "Metadata", stages: all, trust: "server" }],
  ["/annotations/authorization.k8s.io", { level: "Metadata", stages: answered, trust: "server" }],
  ["/annotations/validation.policy.admission.k8s.io", { level: "Metadata", stages: answered, trust: "server" }],
  ["/annotations/pod-security.kubernetes.io", { level: "Metadata", stages: finished, trust: "server" }],
];

/** Of what stands at this JSON path. */
export function factsOf(path: string): Facts {
  let best = facts[0]!;
  for (const row of facts) if (isWithin(path, row[0]) && row[0].length > best[0].length) best = row;
  return best[1];
}

/** A namespace is not within a name. */
const isWithin = (path: string, prefix: string): boolean =>
  path.startsWith(prefix) && !/[a-z]/i.test(path.charAt(prefix.length));
