/** What Google's refusals mean for who runs us. */
import { Refused } from "./client.ts";
import type { CloudLoggingConfig } from "./config.ts";

/** The reason with its remedy. */
export function wordsOf(error: unknown, { project, endpoint, key_file }: CloudLoggingConfig): string {
  const said = error instanceof Error ? error.message : String(error);
  const told = error instanceof Refused ? `${error.reason}: ${said}` : said;
  return `Cloud Logging of ${project}: ${told}${remedy()}`;

  function remedy(): string {
    const reason = error instanceof Refused ? error.reason : "";
    const whose =
      key_file === undefined
        ? "; bind our Kubernetes service account by Workload Identity, or set key_file"
        : `; is the key in ${key_file} still valid?`;
    if (reason === "RESOURCE_EXHAUSTED")
      return "; the project's reads a minute are used up: lower reads_per_minute, or read by Pub/Sub";
    if (reason === "PERMISSION_DENIED")
      return "; grant roles/logging.viewer on the project to whom we run as, roles/logging.privateLogViewer for Data Access logs";
    if (reason === "NOT_FOUND") return "; is that the project's id, not its number or name?";
    if (reason === "INVALID_ARGUMENT") return "; is `filter` right in Google's query language?";
    if (reason === "UNAUTHENTICATED" || /default credentials|invalid_grant/i.test(said)) return whose;
    if (/ENOENT/.test(said) && key_file !== undefined) return "; key_file must name a service account's key";
    if (error instanceof TypeError) return `; is ${endpoint} reachable from here?${causeOf(error)}`;
    if (error instanceof Error && error.name === "TimeoutError") return `; ${endpoint} did not answer in time`;
    return "";
  }
}

/** `fetch failed` has the reason inside. */
function causeOf({ cause }: Error): string {
  return cause instanceof Error ? ` (${cause.message})` : "";
}
