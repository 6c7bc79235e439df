/** The HTTP API as a function of its parts. Tested without a port. */
import { Hono } from "hono";
import { getPath } from "hono/utils/url";
import { BadCursor } from "../domain/store.ts";
import { gate } from "./auth.ts";
import { readBody } from "./body.ts";
import { callerOf } from "./caller.ts";
import { endpoints } from "./endpoints.ts";
import { answerFailure, RequestFailure } from "./failure.ts";
import { readiness } from "./health.ts";
import { openApi } from "./openapi.ts";
import { pageRoutes } from "./pages.ts";
import type { Parts } from "./parts.ts";
import { readQuery } from "./query.ts";
import { rootPage } from "./root-page.ts";
import { signInRoutes } from "./session/sign-in-routes.ts";

const securityHeaders = {
  "Content-Security-Policy":
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
  "Cache-Control": "no-store",
};

export function api(parts: Parts): Hono {
  const { basePath = "", pages } = parts;
  // A proxy may pass the prefix on or take it off.
  const app = new Hono({ getPath: (request) => below(basePath, getPath(request)) });
  const { atOpen, atLeast, isStillIn } = gate(parts);

  app.use(async (context, next) => {
    await next();
    // Pages have their own word about some of them.
    for (const [name, value] of Object.entries(securityHeaders))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
  });

  app.get("/healthz", (context) => context.json({ status: "ok", version: parts.version }));
  app.get("/readyz", async (context) => {
    const answer = await readiness(parts);
    return context.json(answer, answer.ready ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    if (!parts.openMetrics) await atLeast(context, "viewer");
    return context.body(await parts.metrics.text(), 200, { "Content-Type": parts.metrics.contentType });
  });
  app.get("/api/openapi.json", (context) => context.json(openApi(parts.version)));
  signInRoutes(app, parts);
  if (pages === undefined) app.get("/", (context) => context.html(rootPage(parts.version)));
  else pageRoutes(app, pages, basePath);

  for (const { method, path, role, query, body, respond } of endpoints)
    app.on(method, path, async (context) => {
      const who = role === "open" ? await atOpen(context) : await atLeast(context, role);
      const answer = await respond(parts, {
        query: readQuery(query, new URL(context.req.url).searchParams),
        body: body === undefined ? undefined : await readBody(body, context.req.raw),
        params: context.req.param() as Readonly<Record<string, string>>,
        who,
        request: context.req.raw,
        caller: callerOf(context, { basePath, ...parts.auth }),
        isStillIn: () => isStillIn(context),
      });
      return answer instanceof Response ? answer : context.json(answer);
    });

  for (const [path, methods] of allowed())
    app.all(path, (context) => {
      context.header("Allow", methods.join(", "));
      return answerFailure(
        context,
        new RequestFailure(
          "method_not_allowed",
          `${context.req.method} is not possible here`,
          `this takes ${methods.join(", ")}`,
        ),
      );
    });
  // Whoever is not let in does not learn what there is.
  app.all("/api/v1/*", async (context, next) => {
    await atLeast(context, "viewer");
    return next();
  });
  app.notFound((context) =>
    answerFailure(
      context,
      new RequestFailure("not_found", "there is nothing at this address", "/api/openapi.json lists what there is"),
    ),
  );
  app.onError((error, context) => {
    if (error instanceof RequestFailure) return answerFailure(context, error);
    if (error instanceof BadCursor)
      return answerFailure(
        context,
        new RequestFailure("invalid", "`cursor` is none of ours", "pass the `next` of the page before, unchanged"),
      );
    parts.log("error", `${context.req.method} ${context.req.path} failed`, error);
    return answerFailure(context, new RequestFailure("internal", "internal error", "the server's log says more"));
  });
  return app;
}

/** What each path takes, with HEAD wherever GET is. */
function allowed(): ReadonlyMap<string, readonly string[]> {
  const methods = new Map<string, string[]>();
  const plain = ["/", "/healthz", "/readyz", "/metrics", "/api/openapi.json"].map((path) => ({ path, method: "GET" }));
  for (const { path, method } of [...plain, ...endpoints]) {
    const known = methods.get(path) ?? [];
    known.push(...(method === "GET" ? ["GET", "HEAD"] : [method]));
    methods.set(path, known);
  }
  return methods;
}

const below = (base: string, path: string): string =>
  base !== "" && (path === base || path.startsWith(`${base}/`)) ? path.slice(base.length) || "/" : path;
