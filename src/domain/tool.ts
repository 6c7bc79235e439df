/** The program that a request came with, as its user agent calls itself: the caller's own word. */

export interface Tool {
  readonly name: string;
  readonly version: string | null;
}

const titles: readonly (readonly [RegExp, string])[] = [
  [/^lens|openlens/i, "Lens"],
  [/^go-http-client/i, "a Go program"],
  [/^python-requests|^python-urllib|^python-httpx|^aiohttp|^openapi-generator.*python/i, "a Python program"],
  [/^kubernetes java client|^okhttp|^fabric8/i, "a Java program"],
  [/^node-fetch|^axios|^undici/i, "a Node.js program"],
  [/^mozilla/i, "a browser"],
];

/** Null where the request names none. */
export function toolOf(userAgent: string | null): Tool | null {
  if (userAgent === null || userAgent.trim() === "") return null;
  const [, name = "", version = ""] = /^([^/]{1,80})(?:\/([^\s/]{1,40}))?/.exec(userAgent.trim()) ?? [];
  const title = titles.find(([pattern]) => pattern.test(userAgent))?.[1];
  // `v0.0.0` is what Go programs say that were built without a version.
  const shown = version === "" || version === "v0.0.0" || title === "a browser" ? null : version;
  return { name: title ?? name.trim(), version: shown };
}

export const toolText = (tool: Tool | null): string =>
  tool === null ? "an unnamed program" : tool.version === null ? tool.name : `${tool.name} ${tool.version}`;
