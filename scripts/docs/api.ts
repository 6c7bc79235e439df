/** The page of the HTTP API, and its OpenAPI description. */

import { z } from "zod";
import { endpoints } from "../../src/api/endpoints.ts";
import { openApi } from "../../src/api/openapi.ts";
import { version } from "../../src/cli/version.ts";
import { code, opening, type Page, table } from "./page.ts";

interface Told {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Told>>;
  readonly items?: Told;
  readonly anyOf?: readonly Told[];
}

export const openApiFile: Page = {
  path: "docs/reference/openapi.json",
  render: () => `${JSON.stringify(openApi(version), null, 2)}\n`,
};

export const api: Page = {
  path: "docs/reference/api.md",
  render: () => `${opening("HTTP API", "`src/api/`")}
On \`http://127.0.0.1:7766\` unless \`api.listen\` says otherwise. The same as OpenAPI 3.1 stands in [openapi.json](openapi.json),
and is served at \`/api/openapi.json\`.

Programs send a token, \`Authorization: Bearer TOKEN\`; pages have a session's cookie, and repeat the session's \`csrf\` in
\`X-Tiercel-CSRF\` with all but GET. Each endpoint names the least role that may: viewer, editor, admin, or open to anybody.
\`/healthz\` and \`/readyz\` need none; \`/metrics\` needs one unless the API listens on loopback only, or \`api.open_metrics\` is
set.

What can be edited has a version, told as \`ETag\`. Send it as \`If-Match\` with what replaces it, or \`If-None-Match: *\` with
what shall be new: where another version stands the answer is 409 \`conflict\`.

Lists answer \`{"items": […], "next": cursor or null}\`, newest first; \`?cursor=\` with that \`next\` is the page behind. Times are
RFC 3339. \`from\` is inclusive, \`to\` is not. A filter may be repeated, or hold several values with commas between them; a comma
within a value is written \`\\,\`. An unknown parameter, or one that makes no sense, is an error that names it.

A request that fails answers \`{"error": {"code", "message", "help"}}\`: 400 \`invalid\`, 401 \`unauthenticated\`, 403 \`forbidden\`,
404 \`not_found\`, 405 \`method_not_allowed\`, 409 \`conflict\`, 413 \`too_large\`, 429 \`too_many\` with \`Retry-After\`,
500 \`internal\`, 503 \`unavailable\`.

${endpoints.map(section).join("\n")}
## \`GET /healthz\`, \`GET /readyz\`

\`/healthz\` answers 200 while the process lives. \`/readyz\` answers 200 or 503 and
\`{"ready": …, "checks": {"rules": {"ok", "reason"}, "journal": …, "index": …, "sources": …}}\`.
`,
};

function section({ method, path, doc, role, query, body, answer, mediaType }: (typeof endpoints)[number]): string {
  const parameters = Object.entries((z.toJSONSchema(query, { io: "input" }) as Told).properties ?? {});
  const sent = body === undefined ? undefined : (z.toJSONSchema(body, { io: "input" }) as Told);
  const answered = z.toJSONSchema(answer, { io: "output" }) as Told;
  const item = answered.properties?.items?.items;
  const rows = (told: readonly (readonly [string, Told])[]) =>
    table(
      ["", "value", ""],
      told.map(([name, one]) => [code(name), valueText(one), one.description ?? ""]),
    );
  const part = (title: string, told: readonly (readonly [string, Told])[]) =>
    told.length === 0 ? "" : `\n${title}:\n\n${rows(told)}`;
  return [
    `## ${code(`${method} ${path}`)}\n\n${doc} Role: ${role}.\n`,
    part("Parameters", parameters),
    part("The body", Object.entries(sent?.properties ?? {})),
    mediaType === undefined
      ? part(item === undefined ? "The answer" : "An item", Object.entries((item ?? answered).properties ?? {}))
      : `\nIt answers ${code(mediaType)}.\n`,
  ].join("");
}

function valueText(told: Told): string {
  if (told.enum) return told.enum.map((value) => code(String(value))).join(", ");
  if (told.anyOf) return told.anyOf.map(valueText).join(" or ");
  if (Array.isArray(told.type)) return told.type.map((type) => valueText({ ...told, type })).join(" or ");
  if (told.type === "array") return told.items ? `list of ${valueText(told.items)}` : "list";
  const words: Readonly<Record<string, string>> = { string: "text", integer: "whole number", object: "map" };
  const word = told.format === "date-time" ? "time" : (words[String(told.type)] ?? told.type ?? "anything");
  return `${word}${told.default === undefined ? "" : `, ${told.default} unless told`}`;
}
