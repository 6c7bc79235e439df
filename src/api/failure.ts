/** How a request can fail: one shape on the wire, one status for each code. */
import type { Context } from "hono";
import { z } from "zod";

const statuses = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  too_many: 429,
  unavailable: 503,
  internal: 500,
} as const;
export type FailureCode = keyof typeof statuses;

export const Failure = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(statuses) as [FailureCode, ...FailureCode[]]).describe("What kind of failure it is."),
      message: z.string().describe("What is wrong, in words."),
      help: z.string().optional().describe("What to do about it."),
    }),
  })
  .describe("Why a request failed.");
export type Failure = z.infer<typeof Failure>;

/** Ends a request with a code of ours; anything else thrown is a bug and answered as `internal`. */
export class RequestFailure extends Error {
  readonly code: FailureCode;
  readonly help: string | undefined;
  constructor(code: FailureCode, message: string, help?: string) {
    super(message);
    this.code = code;
    this.help = help;
  }
}

export function answerFailure(context: Context, { code, message, help }: RequestFailure): Response {
  const body: Failure = { error: { code, message, ...(help === undefined ? {} : { help }) } };
  if (code === "unauthenticated") context.header("WWW-Authenticate", 'Bearer realm="tiercel"');
  return context.json(body, statuses[code]);
}
