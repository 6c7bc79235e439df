/** A control plane on 127.0.0.1 for tests: etcd and a real API server, started as its static pod's manifest says. */
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { join } from "node:path";
import { stringify } from "yaml";
import type { Answer } from "../../distributions/plan/contract.ts";
import { freePort, peerPath } from "../../sources/peers.kit.ts";
import { type Authority, authority, type Certificate } from "./authority.kit.ts";
import { flagsOf } from "./kubeadm-manifest.kit.ts";
import { type Started, started, until } from "./processes.kit.ts";

export const peer = "kube-apiserver";
const program = (name: string): string => peerPath(peer, name);
export const kubectlProgram = program("kubectl");

/** Who calls: `kubernetes-admin` by a certificate, the others by a token that is their name. */
const users = ["alice", "bob", "eve"] as const;
export type Caller = "kubernetes-admin" | (typeof users)[number];

export interface Asked {
  readonly method?: string;
  /** A bearer token; unless given, the admin's certificate; null: nobody. */
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ControlPlane {
  /** The host: `/etc/kubernetes` and all else lies below. */
  readonly root: string;
  readonly url: string;
  readonly ca: Authority;
  /** A kubeconfig with a context for each caller; the admin's is the current one. */
  readonly kubeconfig: string;
  /** Stops the API server that runs, and starts one as this says; resolves once it is ready. `more` are flags by name. */
  run(manifest: string, more?: Readonly<Record<string, string>>): Promise<void>;
  /** Whether the API server ended by itself, or by others. */
  hasEnded(): boolean;
  /** Stops it as a kubelet does; resolves when it has ended, its last events sent. */
  halt(): Promise<void>;
  /** Runs an API server that should not start; what it says when it has ended. */
  refused(manifest: string, more?: Readonly<Record<string, string>>): Promise<string>;
  /** The API server's log. */
  said(): string;
  kubectl(args: readonly string[], options?: { readonly as?: Caller; readonly stdin?: string }): Promise<Answer>;
  /** The same, for what must go well; its output. */
  does(args: readonly string[], options?: { readonly as?: Caller; readonly stdin?: string }): Promise<string>;
  ask(path: string, asked?: Asked): Promise<{ readonly status: number; readonly text: string }>;
  /** A node `node-1` whose kubelet streams into containers that are not there, and a pod's way onto it. */
  addNode(): Promise<void>;
  stop(): Promise<void>;
}

export async function controlPlane(root: string): Promise<ControlPlane> {
  const ca = await authority("kubernetes");
  const [port, etcdPort, etcdPeerPort] = [await freePort(), await freePort(), await freePort()];
  const url = `https://127.0.0.1:${port}`;
  const admin = await ca.sign("CN=kubernetes-admin, O=system:masters");
  const kubelet = await writeHost(root, ca, admin, url);
  const etcd = started(program("etcd"), etcdFlags(join(root, "var/lib/etcd"), etcdPort, etcdPeerPort));
  let server: Started | undefined;
  let node: Started | undefined;
  const home = join(root, "root");
  const kubeconfig = join(root, "etc/kubernetes/admin.conf");

  const words = (manifest: string, more: Readonly<Record<string, string>>): string[] => {
    const flags = flagsOf(manifest, root);
    const here = {
      "advertise-address": "127.0.0.1",
      "bind-address": "127.0.0.1",
      "endpoint-reconciler-type": "none",
      "etcd-servers": `http://127.0.0.1:${etcdPort}`,
      "secure-port": String(port),
      "token-auth-file": join(root, "tokens.csv"),
    };
    for (const [name, value] of Object.entries({ ...here, ...more })) flags.set(name, value);
    return [...flags].map(([name, value]) => `--${name}=${value}`);
  };

  const ask: ControlPlane["ask"] = (path, { method = "GET", token, headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const bearer = typeof token === "string" ? { authorization: `Bearer ${token}` } : {};
      const asking = request(
        `${url}${path}`,
        {
          method,
          ca: ca.cert,
          ...(token === undefined ? { cert: admin.cert, key: admin.key } : {}),
          headers: { "content-type": "application/json", ...bearer, ...headers },
          agent: false,
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk) => chunks.push(chunk));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
          );
          response.on("error", reject);
        },
      );
      asking.on("error", reject);
      asking.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
    });

  const kubectl: ControlPlane["kubectl"] = (args, { as = "kubernetes-admin", stdin = "" } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(kubectlProgram, [`--kubeconfig=${kubeconfig}`, `--context=${as}`, ...args], {
        env: { HOME: home, PATH: process.env.PATH },
      });
      const out = { stdout: "", stderr: "" };
      child.stdout.on("data", (chunk) => (out.stdout += chunk));
      child.stderr.on("data", (chunk) => (out.stderr += chunk));
      child.on("error", reject);
      child.on("close", (code) => resolve({ ...out, code: code ?? 1 }));
      child.stdin.on("error", () => {});
      child.stdin.end(stdin);
    });

  const does: ControlPlane["does"] = async (args, options) => {
    const { code, stdout, stderr } = await kubectl(args, options);
    if (code !== 0) throw new Error(`kubectl ${args.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  };

  return {
    root,
    url,
    ca,
    kubeconfig,
    ask,
    kubectl,
    does,
    async run(manifest, more = {}) {
      await server?.stop();
      const one = started(program("kube-apiserver"), words(manifest, more));
      showProcess(root, one.child.pid);
      server = one;
      await until(
        async () => {
          if (one.exitCode() !== undefined) throw new Error(`the API server ended: ${one.said().slice(-4000)}`);
          return ask("/readyz").then(
            ({ status }) => status === 200,
            () => false,
          );
        },
        () => `the API server is not ready: ${one.said().slice(-4000)}`,
      );
    },
    hasEnded: () => server !== undefined && server.exitCode() !== undefined,
    async halt() {
      await server?.stop();
      server = undefined;
    },
    async refused(manifest, more = {}) {
      const one = started(program("kube-apiserver"), words(manifest, more));
      try {
        await until(
          () => one.exitCode() !== undefined || one.said().includes("Serving securely"),
          () => "it neither ends nor serves",
        );
        if (one.exitCode() === undefined) throw new Error("it was not refused");
        return one.said();
      } finally {
        await one.stop("SIGKILL");
      }
    },
    said: () => server?.said() ?? "",
    async addNode() {
      const kubeletPort = await freePort();
      node = started(program("kubelet"), [`127.0.0.1:${kubeletPort}`, kubelet.cert, kubelet.key]);
      await does(["create", "-f", "-"], { stdin: JSON.stringify(nodeObject) });
      await does(["patch", "node", "node-1", "--subresource=status", "--type=merge", "-p", nodeStatus(kubeletPort)]);
    },
    async stop() {
      await node?.stop("SIGKILL");
      await server?.stop("SIGKILL");
      await etcd.stop("SIGKILL");
    },
  };
}

const etcdFlags = (folder: string, port: number, peerPort: number): string[] => {
  const [client, among] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    ...[`--data-dir=${folder}`, "--unsafe-no-fsync", "--log-level=error"],
    ...[`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`],
    ...[`--listen-peer-urls=${among}`, `--initial-advertise-peer-urls=${among}`, `--initial-cluster=default=${among}`],
  ];
};

/** What `kubeadm init` leaves in `/etc/kubernetes`, and the tokens of our callers. Answers the kubelet's certificate files. */
async function writeHost(root: string, ca: Authority, admin: Certificate, url: string): Promise<Certificate> {
  const pki = join(root, "etc/kubernetes/pki");
  for (const folder of [pki, join(root, "etc/ssl/certs"), join(root, "root"), join(root, "var/lib/etcd")])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  const put = (name: string, { cert, key }: Certificate): Certificate => {
    const at = { cert: join(pki, `${name}.crt`), key: join(pki, `${name}.key`) };
    writeFileSync(at.cert, cert);
    writeFileSync(at.key, key, { mode: 0o600 });
    return at;
  };
  writeFileSync(join(pki, "ca.crt"), ca.cert);
  put("apiserver", await ca.sign("CN=kube-apiserver"));
  put("apiserver-kubelet-client", await ca.sign("CN=kube-apiserver-kubelet-client, O=system:masters"));
  const keys = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writeFileSync(join(pki, "sa.pub"), keys.publicKey);
  writeFileSync(join(pki, "sa.key"), keys.privateKey, { mode: 0o600 });
  writeFileSync(join(root, "tokens.csv"), users.map((name) => `${name},${name},${name}-uid,developers\n`).join(""));
  writeFileSync(join(root, "etc/kubernetes/admin.conf"), kubeconfigText(ca, admin, url), { mode: 0o600 });
  return put("kubelet", await ca.sign("CN=system:node:node-1, O=system:nodes"));
}

function kubeconfigText(ca: Authority, admin: Certificate, url: string): string {
  const data = (text: string) => Buffer.from(text).toString("base64");
  const names: readonly Caller[] = ["kubernetes-admin", ...users];
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "kubernetes", cluster: { server: url, "certificate-authority-data": data(ca.cert) } }],
    contexts: names.map((name) => ({ name, context: { cluster: "kubernetes", user: name } })),
    users: [
      {
        name: "kubernetes-admin",
        user: { "client-certificate-data": data(admin.cert), "client-key-data": data(admin.key) },
      },
      ...users.map((name) => ({ name, user: { token: name } })),
    ],
    "current-context": "kubernetes-admin",
  });
}

/** The host's /proc shows the API server, the real one. */
function showProcess(root: string, pid: number | undefined): void {
  rmSync(join(root, "proc"), { recursive: true, force: true });
  mkdirSync(join(root, "proc"));
  symlinkSync(`/proc/${pid}`, join(root, "proc", String(pid)));
}

const nodeObject = { apiVersion: "v1", kind: "Node", metadata: { name: "node-1" } };

const nodeStatus = (port: number): string =>
  JSON.stringify({
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      daemonEndpoints: { kubeletEndpoint: { Port: port } },
    },
  });
