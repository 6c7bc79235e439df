/** What Azure's refusals mean for who runs us. */
import type { EventHubsConfig } from "./config.ts";

/** The reason with its remedy; no key stands in it. */
export function wordsOf(error: unknown, config: EventHubsConfig): string {
  const { code, said } = innermost(error);
  return `event hub ${config.event_hub}: ${withoutKeys(said)}${remedy(code, said, config)}`;
}

/** The library's name for what went wrong, and its words: what failed several times is told by its last. */
export function innermost(error: unknown): { readonly code: string; readonly said: string } {
  let at = error;
  while (at instanceof AggregateError && at.errors.length > 0) at = at.errors.at(-1);
  const { code, name } = (at ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  const said = at instanceof Error ? at.message : String(at);
  return {
    code: typeof code === "string" ? code : typeof name === "string" ? name : "",
    said: shortened(said) || "no reason",
  };
}

/** Of a login's many lines the one that tells why; else the first. */
function shortened(said: string): string {
  const [told] = /AADSTS\d+: .*?(?= - Correlation ID|\n|$)/.exec(said) ?? [];
  return told ?? said.trim().split("\n", 1)[0] ?? "";
}

function remedy(code: string, said: string, config: EventHubsConfig): string {
  const keyed = config.connection_string !== undefined || config.connection_string_file !== undefined;
  if (code === "ReceiverDisconnectedError")
    return `; another reader of the consumer group ${config.consumer_group} has taken a partition: give each its own, or set \`checkpoints\` for readers that share one`;
  if (/consumer ?group/i.test(said) && /not (be )?found|does not exist|could not/i.test(said))
    return `; create it: az eventhubs eventhub consumer-group create --name ${config.consumer_group} --eventhub-name ${config.event_hub} --namespace-name NAMESPACE --resource-group GROUP`;
  if (code === "UnauthorizedError")
    return keyed
      ? "; is the key still valid, and has it the right Listen?"
      : "; give the identity the role Azure Event Hubs Data Receiver";
  if (/CredentialUnavailable|AuthenticationRequired|AggregateAuthentication|AuthenticationError/.test(code))
    return "; give the pod a workload identity (the label azure.workload.identity/use, a federated credential), or set connection_string_file";
  const [container] = config.checkpoints?.container_url.replace(/\/$/, "").split("/").slice(-1) ?? [];
  if (code === "ContainerNotFound") return `; create the container ${container} of the storage account`;
  if (code === "AuthorizationPermissionMismatch" || code === "AuthorizationFailure")
    return `; give the identity the role Storage Blob Data Contributor on the container ${container}`;
  if (code === "MessagingEntityNotFoundError")
    return "; the hub is made by its diagnostic setting: see `tiercel enable aks`";
  if (code === "ServerBusyError" || code === "QuotaExceededError")
    return "; the namespace is at its limit: give it more throughput units";
  if (code === "ENOENT") return "; connection_string_file must name a file that holds the connection string";
  if (
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|OperationTimeout|ServiceCommunication|ConnectionLost/.test(
      `${code} ${said}`,
    )
  )
    return `; is ${config.endpoint ?? config.namespace ?? "the namespace"} reachable from here by AMQP (port 5671)?`;
  return "";
}

function withoutKeys(text: string): string {
  return text.replace(/(SharedAccessKey|SharedAccessSignature|AccountKey|sig)=[^;&"'\s]+/gi, "$1=…");
}
