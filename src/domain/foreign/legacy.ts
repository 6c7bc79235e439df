/** The one-line format of `--audit-log-format=legacy`, read for recovery: it holds little (reference 04 §3.2). */
import { jsonText, type Layer, objectText } from "./layer.ts";

const line = /^\s*(\S+) AUDIT: (id=".*)$/s;
const pair = /([a-z-]+)="((?:[^"\\]|\\.)*)"/gs;
const placeholders = new Set(["", "<none>", "<deferred>", "<unknown>", "<self>", "<lookup>"]);

/** Undefined for what is no such line. */
export function legacyLayer(text: string): Layer | undefined {
  const [, time, rest = ""] = line.exec(text) ?? [];
  if (time === undefined) return undefined;
  const told = new Map([...rest.matchAll(pair)].map(([, name = "", value = ""]) => [name, unquoted(value)]));
  const its = (name: string) => {
    const value = told.get(name) ?? "";
    return placeholders.has(value) ? undefined : value;
  };
  const code = Number(its("response"));
  const as = its("as");
  const groups = listed(its("groups"));
  const ip = its("ip");
  const namespace = its("namespace");
  const event = objectText([
    ["kind", '"Event"'],
    ["apiVersion", '"audit.k8s.io/v1"'],
    ["level", '"Metadata"'],
    ["auditID", jsonText(its("id"))],
    ["stage", jsonText(its("stage"))],
    ["requestURI", jsonText(its("uri"))],
    ["verb", jsonText(its("method"))],
    ["user", jsonText({ username: its("user"), ...(groups.length > 0 && { groups }) })],
    ["impersonatedUser", jsonText(as === undefined ? undefined : { username: as })],
    ["sourceIPs", jsonText(ip === undefined ? undefined : [ip])],
    ["userAgent", jsonText(its("user-agent"))],
    ["objectRef", jsonText(namespace === undefined ? undefined : { namespace })],
    ["responseStatus", jsonText(Number.isInteger(code) && code > 0 ? { metadata: {}, code } : undefined)],
    ["requestReceivedTimestamp", jsonText(time)],
    ["stageTimestamp", jsonText(time)],
  ]);
  return { kind: "text", text: event };
}

/** Go's `%q`. */
function unquoted(quoted: string): string {
  try {
    return JSON.parse(
      `"${quoted
        .replace(/\\x([0-9a-f]{2})/g, "\\u00$1")
        .replace(/\\[av]/g, "\\u00")
        .replace(/\\'/g, "'")}"`,
    );
  } catch {
    return quoted;
  }
}

function listed(groups: string | undefined): readonly string[] {
  return [...(groups ?? "").matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, group = ""]) => group);
}
