/** Asks a running server, and says what to do where that cannot be. */
import { existsSync, readFileSync } from "node:fs";
import { adminTokenFile } from "./admin-token.ts";
import { type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";

export const usualServer = "http://127.0.0.1:7766";
const usualDataDir = "./tiercel-data";

/** The server is not there, or will not answer us; `unreachable` is the exit code. */
export class Unreachable extends Error {
  readonly help: string;
  constructor(message: string, help: string) {
    super(message);
    this.help = help;
  }
}

export interface ServerChoice {
  /** `--server`; else TIERCEL_SERVER, else the usual one. */
  readonly server?: string;
  /** `--data`: where an `admin-token` stands, when TIERCEL_TOKEN is not set. */
  readonly data?: string;
}

export interface Page {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next: string | null;
}

/** Asks for pages of a list. Throws as `asker`'s does. */
export function client(choice: ServerChoice, io: Pick<Io, "env">) {
  const ask = asker(choice, io);
  return (path: string, query: URLSearchParams) => ask("GET", `${path}?${query}`) as Promise<Page>;
}

/** Asks anything. Throws `Unreachable`, or `UsageError` where the server does not do what is asked. */
export function asker({ server, data }: ServerChoice, { env }: Pick<Io, "env">) {
  const base = server ?? (env.TIERCEL_SERVER || usualServer);
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new UsageError(`\`${base}\` is no address of a server`, `write it like ${usualServer}`);
  const file = adminTokenFile(data ?? usualDataDir);
  const token = env.TIERCEL_TOKEN?.trim() || (existsSync(file) ? readFileSync(file, "utf8").trim() : undefined);
  return async (
    method: string,
    path: string,
    body?: unknown,
    { etag, isNew = false }: { readonly etag?: string; readonly isNew?: boolean } = {},
  ): Promise<unknown> => {
    // Below a sub-path too.
    const address = new URL(`${base.replace(/\/+$/, "")}${path}`);
    let response: Response;
    try {
      response = await fetch(address, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(etag === undefined ? {} : { "if-match": `"${etag}"` }),
          ...(isNew ? { "if-none-match": "*" } : {}),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: "error",
        signal: AbortSignal.timeout(30_000),
      });
    } catch (error) {
      throw new Unreachable(
        `${address.origin} cannot be reached: ${reason(error)}`,
        "start one with `tiercel serve`, or name another with --server or TIERCEL_SERVER",
      );
    }
    const answer = await json(response, address);
    if (response.ok) return answer;
    const {
      code,
      message = `HTTP ${response.status}`,
      help,
    } = (answer as { error?: { code?: string; message?: string; help?: string } }).error ?? {};
    if (response.status === 401 || response.status === 403)
      throw new Unreachable(
        `${address.origin} does not let us in: ${message}`,
        `set TIERCEL_TOKEN, or name the server's data folder with --data; ${token === undefined ? `there is no ${file} here` : "the token that was sent is not one of its admin tokens"}`,
      );
    if ([400, 404, 409].includes(response.status) && code !== undefined) throw new UsageError(message, help);
    throw new Unreachable(`${address.origin} answers ${response.status}: ${message}`, help ?? "its log says more");
  };
}

/** Runs what asks a server; where that is not there or does not let us in, says so. */
export async function reaching({ stderr }: Pick<Io, "stderr">, run: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    await stderr.write(`tiercel: ${error.message}\nhelp: ${error.help}\n`);
    return exitCodes.unreachable;
  }
}

async function json(response: Response, address: URL): Promise<unknown> {
  try {
    return response.status === 204 ? null : await response.json();
  } catch (error) {
    throw new Unreachable(
      `${address.origin} answers something that is not Tiercel's: ${reason(error)}`,
      "is another program at that address?",
    );
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? String(cause.code) : cause.message;
  return error.name === "TimeoutError" ? "no answer within 30 s" : error.message;
}
