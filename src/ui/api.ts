/** The only fetch of the pages: JSON in and out, failures with the server's own words. */
import { queryClient } from "./queries.ts";

/** The page's base, as the server wrote it: right below a sub-path too. */
export const base = new URL(".", document.baseURI);

export type Params = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** What a request answered instead of what was wanted. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly help: string | undefined;
  /** The answer whole: diagnostics of rules, the version that stands now. */
  readonly details: Readonly<Record<string, unknown>>;
  constructor(status: number, code: string, message: string, help: string | undefined, details: object) {
    super(message);
    this.status = status;
    this.code = code;
    this.help = help;
    this.details = { ...details };
  }
}

export interface Answer<T> {
  readonly data: T;
  /** Without its quotes; null where there is none. */
  readonly etag: string | null;
}

/** An address under `/api/v1`, for links and downloads. */
export function apiUrl(path: string, params: Params = {}): string {
  const url = new URL(`api/v1/${path}`, base);
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    if (typeof value === "object") for (const one of value) url.searchParams.append(name, one.replaceAll(",", "\\,"));
    else url.searchParams.append(name, String(value));
  }
  return url.href;
}

export async function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  return (await getTagged<T>(path, params, signal)).data;
}

export async function getTagged<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<Answer<T>> {
  return asked<T>(await fetched(apiUrl(path, params), { signal }));
}

/** `etag` says which version is replaced; `isNew` that there must be none yet. */
export async function send<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  { etag, isNew }: { readonly etag?: string | null; readonly isNew?: boolean } = {},
): Promise<Answer<T>> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  const csrf = (queryClient.getQueryData(["session"]) as { readonly csrf?: string } | null | undefined)?.csrf;
  if (csrf !== undefined) headers["x-tiercel-csrf"] = csrf;
  if (etag) headers["if-match"] = `"${etag}"`;
  if (isNew) headers["if-none-match"] = "*";
  return asked<T>(
    await fetched(apiUrl(path), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) }),
  );
}

/** Follows what arrives; answers how to stop. The browser itself asks again where the stream breaks. */
export function live<T>(
  path: string,
  params: Params,
  onArrivals: (items: readonly T[]) => void,
  onState: (state: "open" | "lost") => void = () => {},
): () => void {
  const stream = new EventSource(apiUrl(path, params));
  stream.addEventListener("open", () => onState("open"));
  stream.addEventListener("error", () => onState("lost"));
  stream.addEventListener("arrivals", (event) => {
    const { items } = JSON.parse((event as MessageEvent<string>).data) as { readonly items: readonly T[] };
    if (items.length > 0) onArrivals(items);
  });
  return () => stream.close();
}

async function fetched(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { credentials: "same-origin", ...init });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiFailure(0, "unreachable", "the server cannot be reached", "is `tiercel serve` running?", {});
  }
}

async function asked<T>(response: Response): Promise<Answer<T>> {
  const etag = response.headers.get("etag")?.replace(/^W\//, "").replaceAll('"', "") ?? null;
  const text = await response.text();
  if (response.ok) return { data: (text === "" ? undefined : JSON.parse(text)) as T, etag };
  let error: Readonly<Record<string, unknown>> = {};
  try {
    error = (JSON.parse(text) as { readonly error?: Readonly<Record<string, unknown>> }).error ?? {};
  } catch {
    // A proxy answered in the server's place: its status is all there is to tell.
  }
  const { code = "internal", message = `the server answered ${response.status}`, help } = error;
  // Told, not asked again: the answer would be this one, without an end.
  if (response.status === 401) queryClient.setQueryData(["session"], null);
  throw new ApiFailure(
    response.status,
    String(code),
    String(message),
    help === undefined ? undefined : String(help),
    error,
  );
}
