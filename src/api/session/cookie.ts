/** The cookie that a session is known by. */
import type { Caller } from "../caller.ts";

export const sessionCookie = "tiercel_session";

/** No script sees it, no other site sends it along but by a link, and TLS keeps it where TLS is. */
export function cookieText(name: string, value: string, { isSecure, base }: Caller, maxAgeSecs: number): string {
  const secure = isSecure ? "; Secure" : "";
  return `${name}=${value}; Path=${base || "/"}; Max-Age=${maxAgeSecs}; HttpOnly; SameSite=Lax${secure}`;
}
