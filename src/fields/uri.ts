/** Request URIs and their queries as Go reads them, which is how the API server does. */
import { textOf } from "../domain/utf8.ts";

/** Parameters in order, each name with its values. */
export type Query = ReadonlyMap<string, readonly string[]>;

/** The query when URL and query are flawless, as Falco's plugin wants them; undefined otherwise. */
export function strictQuery(uri: string): Query | undefined {
  const query = strictQueryText(uri);
  if (query === undefined) return undefined;
  const parsed = parseQuery(query);
  return parsed.sound ? parsed.query : undefined;
}

/**
 * The query as the API server acts on it: a pair that cannot be read is passed over and the others count. Else any
 * caller could hide a command behind a broken pair.
 */
export function query(uri: string): Query {
  const [beforeFragment = ""] = uri.split("#", 1);
  const mark = beforeFragment.indexOf("?");
  return mark < 0 ? new Map() : parseQuery(beforeFragment.slice(mark + 1)).query;
}

function parseQuery(text: string): { readonly query: Query; readonly sound: boolean } {
  const found = new Map<string, string[]>();
  let sound = true;
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decoded(pair.slice(equals + 1));
    if (pair.includes(";") || name === undefined || value === undefined) {
      sound = false;
      continue;
    }
    const values = found.get(name);
    if (values === undefined) found.set(name, [value]);
    else values.push(value);
  }
  return { query: found, sound };
}

/** `+` and %XX undone; undefined for a broken escape. */
function decoded(text: string): string | undefined {
  const spaced = text.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  if (!soundEscapes(spaced)) return undefined;
  // Escapes are bytes, of which several make one character: all of them go back to bytes together.
  const source = new TextEncoder().encode(spaced);
  const bytes = new Uint8Array(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    if (source[at] !== 0x25) bytes[length++] = source[at]!;
    else {
      bytes[length++] = Number.parseInt(String.fromCharCode(source[at + 1]!, source[at + 2]!), 16);
      at += 2;
    }
  }
  return textOf(bytes.subarray(0, length));
}

function soundEscapes(text: string): boolean {
  return !/%(?![0-9a-fA-F]{2})/.test(text);
}

/** The query of a URL that Go's `url.Parse` accepts. */
function strictQueryText(uri: string): string | undefined {
  if (/[\x00-\x1f\x7f]/.test(uri)) return undefined;
  const hash = uri.indexOf("#");
  if (hash >= 0 && !soundEscapes(uri.slice(hash + 1))) return undefined;
  const url = hash < 0 ? uri : uri.slice(0, hash);
  if (url.startsWith(":")) return undefined;
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:/.exec(url)?.[0] ?? "";
  const mark = url.indexOf("?", scheme.length);
  const rest = url.slice(scheme.length, mark < 0 ? undefined : mark);
  const query = mark < 0 ? "" : url.slice(mark + 1);
  if (!rest.startsWith("/")) {
    if (scheme !== "") return query;
    if (/^[^/]*:/.test(rest)) return undefined;
  }
  const hasHost = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"));
  const slash = hasHost ? rest.indexOf("/", 2) : 0;
  const authority = hasHost ? rest.slice(2, slash < 0 ? undefined : slash) : "";
  const path = slash < 0 ? "" : rest.slice(slash);
  return isAuthority(authority) && soundEscapes(path) ? query : undefined;
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf("@");
  const user = authority.slice(0, Math.max(at, 0));
  if (!soundEscapes(user) || !/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) return false;
  const host = authority.slice(at + 1);
  if (host.startsWith("[")) return /^\[[^\]\s]*\](:\d*)?$/.test(host);
  if (host.includes(":") && !/:\d*$/.test(host)) return false;
  // In a host Go undoes only escapes of bytes outside ASCII, and bears only what a host may hold.
  return !/%(?![89a-fA-F][0-9a-fA-F])/.test(host) && !/[ \\^`{|}/?#@]/.test(host);
}
