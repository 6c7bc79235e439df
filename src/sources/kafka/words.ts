/** What brokers and networks refuse, for who runs us. */
import type { KafkaConfig } from "./config.ts";

/** The reason with its remedy. */
export function wordsOf(error: unknown, config: KafkaConfig): string {
  const causes = chainOf(error);
  const outer = saidBy(causes[0]);
  const inner = saidBy(causes.at(-1));
  const said = inner === outer ? outer : `${outer} (${inner})`;
  return `Kafka at ${config.brokers.join(", ")}: ${said}${remedy(causes, config)}`;
}

/** Libraries wrap what the network or the broker said: the outermost first. */
function chainOf(error: unknown): readonly unknown[] {
  const chain = [error];
  for (let at = error; chain.length < 9; ) {
    const { errors, cause } = (at ?? {}) as { readonly errors?: readonly unknown[]; readonly cause?: unknown };
    at = errors?.[0] ?? cause;
    if (at === undefined) break;
    chain.push(at);
  }
  return chain;
}

function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const untrusted =
  /SELF_SIGNED_CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE|CERT_UNTRUSTED/;

function remedy(causes: readonly unknown[], { topics, group, sasl, tls }: KafkaConfig): string {
  const told = causes
    .map((one) => {
      const { code, apiId, apiCode } = (one ?? {}) as Readonly<Record<string, unknown>>;
      return `${code ?? ""} ${apiId ?? ""} ${apiCode ?? ""} ${saidBy(one)}`;
    })
    .join(" ");
  if (untrusted.test(told)) return "; tls.ca_file must name the certificate of who signed the brokers'";
  if (/ERR_TLS_CERT_ALTNAME_INVALID/.test(told)) return "; name the brokers as their certificates do";
  if (/CERT_HAS_EXPIRED/.test(told)) return "; the brokers' certificate has expired";
  if (/SASL_AUTHENTICATION_FAILED|PLT_KFK_AUTHENTICATION|authentication failed/i.test(told))
    return sasl === undefined
      ? "; it asks for a login: set sasl"
      : "; are sasl.username, its password and mechanism right?";
  if (/unknown[ _]topic/i.test(told)) return `; is there a topic called ${topics.join(", or ")}?`;
  if (/TOPIC_AUTHORIZATION_FAILED/.test(told)) return `; allow READ and DESCRIBE on ${topics.join(", ")}`;
  if (/GROUP_AUTHORIZATION_FAILED/.test(told)) return `; allow READ on the group ${group}`;
  if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ETIMEDOUT/.test(told)) return "; is it reachable from here?";
  if (/ENOENT/.test(told)) return "; the file must be there";
  if (/ECONNRESET|socket hang up|closed|timed? ?out/i.test(told))
    return tls === false ? "; do the brokers want TLS, or a login?" : "; do the brokers speak TLS, and want a login?";
  return "";
}
