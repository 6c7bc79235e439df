/** One thing that can be asked or told under `/api/v1`: the route, its checks and its OpenAPI are read from this. */
import type { z } from "zod";
import type { LoginWay, Role } from "../domain/people.ts";
import type { Caller } from "./caller.ts";
import { RequestFailure } from "./failure.ts";
import type { Parts } from "./parts.ts";

/** Who asks: somebody logged in, or a program with a token. */
export interface Who {
  /** The user's or the token's name, as the audit trail tells it. */
  readonly name: string;
  readonly role: Role;
  readonly by: "session" | "token";
  /** Of a session: SHA-256 of its cookie, and what unsafe requests must repeat. */
  readonly session?: { readonly idHash: string; readonly csrf: string; readonly way: LoginWay };
}

export interface Asked<Query, Body> {
  readonly query: Query;
  readonly body: Body;
  /** What stands for `:name` in the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Undefined only where the endpoint is open and nobody is logged in. */
  readonly who: Who | undefined;
  readonly request: Request;
  readonly caller: Caller;
  /** Whether whoever asks is still let in: for what goes on for long. It keeps no session from ending. */
  readonly isStillIn: () => Promise<boolean>;
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

export interface Endpoint<
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly method: Method;
  /** `/api/v1/policies/:name` */
  readonly path: string;
  /** Unique: OpenAPI's operationId. */
  readonly operation: string;
  readonly doc: string;
  /** The least role that may; `open` asks for nobody in particular. */
  readonly role: Role | "open";
  readonly query: Query;
  /** Absent where nothing is sent. */
  readonly body?: Body;
  readonly answer: Answer;
  /** Of streams and files: what is answered instead of JSON. */
  readonly mediaType?: string;
  /** A `Response` goes out as it is; anything else as JSON. */
  respond(parts: Parts, asked: Asked<z.output<Query>, z.output<Body>>): Promise<z.output<Answer> | Response>;
}

/** Keeps the types together while an endpoint is written down. */
export function endpoint<Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType>(
  told: Endpoint<Query, Body, Answer>,
): Endpoint {
  return told as unknown as Endpoint;
}

/** Who asks, at an endpoint that is not open. */
export function known(who: Who | undefined): Who {
  if (who === undefined) throw new RequestFailure("unauthenticated", "this needs somebody who is logged in");
  return who;
}

/** JSON with the version of what it shows as its ETag. */
export function tagged(value: unknown, version: number | string, status = 200): Response {
  return Response.json(value, { status, headers: { ETag: `"${version}"` } });
}

/**
 * The version that an edit replaces, from `If-Match: "7"`; 0 from `If-None-Match: *`, which makes something new; undefined
 * where neither is sent.
 */
export function replaced(request: Request): string | undefined {
  if (request.headers.get("if-none-match")?.trim() === "*") return "0";
  const tag = request.headers.get("if-match")?.trim();
  return tag === undefined || tag === "*" ? undefined : tag.replace(/^W\//, "").replaceAll('"', "");
}
