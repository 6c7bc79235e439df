/** `tiercel login-link`: a way in for somebody who has none. */
import { asker, reaching, type ServerChoice } from "./client.ts";
import { type ExitCode, exitCodes, type Io } from "./io.ts";

export function loginLink({ user, ...choice }: ServerChoice & { readonly user: string }, io: Io): Promise<ExitCode> {
  const ask = asker(choice, io);
  return reaching(io, async () => {
    const made = await ask("POST", `/api/v1/users/${encodeURIComponent(user)}/login-link`);
    const { href, expiresAt } = made as { readonly href: string; readonly expiresAt: string };
    await io.stderr.write(`This lets ${user} in once, until ${expiresAt}:\n`);
    await io.stdout.write(`${href}\n`);
    return exitCodes.fine;
  });
}
