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

/** Something wrong in a rules file, at its place. */
export const FileDiagnostic = z
  .object({
    severity: z.enum(["error", "warning"]).describe("Whether it keeps the file from being taken."),
    code: z.string().describe("What kind it is: `unknown-field`."),
    message: z.string().describe("What is wrong, in words."),
    help: z.string().optional().describe("What to do about it."),
    file: z.string().describe("The file it stands in."),
    line: z.int().describe("Its line, from 1."),
    column: z.int().describe("Its column, from 1; a character is one."),
    from: z.int().describe("Where it begins, in UTF-16 units from the file's beginning."),
    to: z.int().describe("Where it ends; that place is not in it."),
  })
  .describe("Something wrong in a rules file.");
export type FileDiagnostic = z.infer<typeof FileDiagnostic>;

/** What a failure tells beside words, for a program to act on. */
export interface FailureDetails {
  readonly retryAfter?: number;
  readonly etag?: string;
  readonly diagnostics?: readonly FileDiagnostic[];
}

export const Failure = z
  .object({
    error: z.object({
      code: z.enum(Object.keys(statuses) as [FailureCode, ...FailureCode[]]).describe("What kind of failure it is."),
      message: z.string().describe("What is wrong, in words."),
      help: z.string().optional().describe("What to do about it."),
      etag: z.string().optional().describe("Of a conflict over a file: the version that stands now."),
      retryAfter: z.int().optional().describe("Of `too_many`: after how many seconds to try again."),
      diagnostics: z.array(FileDiagnostic).readonly().optional().describe("Of rules that are refused: each mistake."),
    }),
  })
  .describe("Why a request failed.");
export type Failure = z.infer<typeof Failure>;

/** Ends a request with a code of ours; anything else thrown is a bug and answered as `internal`. */
export class RequestFailure extends Error {
  readonly code: FailureCode;
  readonly help: string | undefined;
  readonly details: FailureDetails;
  constructor(code: FailureCode, message: string, help?: string, details: FailureDetails = {}) {
    super(message);
    this.code = code;
    this.help = help;
    this.details = details;
  }
}

export function answerFailure(context: Context, { code, message, help, details }: RequestFailure): Response {
  const body: Failure = { error: { code, message, ...(help === undefined ? {} : { help }), ...details } };
  if (details.retryAfter !== undefined) context.header("Retry-After", String(details.retryAfter));
  if (code === "unauthenticated") context.header("WWW-Authenticate", 'Bearer realm="tiercel"');
  return context.json(body, statuses[code]);
}
