/** What is sent with a request: JSON, checked by its schema, with what is wrong named by its place. */
import type { z } from "zod";
import { RequestFailure } from "./failure.ts";

/** Rules files are the largest thing anybody sends. */
const mostBytes = 8 * 1024 * 1024;

export async function readBody<Body extends z.ZodType>(schema: Body, request: Request): Promise<z.output<Body>> {
  const type = request.headers.get("content-type") ?? "";
  // Forms of other sites can send text and forms, never JSON, without asking first.
  if (!/^application\/json\b/i.test(type))
    throw new RequestFailure("invalid", "the body must be JSON", "send it with `Content-Type: application/json`");
  const text = await bounded(request);
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw new RequestFailure("invalid", `the body is no JSON: ${error instanceof Error ? error.message : error}`);
  }
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const place = issue?.path.length ? `\`${issue.path.join(".")}\`: ` : "";
  throw new RequestFailure("invalid", `${place}${issue?.message ?? "the body is not what is expected"}`);
}

async function bounded(request: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RequestFailure("too_large", `the body has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
