/** Users, their sessions and their links in the state's SQLite file. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import type { LoginWay, People, Role, User } from "../../domain/people.ts";

type Row = Record<string, SQLOutputValue>;

const userColumns = "u.name, u.role, u.disabled, u.subject, u.created_at, u.last_login_at";

export function sqlitePeople(database: DatabaseSync, now: () => Date): People {
  const at = () => now().toISOString();
  const run = (sql: string, ...values: readonly (string | number | null)[]) =>
    void database.prepare(sql).run(...values);
  const one = (sql: string, ...values: readonly string[]) => database.prepare(sql).get(...values);
  /** All of it or nothing. What is within does not wait for anything. */
  const together = (change: () => void) => {
    database.exec("BEGIN IMMEDIATE");
    try {
      change();
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };

  return {
    async users() {
      return database.prepare(`SELECT ${userColumns} FROM users u ORDER BY u.name`).all().map(userOf);
    },

    async user(name) {
      const row = one(`SELECT ${userColumns}, u.password_hash FROM users u WHERE u.name = ?`, name);
      if (row === undefined) return undefined;
      return { ...userOf(row), passwordHash: textOrNull(row.password_hash), subject: textOrNull(row.subject) };
    },

    async putUser({ name, role, disabled, passwordHash, subject }) {
      run(
        `INSERT INTO users (name, role, disabled, password_hash, subject, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, disabled = excluded.disabled,
           password_hash = excluded.password_hash, subject = excluded.subject`,
        name,
        role,
        disabled ? 1 : 0,
        passwordHash,
        subject,
        at(),
      );
    },

    async userOfSubject(subject) {
      const row = one(`SELECT ${userColumns} FROM users u WHERE u.subject = ?`, subject);
      return row && userOf(row);
    },

    async removeUser(name) {
      together(() => {
        run("DELETE FROM sessions WHERE user = ?", name);
        run("DELETE FROM login_links WHERE user = ?", name);
        run("DELETE FROM users WHERE name = ?", name);
      });
    },

    async addSession({ idHash, user, csrf, way, expiresAt }) {
      together(() => {
        run(
          "INSERT INTO sessions (id_hash, user, csrf, way, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
          idHash,
          user,
          csrf,
          way,
          at(),
          expiresAt,
        );
        run("UPDATE users SET last_login_at = ? WHERE name = ?", at(), user);
      });
    },

    async session(idHash) {
      const row = one(
        `SELECT ${userColumns}, s.csrf, s.way, s.created_at AS begun_at, s.expires_at
         FROM sessions s JOIN users u ON u.name = s.user WHERE s.id_hash = ? AND s.expires_at > ?`,
        idHash,
        at(),
      );
      if (row === undefined) return undefined;
      return {
        user: userOf(row),
        csrf: String(row.csrf),
        way: String(row.way) as LoginWay,
        createdAt: String(row.begun_at),
        expiresAt: String(row.expires_at),
      };
    },

    async prolongSession(idHash, expiresAt) {
      run("UPDATE sessions SET expires_at = ? WHERE id_hash = ?", expiresAt, idHash);
    },

    async endSession(idHash) {
      run("DELETE FROM sessions WHERE id_hash = ?", idHash);
    },

    async endSessionsOf(user) {
      run("DELETE FROM sessions WHERE user = ?", user);
    },

    async addLoginLink({ hash, user, expiresAt }) {
      together(() => {
        run("DELETE FROM login_links WHERE user = ?", user);
        run("INSERT INTO login_links (hash, user, expires_at) VALUES (?, ?, ?)", hash, user, expiresAt);
      });
    },

    async takeLoginLink(hash) {
      // One statement: of two that come at once, one finds it.
      const row = one("DELETE FROM login_links WHERE hash = ? RETURNING user, expires_at", hash);
      return row !== undefined && String(row.expires_at) > at() ? String(row.user) : undefined;
    },

    async sweep() {
      run("DELETE FROM sessions WHERE expires_at <= ?", at());
      run("DELETE FROM login_links WHERE expires_at <= ?", at());
    },
  };
}

function userOf(row: Row): User {
  return {
    name: String(row.name),
    // The table takes no other roles.
    role: String(row.role) as Role,
    disabled: row.disabled === 1,
    local: row.subject === null,
    createdAt: String(row.created_at),
    lastLoginAt: textOrNull(row.last_login_at),
  };
}

const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
