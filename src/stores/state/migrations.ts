/** How the state's tables came to be, step by step: a released step never changes, a change is a new step. */
import type { DatabaseSync } from "node:sqlite";
import { NewerState } from "./newer-state.ts";

/** Step n, counted from 1, takes a database from version n - 1 to n. */
export const migrations: readonly string[] = [
  `CREATE TABLE clusters (
     name TEXT PRIMARY KEY,
     created_at TEXT NOT NULL,
     last_seen_at TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tokens (
     name TEXT PRIMARY KEY,
     role TEXT NOT NULL CHECK (role IN ('admin', 'ingest')),
     cluster TEXT,
     hash BLOB NOT NULL UNIQUE,
     created_at TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE settings (
     key TEXT PRIMARY KEY,
     value TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  `CREATE TABLE documents (
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     version INTEGER NOT NULL,
     updated_at TEXT NOT NULL,
     updated_by TEXT NOT NULL,
     PRIMARY KEY (kind, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE changes (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     at TEXT NOT NULL,
     by TEXT NOT NULL,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     action TEXT NOT NULL,
     before TEXT,
     after TEXT
   ) STRICT;
   CREATE TABLE users (
     name TEXT PRIMARY KEY,
     role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
     disabled INTEGER NOT NULL,
     password_hash TEXT,
     subject TEXT UNIQUE,
     created_at TEXT NOT NULL,
     last_login_at TEXT
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE sessions (
     id_hash TEXT PRIMARY KEY,
     user TEXT NOT NULL REFERENCES users (name),
     csrf TEXT NOT NULL,
     created_at TEXT NOT NULL,
     expires_at TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE login_links (
     hash TEXT PRIMARY KEY,
     user TEXT NOT NULL,
     expires_at TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE tokens_new (
     name TEXT PRIMARY KEY,
     role TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin', 'ingest')),
     cluster TEXT,
     hash BLOB NOT NULL UNIQUE,
     created_at TEXT NOT NULL
   ) STRICT, WITHOUT ROWID;
   INSERT INTO tokens_new SELECT name, role, cluster, hash, created_at FROM tokens;
   DROP TABLE tokens;
   ALTER TABLE tokens_new RENAME TO tokens;`,
  `ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'password'`,
];

/** Brings the database to the newest version; each step is whole or not there. */
export function migrate(database: DatabaseSync, file: string): void {
  const row = database.prepare("PRAGMA user_version").get();
  const version = Number(row?.user_version);
  if (version > migrations.length) throw new NewerState(file, version, migrations.length);
  migrations.slice(version).forEach((step, at) => {
    database.exec(`BEGIN IMMEDIATE; ${step}; PRAGMA user_version = ${version + at + 1}; COMMIT;`);
  });
}
