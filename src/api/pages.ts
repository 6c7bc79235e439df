/** The pages: the files that `vite build` made, and the one document that all addresses answer with. */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Context, Hono } from "hono";

export interface Pages {
  /** By address below the base: `assets/index-x.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
  readonly document: string;
}

interface PageFile {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
  /** The same compressed, made when it is first asked for. */
  gzip?: Uint8Array<ArrayBuffer>;
}

const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".html": "text/html; charset=utf-8",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".json": "application/json",
};

/** Reads a build whole: it is small, and nothing that a request names ever touches the disk. Undefined where none is. */
export function readPages(folder: string): Pages | undefined {
  let names: string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const files = new Map<string, PageFile>();
  for (const name of names) {
    const type = types[extname(name)];
    // What begins with a dot is the build's own.
    if (type === undefined || name.startsWith(".")) continue;
    const body = new Uint8Array(readFileSync(join(folder, name)));
    const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    files.set(name.replaceAll("\\", "/"), { body, type, etag });
  }
  const document = files.get("index.html");
  return document === undefined ? undefined : { files, document: Buffer.from(document.body).toString("utf8") };
}

/**
 * `basePath` is what stands before our addresses for whoever looks: `/tiercel` behind a proxy that serves us there. A
 * proxy that takes the prefix off may say it by `X-Forwarded-Prefix` instead.
 */
export function pageRoutes(app: Hono, pages: Pages, basePath: string): void {
  app.get("*", (context, next) => {
    const path = decodedPath(context.req.path);
    if (path === undefined || /^\/(api|auth)(\/|$)/.test(path)) return next();
    const file = pages.files.get(path.slice(1));
    if (file !== undefined && path !== "/index.html") return answerFile(context, path, file);
    // What looks like a file and is none must not be answered with a page: a stale script would be read as HTML.
    if (/^\/assets\//.test(path) || extname(path) in types) return next();
    return answerDocument(context, pages, basePath);
  });
}

/** Names and pictures gain nothing. */
const leastCompressed = 1024;

function answerFile(context: Context, path: string, file: PageFile): Response {
  const { body, type, etag } = file;
  // Names of assets change with what they hold.
  const lasts = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
  const headers = { "Content-Type": type, ETag: etag, "Cache-Control": lasts };
  if (context.req.header("if-none-match") === etag) return context.body(null, 304, headers);
  const isSmaller = body.length >= leastCompressed && /^(text|application)\//.test(type);
  if (!isSmaller || !/\bgzip\b/.test(context.req.header("accept-encoding") ?? ""))
    return context.body(body, 200, headers);
  file.gzip ??= new Uint8Array(gzipSync(body));
  return context.body(file.gzip, 200, { ...headers, "Content-Encoding": "gzip", Vary: "Accept-Encoding" });
}

function answerDocument(context: Context, { document }: Pages, basePath: string): Response {
  const nonce = randomBytes(16).toString("base64url");
  const base = `${prefixOf(context) ?? basePath}/`;
  const head = `<base href="${escaped(base)}"><meta name="tiercel-nonce" content="${nonce}">`;
  context.header("Content-Security-Policy", contentPolicy(nonce));
  return context.html(document.replace("<head>", `<head>${head}`));
}

/** Nothing from elsewhere, no script but our files, no style but our files and the elements that know the nonce. */
export const contentPolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");

/** What a proxy that takes our prefix off says stood there. */
export function prefixOf(context: Context): string | undefined {
  const told = context.req.header("x-forwarded-prefix")?.split(",")[0]?.trim().replace(/\/+$/, "");
  return told !== undefined && /^(\/[A-Za-z0-9._~-]+)*$/.test(told) ? told : undefined;
}

function decodedPath(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

const escaped = (text: string) => text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
