/** Passwords: what is kept of one is an Argon2id string that tells its own parameters. */
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";

/** OWASP's first choice: 19 MiB, two passes, one lane. */
const usual = { memory: 19_456, passes: 2, parallelism: 1 };
const tagLength = 32;

/** More at once would take the threads that the journal writes with. */
const mostAtOnce = 2;
const mostWaiting = 64;

/** So many want to log in at once that no more can wait. */
export class TooBusy extends Error {}

export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(16);
  const tag = await derived(password, salt, usual);
  const { memory, passes, parallelism } = usual;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(tag)}`;
}

/** Whether it is this password. Takes as long where there is none to compare with. */
export async function isPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const [, memory, passes, parallelism, salt = "", tag = ""] =
    /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/.exec(hash ?? "") ??
    [];
  const parameters =
    memory === undefined ? usual : { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
  const found = await derived(password, salt === "" ? Buffer.alloc(16) : Buffer.from(salt, "base64"), parameters);
  const kept = Buffer.from(tag, "base64");
  return kept.length === found.length && timingSafeEqual(kept, found);
}

/** Why it must not be one; undefined where it may. */
export function passwordProblem(password: string, user: string): string | undefined {
  if ([...password].length < 12) return "a password has 12 characters or more: three or four words are easy to keep";
  if (password.toLowerCase().includes(user.toLowerCase()) && user.length > 2)
    return "a password does not hold the user's name";
  if (new Set(password).size < 5) return "a password has more than four different characters";
  return undefined;
}

let running = 0;
const waiting: (() => void)[] = [];

async function derived(password: string, nonce: Uint8Array, parameters: typeof usual): Promise<Buffer> {
  if (running >= mostAtOnce) {
    if (waiting.length >= mostWaiting) throw new TooBusy("too many log in at once");
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    // The same letters can be typed as different characters.
    const message = Buffer.from(password.normalize("NFKC"), "utf8");
    const options: Argon2Parameters = { message, nonce, tagLength, ...parameters };
    return await new Promise((resolve, reject) =>
      argon2("argon2id", options, (error, key) => (error === null ? resolve(key) : reject(error))),
    );
  } finally {
    // Whoever waits takes the place over.
    const next = waiting.shift();
    if (next === undefined) running--;
    else next();
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64").replace(/=+$/, "");
