/** The HTTP API as a function of its parts. Tested without a port. */
import { Hono } from "hono";
import { BadCursor } from "../domain/store.ts";
import { requireAdmin } from "./auth.ts";
import { endpoints } from "./endpoints.ts";
import { answerFailure, RequestFailure } from "./failure.ts";
import { readiness } from "./health.ts";
import { openApi } from "./openapi.ts";
import type { Parts } from "./parts.ts";
import { readQuery } from "./query.ts";
import { rootPage } from "./root-page.ts";

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
  const app = new Hono();
  const admin = requireAdmin(parts);

  app.use(async (context, next) => {
    for (const [name, value] of Object.entries(securityHeaders)) context.header(name, value);
    await next();
  });

  app.get("/healthz", (context) => context.json({ status: "ok", version: parts.version }));
  app.get("/readyz", async (context) => {
    const answer = await readiness(parts);
    return context.json(answer, answer.ready ? 200 : 503);
  });
  if (!parts.openMetrics) app.use("/metrics", admin);
  app.get("/metrics", async (context) =>
    context.body(await parts.metrics.text(), 200, { "Content-Type": parts.metrics.contentType }),
  );
  app.get("/api/openapi.json", (context) => context.json(openApi(parts.version)));
  app.get("/", (context) => context.html(rootPage(parts.version)));

  app.use("/api/v1/*", admin);
  for (const { path, query, respond } of endpoints)
    app.get(path, async (context) => {
      const asked = readQuery(query, new URL(context.req.url).searchParams);
      return context.json(await respond(parts, asked));
    });

  for (const path of [
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
    ...endpoints.map(({ path }) => path),
  ])
    app.all(path, (context) => {
      context.header("Allow", "GET, HEAD");
      return answerFailure(
        context,
        new RequestFailure(
          "method_not_allowed",
          `${context.req.method} is not possible here`,
          "this can be read with GET",
        ),
      );
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
