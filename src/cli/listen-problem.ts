/** Why an address cannot be listened on, in words. */
import { UsageError } from "./io.ts";

/** What keeps a listener from starting, as the operator can mend it where he can. `flag` names the address. */
export function refused(error: unknown, what: string, address: string, flag: string): unknown {
  const problem = listenProblem(error, what, address);
  if (problem !== undefined) return new UsageError(problem, `choose another with ${flag}; port 0 takes any free one`);
  // A certificate that cannot be read, a key that does not fit it.
  return error instanceof Error && "code" in error ? new UsageError(`${what} cannot start: ${error.message}`) : error;
}

export function listenProblem(error: unknown, what: string, address: string): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  switch (error.code) {
    case "EADDRINUSE":
      return `${what} cannot listen on ${address}: another program does already`;
    case "EACCES":
      return `${what} may not listen on ${address}: ports below 1024 need more rights`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${what} cannot listen on ${address}: it is no address of this machine`;
    default:
      return undefined;
  }
}
