/** A server of ours as people run it: the built command, a configuration file, HTTPS and a token for its cluster. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { freePort } from "../../sources/peers.kit.ts";
import { authority } from "./authority.kit.ts";
import { type Started, started, until } from "./processes.kit.ts";

const command = fileURLToPath(new URL("../../../bin/tiercel", import.meta.url));
/** Of its API, an administrator's. */
export const adminToken = "an-admin-token-of-this-test";
/** What API servers send. */
export const ingestToken = "tiercel_0123456789abcdef0123456789abcdef";
export const clusterName = "prod";

export type Row = Readonly<Record<string, unknown>>;

export interface OwnServer {
  /** `https://127.0.0.1:PORT`, for `--receiver`. */
  readonly receiver: string;
  /** Who signed its certificate, for `--ca-file`. */
  readonly authorityFile: string;
  readonly tokenFile: string;
  /** The admission source, `https://127.0.0.1:PORT`. */
  readonly admission: string;
  readonly api: string;
  /** Starts the same server, with what it kept; resolves once it takes events in. */
  start(): Promise<void>;
  /** As a machine that loses power. */
  kill(): Promise<void>;
  stop(): Promise<void>;
  said(): string;
  get(path: string): Promise<unknown>;
  /** All of a list, newest first. */
  all(path: "/api/v1/activities" | "/api/v1/detections", query?: Readonly<Record<string, string>>): Promise<Row[]>;
}

export async function ownServer(folder: string): Promise<OwnServer> {
  const [ingest, admission, listen] = [await freePort(), await freePort(), await freePort()];
  const ca = await authority("Tiercel's operators");
  const { cert, key } = await ca.sign("CN=tiercel");
  const at = (name: string) => join(folder, name);
  mkdirSync(at("data"), { recursive: true });
  for (const [name, text] of Object.entries({ "ca.crt": ca.cert, "tls.crt": cert, "tls.key": key, token: ingestToken }))
    writeFileSync(at(name), text, { mode: 0o600 });
  writeFileSync(
    at("tiercel.yaml"),
    stringify({
      data_dir: at("data"),
      sources: [
        {
          type: "webhook",
          listen: `127.0.0.1:${ingest}`,
          token_required: true,
          tls: { cert_file: at("tls.crt"), key_file: at("tls.key") },
        },
        { type: "admission", listen: `127.0.0.1:${admission}`, names: ["127.0.0.1"] },
      ],
      clusters: [{ name: clusterName, token_file: at("token") }],
      api: { listen: `127.0.0.1:${listen}` },
    }),
  );
  const api = `http://127.0.0.1:${listen}`;
  let server: Started | undefined;
  const get = async (path: string) => {
    const response = await fetch(api + path, { headers: { authorization: `Bearer ${adminToken}` } });
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
    return response.json();
  };
  return {
    receiver: `https://127.0.0.1:${ingest}`,
    authorityFile: at("ca.crt"),
    tokenFile: at("token"),
    admission: `https://127.0.0.1:${admission}`,
    api,
    async start() {
      const { PATH, HOME } = process.env;
      const one = started(command, ["serve", "-c", at("tiercel.yaml")], {
        PATH,
        HOME,
        TIERCEL_BOOTSTRAP_TOKEN: adminToken,
      });
      server = one;
      await until(
        () => {
          if (one.exitCode() !== undefined) throw new Error(`the server ended: ${one.said()}`);
          return fetch(`${api}/readyz`).then(
            ({ ok }) => ok,
            () => false,
          );
        },
        () => one.said(),
      );
    },
    kill: async () => server?.stop("SIGKILL"),
    stop: async () => server?.stop(),
    said: () => server?.said() ?? "",
    get,
    async all(path, query = {}) {
      const rows: Row[] = [];
      for (let cursor: string | null = ""; cursor !== null; ) {
        const asked = new URLSearchParams({ ...query, limit: "1000", ...(cursor === "" ? {} : { cursor }) });
        const page = (await get(`${path}?${asked}`)) as { items: Row[]; next: string | null };
        rows.push(...page.items);
        cursor = page.next;
      }
      return rows;
    },
  };
}
