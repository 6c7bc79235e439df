/** What `/webhook.yaml` and `/rbac.yaml` answer: the registration, and the rights by which it is kept right. */
import { defaultCluster } from "../webhook-config.ts";
import { isClusterName } from "../webhook-path.ts";
import type { AdmissionConfig } from "./config.ts";
import { rbacYaml, webhookYaml } from "./webhook-yaml.ts";

/** YAML, or what is wrong with the question. */
export type Printed = { readonly yaml: string } | { readonly wrong: string };

type Registered = Pick<AdmissionConfig, "registration" | "token_required">;

/** `bundle`: PEM. */
export function printedWebhook(
  { searchParams }: URL,
  { registration: name, token_required }: Registered,
  bundle: string,
): Printed {
  const told = (option: string) => searchParams.get(option) ?? undefined;
  const cluster = told("cluster") ?? defaultCluster;
  const service = told("service") ?? "tiercel/tiercel-admission";
  const timeoutSeconds = Number(told("timeout") ?? 5);
  if (
    !isClusterName(cluster) ||
    !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(service) ||
    !(timeoutSeconds >= 1 && timeoutSeconds <= 30)
  )
    return {
      wrong:
        "ask for ?cluster=NAME&service=NAMESPACE/NAME, or &url=https://HOST:PORT, &timeout=1…30, &kubernetes=1.30, &serviceaccount=NAME\n",
    };
  const url = told("url");
  if (url === undefined && !/^[a-z0-9.-]+$/.test(cluster))
    return { wrong: "an API server takes no such cluster name in a Service's path: use &url=https://HOST:PORT\n" };
  // An API server refuses capitals and `_` in the path of a Service (validated as DNS names): the token goes in hexadecimal.
  const path =
    url === undefined
      ? `/k8s-admission/${cluster}${token_required ? "/TOKEN-IN-HEX" : ""}`
      : `/k8s_admission/${cluster}${token_required ? "/TOKEN" : ""}`;
  const target = url === undefined ? { service } : { url };
  const account = told("serviceaccount") ?? "tiercel";
  return {
    yaml: webhookYaml({ name, target, path, ca: bundle, timeoutSeconds, account, kubernetes: told("kubernetes") }),
  };
}

export function printedRights({ searchParams }: URL, { registration }: Registered): Printed {
  const [namespace = "", account = ""] = (searchParams.get("serviceaccount") ?? "tiercel/tiercel").split("/");
  const isName = (text: string) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(text);
  if (!isName(namespace) || !isName(account)) return { wrong: "ask for ?serviceaccount=NAMESPACE/NAME\n" };
  return { yaml: rbacYaml({ registration, namespace, account }) };
}
