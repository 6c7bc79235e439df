/** Where API servers reach Tiercel, as told, or found where Tiercel runs in the cluster. */
import { here } from "../../distributions/plan/contract.ts";
import type { Io } from "../io.ts";
import { UsageError } from "../io.ts";
import { type Machine, Missing } from "./machine.ts";

interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly clusterIP?: string;
    readonly ports?: readonly { readonly name?: string; readonly port: number }[];
  };
}

export interface Receiver {
  readonly address: string;
  /** Where it was found, where nobody told it. */
  readonly note?: string;
}

export const toldReceiver = (receiver: string | undefined, { env }: Io): string | undefined =>
  receiver ?? (env.TIERCEL_RECEIVER || undefined);

/**
 * The ClusterIP of the Service that `tiercel manifests` makes, or of one called `tiercel`.
 * @throws UsageError where there is none, or more than one.
 */
export async function foundReceiver(machine: Machine): Promise<Receiver> {
  const asked = [
    ["-l", "app.kubernetes.io/name=tiercel"],
    ["--field-selector", "metadata.name=tiercel"],
  ];
  let why = "no Service of Tiercel's is in the cluster that kubectl sees";
  for (const selector of asked) {
    const answer = await servicesBy(selector, machine);
    if (typeof answer === "string") {
      why = answer;
      break;
    }
    const found = answer.flatMap(receiversOf);
    if (found.length > 1)
      throw new UsageError(
        `several Services could be Tiercel: ${found.map(({ address, where }) => `${where} (${address})`).join(", ")}`,
        "name one with --receiver",
      );
    const [one] = found;
    if (one !== undefined)
      return {
        address: one.address,
        note: `The receiver is the ClusterIP of the Service ${one.where}, found by kubectl. It must not change: give the Service a fixed one.`,
      };
  }
  throw new UsageError(
    `where the API server reaches Tiercel is not told, and ${why}`,
    "give it with --receiver, as `https://10.0.0.5:7765` or a Service's ClusterIP: an API server does not ask the cluster's DNS",
  );
}

async function servicesBy(selector: readonly string[], machine: Machine): Promise<readonly Service[] | string> {
  const argv = ["kubectl", "get", "services", "--all-namespaces", ...selector, "-o", "json"];
  try {
    const { code, stdout, stderr } = await machine.run(here, argv, { secs: 30 });
    if (code !== 0) return `kubectl cannot look for it: ${stderr.trim().split("\n")[0]}`;
    return (JSON.parse(stdout) as { readonly items?: readonly Service[] }).items ?? [];
  } catch (error) {
    if (error instanceof Missing) return `kubectl is not there to look for it`;
    if (error instanceof SyntaxError) return "kubectl printed no JSON";
    throw error;
  }
}

/** With TLS, as our own manifests run it: API servers show their token there. */
function receiversOf({ metadata: { name, namespace }, spec }: Service) {
  const { clusterIP = "None", ports = [] } = spec;
  const port = ports.find((one) => one.name === "ingest") ?? ports.find((one) => one.port === 7765);
  if (clusterIP === "None" || clusterIP === "" || port === undefined) return [];
  const host = clusterIP.includes(":") ? `[${clusterIP}]` : clusterIP;
  return [{ address: `https://${host}:${port.port}`, where: `${namespace}/${name}` }];
}
