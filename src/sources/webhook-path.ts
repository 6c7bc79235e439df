/** Which paths the webhook knows, and which cluster each names. */

export type Target =
  | { readonly kind: "batches" | "alerts"; readonly cluster: string | undefined }
  | { readonly kind: "health" }
  | { readonly kind: "nothing" };

/** Letters, digits, `.`, `_`, `-`, and `:` for those who name clusters as their cloud does. */
const clusterName = /^[A-Za-z0-9]([A-Za-z0-9._:-]{0,251}[A-Za-z0-9])?$/;

export function isClusterName(name: string): boolean {
  return clusterName.test(name);
}

/**
 * What a request's target means. The query says nothing: an API server adds its own and strips the operator's
 * (reference 04 §2.1), so only the path tells.
 */
export function targetOf(url: string): Target {
  const path = url.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] ?? "";
  if (path === "/healthz") return { kind: "health" };
  const match = /^\/(k8s[_-]audit|falco)(?:\/([^/]*))?\/?$/.exec(path);
  if (!match) return { kind: "nothing" };
  const kind = match[1] === "falco" ? "alerts" : "batches";
  const segment = match[2];
  if (segment === undefined || segment === "") return { kind, cluster: undefined };
  const cluster = decoded(segment);
  return cluster !== undefined && isClusterName(cluster) ? { kind, cluster } : { kind: "nothing" };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
