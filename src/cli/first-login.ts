/** The first way in: an admin without a password, and a link, told at each start while nobody has ever logged in. */
import type { Auth } from "../api/session/part.ts";

/** `pages` is where browsers find the pages: `http://127.0.0.1:7766`. */
export async function firstLogin(
  { accounts, logins }: Pick<Auth, "accounts" | "logins">,
  pages: string,
): Promise<{ readonly user: string; readonly href: string } | undefined> {
  const by = "tiercel serve";
  let users = await accounts.list();
  if (users.length === 0) users = [await accounts.create({ name: "admin", role: "admin" }, by)];
  if (users.some(({ lastLoginAt }) => lastLoginAt !== null)) return undefined;
  const admin = users.find(({ role, disabled, local }) => role === "admin" && !disabled && local);
  if (admin === undefined) return undefined;
  const { token } = await logins.newLink(admin.name, by);
  return { user: admin.name, href: `${pages}/login?link=${token}` };
}
