/** Why an address cannot be listened on, in words. */
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
