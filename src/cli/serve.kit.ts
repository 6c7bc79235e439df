/** A real server in a process of its own, on free ports, for tests. */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));
const runtime = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly ingest: string;
  readonly api: string;
  readonly stderr: () => string;
  post(body: string | Uint8Array, path?: string): Promise<{ readonly status: number; readonly text: string }>;
  /** A page of the API as JSON, asked with the admin token. */
  get(path: string, token?: string): Promise<{ readonly status: number; readonly body: unknown }>;
  /** Any request of the API with a JSON body, with the admin token. */
  send(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<{ readonly status: number; readonly body: unknown; readonly etag: string | null }>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ended>;
}

/** Runs the program to its end. */
export async function tiercel(
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
  return ending(start(args, options)).ended;
}

/** Resolves once the server says where it listens; rejects with what it said where it ends before. */
export async function startServer(
  dataDir: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = start(["serve", "--data", dataDir, "--ingest", "127.0.0.1:0", "--listen", "127.0.0.1:0", ...args], {
    cwd: dataDir,
    env,
  });
  const { ended, stderr } = ending(child);
  const token = () => env.TIERCEL_BOOTSTRAP_TOKEN ?? readFileSync(join(dataDir, "admin-token"), "utf8").trim();
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on("data", () => {
      if (/See what was detected/.test(stderr())) resolve();
    });
    void ended.then(({ code, stderr }) => reject(new Error(`the server ended with ${code}: ${stderr}`)));
  });
  const found = (what: string) =>
    new RegExp(`^ {2}${what} +(http://\\S+?)(?:/k8s_audit)?$`, "m").exec(stderr())?.[1] ?? "";
  const [ingest, api] = [found("ingest"), found("api")];
  return {
    ingest,
    api,
    stderr,
    ended,
    signal: (name) => void child.kill(name),
    async post(body, path = "/k8s_audit") {
      const response = await fetch(ingest + path, { method: "POST", body: body as string });
      return { status: response.status, text: await response.text() };
    },
    async get(path, own = token()) {
      const response = await fetch(api + path, { headers: { authorization: `Bearer ${own}` } });
      return { status: response.status, body: await response.json() };
    },
    async send(method, path, body, headers = {}) {
      const response = await fetch(api + path, {
        method,
        headers: { authorization: `Bearer ${token()}`, "content-type": "application/json", ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === "" ? null : JSON.parse(text),
        etag: response.headers.get("etag"),
      };
    },
  };
}

function start(args: readonly string[], { cwd, env = {} }: { cwd: string; env?: NodeJS.ProcessEnv }): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(runtime, [program, ...args], { cwd, env: { PATH, HOME, ...env }, stdio: ["ignore", "pipe", "pipe"] });
}

function ending(child: ChildProcess) {
  let [stdout, stderr] = ["", ""];
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
  return { ended, stderr: () => stderr };
}
