/**
 * Asks `entries.list` by Google's own credentials. Over REST, since its JSON holds the audit log's payload as it is: the
 * gRPC client answers it in a form that it has no description of (docs/decisions/0016).
 */
import type { GoogleAuth } from "google-auth-library";
import { parseJson } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json-value.ts";
import type { CloudLoggingConfig } from "./config.ts";

export interface Page {
  readonly entries: readonly JsonValue[];
  readonly next: string | undefined;
}

/** What Google answered instead of a page. */
export class Refused extends Error {
  readonly status: number;
  /** As google.rpc.Code names it: `RESOURCE_EXHAUSTED`. */
  readonly reason: string;
  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

const answerWithinMs = 60_000;
const scope = "https://www.googleapis.com/auth/logging.read";

export class LoggingClient {
  readonly #config: CloudLoggingConfig;
  #auth: GoogleAuth | undefined;

  constructor(config: CloudLoggingConfig) {
    this.#config = config;
  }

  /** One page; throws `Refused`, or what the network or the credentials said. */
  async list(filter: string, pageToken: string | undefined, signal: AbortSignal): Promise<Page> {
    const { endpoint, project, page_size } = this.#config;
    const url = new URL("/v2/entries:list", endpoint).href;
    const request = { resourceNames: [`projects/${project}`], filter, orderBy: "timestamp asc", pageSize: page_size };
    const headers = await this.#credentials(url);
    headers.set("content-type", "application/json");
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify(pageToken === undefined ? request : { ...request, pageToken }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    return pageOf(response.status, await response.text());
  }

  /** The credentials were refused: they are read anew, for somebody may have mended them. */
  forget(): void {
    this.#auth = undefined;
  }

  async #credentials(url: string): Promise<Headers> {
    const { key_file, endpoint } = this.#config;
    if (key_file === undefined && endpoint.startsWith("http:")) return new Headers();
    if (this.#auth === undefined) {
      // Loaded where it is needed: nobody else waits for it.
      const { GoogleAuth } = await import("google-auth-library");
      this.#auth = new GoogleAuth({ scopes: [scope], ...(key_file !== undefined && { keyFilename: key_file }) });
    }
    return new Headers(await this.#auth.getRequestHeaders(url));
  }
}

function pageOf(status: number, text: string): Page {
  const parsed = parseJson(text);
  if (!parsed.ok || parsed.value.kind !== "object")
    throw new Refused(status, "UNREADABLE", `its answer is no JSON object: ${text.slice(0, 100)}`);
  const { value } = parsed;
  const said = (name: string) => value.member("error")?.member(name)?.text();
  if (status !== 200)
    throw new Refused(status, said("status") ?? String(status), said("message") ?? `status ${status}`);
  return {
    entries: value.member("entries")?.elements() ?? [],
    next: value.member("nextPageToken")?.text() || undefined,
  };
}
