/** Our own ValidatingWebhookConfiguration at the API server that holds it: whether it is there, and its `caBundle` kept right. */
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { certificatesOf } from "./authorities.ts";

export interface ApiServer {
  readonly url: string;
  /** Read at each question: it is renewed on disk. */
  readonly token_file: string;
  readonly ca_file?: string | undefined;
}

/** `untold`: it may not be looked at; `wrong`: it trusts another authority, and we may not mend it. */
export type Registered =
  | { readonly kind: "right" | "mended" | "absent" }
  | { readonly kind: "untold" | "wrong"; readonly why: string };

const folder = "/var/run/secrets/kubernetes.io/serviceaccount";
const waitMs = 10_000;

/** The API server of the cluster we run in, where our pod has a service account's token. */
export function ownApiServer(env: NodeJS.ProcessEnv): ApiServer | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = env;
  if (host === undefined || !existsSync(`${folder}/token`)) return undefined;
  const url = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  return { url, token_file: `${folder}/token`, ca_file: `${folder}/ca.crt` };
}

/** PEM texts. */
export interface Trust {
  /** Each of its certificates must be trusted; others may be beside them, another replica's for one. */
  readonly bundle: string;
  /** None of these may be any more. */
  readonly gone: readonly string[];
}

/** Looks at it, and puts the bundle where its webhooks trust otherwise. Never rejects: what went wrong is the answer. */
export async function keptBundle(api: ApiServer, name: string, trust: Trust): Promise<Registered> {
  try {
    const seen = await ask(api, "GET", name);
    if (seen.status === 404) return { kind: "absent" };
    if (seen.status !== 200) return { kind: "untold", why: refusal(seen, "get", name) };
    const patches = patchesOf(JSON.parse(seen.text), trust);
    if (patches.length === 0) return { kind: "right" };
    const mended = await ask(api, "PATCH", name, JSON.stringify(patches));
    if (mended.status === 200) return { kind: "mended" };
    return { kind: "wrong", why: `${name} trusts another authority than ours, and ${refusal(mended, "patch", name)}` };
  } catch (error) {
    return { kind: "untold", why: `${api.url} cannot be asked: ${error instanceof Error ? error.message : error}` };
  }
}

/** A JSON patch; each step tests that the webhook is still the one that was seen. */
function patchesOf(configuration: unknown, trust: Trust): readonly object[] {
  const { webhooks = [] } = configuration as { webhooks?: { name: string; clientConfig?: { caBundle?: string } }[] };
  const value = Buffer.from(trust.bundle).toString("base64");
  return webhooks.flatMap(({ name, clientConfig }, at) =>
    isTrusting(Buffer.from(clientConfig?.caBundle ?? "", "base64").toString(), trust)
      ? []
      : [
          { op: "test", path: `/webhooks/${at}/name`, value: name },
          { op: "add", path: `/webhooks/${at}/clientConfig/caBundle`, value },
        ],
  );
}

function isTrusting(seen: string, { bundle, gone }: Trust): boolean {
  const there = new Set(certificatesOf(seen));
  return (
    certificatesOf(bundle).every((one) => there.has(one)) && !gone.flatMap(certificatesOf).some((one) => there.has(one))
  );
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

function refusal({ status }: Answer, verb: string, name: string): string {
  const remedy = `grant \`${verb}\` on validatingwebhookconfigurations/${name}: \`/rbac.yaml\` of this webhook prints it`;
  return status === 401 || status === 403 ? `we may not ${verb} it (${remedy})` : `the API server answers ${status}`;
}

function ask({ url, token_file, ca_file }: ApiServer, method: string, name: string, body?: string): Promise<Answer> {
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${encodeURIComponent(name)}`;
  const headers = {
    ...{ accept: "application/json", authorization: `Bearer ${readFileSync(token_file, "utf8").trim()}` },
    ...(body !== undefined && {
      "content-type": "application/json-patch+json",
      "content-length": Buffer.byteLength(body),
    }),
  };
  const ca = ca_file === undefined ? undefined : readFileSync(ca_file);
  return new Promise((resolve, reject) => {
    const sent = request(`${url}${path}`, { method, headers, ca, timeout: waitMs, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer within ${waitMs / 1000} s`)));
    sent.on("error", reject);
    sent.end(body);
  });
}
