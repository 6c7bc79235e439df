/** The API as OpenAPI 3.1, generated from the schemas that check and answer it. */
import { z } from "zod";
import type { Endpoint } from "./endpoint.ts";
import { endpoints } from "./endpoints.ts";
import { Failure } from "./failure.ts";
import { Health, Readiness } from "./health.ts";

type Json = Readonly<Record<string, unknown>>;

/** Written with its version and nothing else that varies, so that a committed copy can be compared. */
export function openApi(version: string): Json {
  const failure = (description: string) => ({ description, content: json(schema(Failure)) });
  const paths: Record<string, Record<string, Json>> = {};
  for (const told of endpoints) {
    const path = told.path.replace(/:(\w+)/g, "{$1}");
    paths[path] ??= {};
    paths[path][told.method.toLowerCase()] = operation(told, failure);
  }
  const open = (summary: string, responses: Json) => ({ get: { summary, security: [], responses } });
  return {
    openapi: "3.1.0",
    info: {
      title: "Tiercel",
      version,
      description: "Kubernetes audit detection: what was detected, and who did what.",
    },
    paths: {
      ...paths,
      "/healthz": open("Whether the process lives.", {
        200: { description: "It does.", content: json(schema(Health)) },
      }),
      "/readyz": open("Whether it can do its work.", {
        200: { description: "It can.", content: json(schema(Readiness)) },
        503: { description: "It cannot; the checks say why.", content: json(schema(Readiness)) },
      }),
      "/metrics": {
        get: {
          summary:
            "Numbers for Prometheus. Needs a token, unless the API listens on loopback only or `api.open_metrics` is set.",
          security: [{ bearer: [] }, {}],
          responses: { 200: { description: "Text in Prometheus' format.", content: { "text/plain": {} } } },
        },
      },
      "/api/openapi.json": open("This description.", {
        200: { description: "OpenAPI 3.1.", content: { "application/json": {} } },
      }),
    },
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "A token with a role." },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "tiercel_session",
          description:
            "Somebody logged in. What changes something sends `X-Tiercel-CSRF` too: `csrf` of GET /api/v1/session.",
        },
      },
    },
  };
}

function operation(
  { path, operation, doc, role, query, body, answer, mediaType }: Endpoint,
  failure: (description: string) => Json,
): Json {
  const named = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string" },
  }));
  const content = mediaType === undefined ? json(schema(answer)) : { [mediaType]: {} };
  return {
    summary: doc,
    operationId: operation,
    parameters: [...named, ...parameters(query)],
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(schema(body, "input")) } }),
    responses: {
      200: { description: "The answer.", content },
      400: failure("Something that was sent is wrong; the message names it."),
      401: failure("Nobody is logged in, no token was sent, or nobody has it."),
      403: failure(role === "open" ? "Not from here." : `The role is below ${role}.`),
    },
    security: role === "open" ? [] : [{ bearer: [] }, { session: [] }],
  };
}

const json = (schema: Json) => ({ "application/json": { schema } });

function schema(type: z.ZodType, io: "input" | "output" = "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(type, { io });
  return rest;
}

function parameters(query: z.ZodObject): readonly Json[] {
  const { properties = {} } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, told]) => {
    const { description, readOnly: _, ...rest } = typeof told === "object" ? told : {};
    const isList = rest.type === "array";
    return {
      name,
      in: "query",
      required: false,
      description,
      schema: rest,
      ...(isList ? { style: "form", explode: true } : {}),
    };
  });
}
