/** The API's first admin token: made once, kept as a hash in the state, and readable by the owner of the data folder. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { State } from "../domain/store.ts";

export const adminTokenFile = (dataDir: string) => join(dataDir, "admin-token");

const shortestToken = 16;

/**
 * Makes an admin token where none exists yet, and says where it can be read. A file that was lost or changed is made
 * anew, and the old token ends with it.
 */
export async function ensureAdminToken(state: Pick<State, "tokens" | "addToken" | "tokenOwner">, dataDir: string) {
  const file = adminTokenFile(dataDir);
  if (existsSync(file) && (await state.tokenOwner(readFileSync(file, "utf8").trim()))?.role === "admin")
    return { file, made: false };
  const others = (await state.tokens()).filter(({ name, role }) => role === "admin" && name !== ownName);
  if (others.length > 0 && !existsSync(file)) return { file: undefined, made: false };
  const secret = `tiercel_${randomBytes(24).toString("base64url")}`;
  // The file first: a crash between the two leaves a token nobody has, and the next start makes another.
  writeFileSync(file, `${secret}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  await state.addToken({ name: ownName, role: "admin", secret });
  return { file, made: true };
}

const ownName = "admin";

/** TIERCEL_BOOTSTRAP_TOKEN, or what its file holds; undefined where neither is set. What is wrong is told as an `Error`. */
export function bootstrapToken(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { TIERCEL_BOOTSTRAP_TOKEN: given, TIERCEL_BOOTSTRAP_TOKEN_FILE: file } = environment;
  const token = (given ?? (file === undefined ? undefined : readFileSync(file, "utf8")))?.trim();
  if (token === undefined || token === "") return undefined;
  if (token.length < shortestToken)
    throw new BadToken(
      `TIERCEL_BOOTSTRAP_TOKEN has ${token.length} characters: give it ${shortestToken} or more, as \`openssl rand -hex 24\` prints them`,
    );
  if (/\s/.test(token)) throw new BadToken("TIERCEL_BOOTSTRAP_TOKEN has blanks within: a bearer token cannot");
  return token;
}

export class BadToken extends Error {}
