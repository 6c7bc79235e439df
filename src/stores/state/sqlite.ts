/** The state in one SQLite file: small, durable at each change, safe under kill -9. */
import { createHash, timingSafeEqual } from "node:crypto";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import type { Documents } from "../../domain/documents.ts";
import type { People, TokenRole } from "../../domain/people.ts";
import type { Cluster, State } from "../../domain/store.ts";
import { sqliteDocuments } from "./documents.ts";
import type { StateOptions } from "./index.ts";
import { migrate } from "./migrations.ts";
import { sqlitePeople } from "./people.ts";

type Row = Record<string, SQLOutputValue>;

export function openSqliteState({ dir, now = () => new Date() }: StateOptions): State {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const file = join(dir, "state.sqlite");
  // SQLite gives its -wal and -shm files the mode of the database, which is why that is set before the first write.
  const database = new DatabaseSync(file, { timeout: 5000 });
  try {
    chmodSync(file, 0o600);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
    migrate(database, file);
  } catch (error) {
    database.close();
    throw named(error, file);
  }
  return new SqliteState(database, now);
}

/** SQLite's own words name no file and no way out. */
function named(error: unknown, file: string): unknown {
  const damaged = error instanceof Error && /malformed|not a database|disk image/.test(error.message);
  if (!damaged) return error;
  return new Error(`${file} is damaged (${error.message}): restore it from a backup, or move it away to start anew`, {
    cause: error,
  });
}

class SqliteState implements State {
  readonly #database: DatabaseSync;
  readonly #now: () => Date;
  readonly documents: Documents;
  readonly people: People;
  #closed = false;

  constructor(database: DatabaseSync, now: () => Date) {
    this.#database = database;
    this.#now = now;
    this.documents = sqliteDocuments(database, now);
    this.people = sqlitePeople(database, now);
  }

  async clusters(): Promise<readonly Cluster[]> {
    const rows = this.#all("SELECT name, created_at, last_seen_at FROM clusters ORDER BY name");
    return rows.map((row) => ({
      name: String(row.name),
      createdAt: String(row.created_at),
      lastSeenAt: textOrNull(row.last_seen_at),
    }));
  }

  async registerCluster(name: string, now: Date): Promise<boolean> {
    return this.#run("INSERT INTO clusters (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING", [
      name,
      now.toISOString(),
    ]);
  }

  /** Never backwards: batches of one cluster come over several connections. */
  async touchCluster(name: string, now: Date): Promise<void> {
    const at = now.toISOString();
    this.#run("UPDATE clusters SET last_seen_at = ? WHERE name = ? AND coalesce(last_seen_at, '') < ?", [at, name, at]);
  }

  async addToken(token: {
    readonly name: string;
    readonly role: TokenRole;
    readonly cluster?: string;
    readonly secret: string;
  }): Promise<void> {
    const hash = hashOf(token.secret);
    const other = this.#database.prepare("SELECT name FROM tokens WHERE hash = ? AND name <> ?").get(hash, token.name);
    if (other !== undefined) {
      throw new Error(`token \`${token.name}\` has the secret of \`${other.name}\`: give each a secret of its own`);
    }
    this.#run(
      `INSERT INTO tokens (name, role, cluster, hash, created_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET role = excluded.role, cluster = excluded.cluster, hash = excluded.hash,
         created_at = CASE WHEN hash = excluded.hash THEN created_at ELSE excluded.created_at END`,
      [token.name, token.role, token.cluster ?? null, hash, this.#now().toISOString()],
    );
  }

  async tokenOwner(
    secret: string,
  ): Promise<{ readonly name: string; readonly role: TokenRole; readonly cluster: string | null } | undefined> {
    const hash = hashOf(secret);
    let owner: { name: string; role: TokenRole; cluster: string | null } | undefined;
    // Every token is compared, and each in constant time: how long it takes tells nothing.
    for (const row of this.#all("SELECT name, role, cluster, hash FROM tokens")) {
      if (!(row.hash instanceof Uint8Array) || !timingSafeEqual(row.hash, hash)) continue;
      // The table takes no other roles.
      owner = { name: String(row.name), role: String(row.role) as TokenRole, cluster: textOrNull(row.cluster) };
    }
    return owner;
  }

  async tokens() {
    const rows = this.#all("SELECT name, role, cluster, created_at FROM tokens ORDER BY name");
    return rows.map((row) => ({
      name: String(row.name),
      role: String(row.role),
      cluster: textOrNull(row.cluster),
      createdAt: String(row.created_at),
    }));
  }

  async removeToken(name: string): Promise<boolean> {
    return this.#run("DELETE FROM tokens WHERE name = ?", [name]);
  }

  async get(key: string): Promise<string | undefined> {
    const value = this.#database.prepare("SELECT value FROM settings WHERE key = ?").get(key)?.value;
    return value === undefined ? undefined : String(value);
  }

  async set(key: string, value: string): Promise<void> {
    this.#run(
      "INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      [key, value],
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#database.close();
  }

  #all(sql: string): Row[] {
    return this.#database.prepare(sql).all();
  }

  #run(sql: string, values: readonly (string | null | Uint8Array)[]): boolean {
    return this.#database.prepare(sql).run(...values).changes !== 0;
  }
}

/**
 * SHA-256 alone, neither salted nor slow, is enough: a token is chosen by us from 256 bits of chance, or by the
 * operator with 16 characters or more, and is no password that people reuse.
 */
function hashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret, "utf8").digest();
}

function textOrNull(value: SQLOutputValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
