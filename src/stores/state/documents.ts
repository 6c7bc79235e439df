/** What people change, and the trail of those changes, in the state's SQLite file. */
import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { type Change, type Documents, type StoredDocument, VersionConflict } from "../../domain/documents.ts";

type Row = Record<string, SQLOutputValue>;

export function sqliteDocuments(database: DatabaseSync, now: () => Date): Documents {
  const read = (kind: string, id: string) => {
    const row = database
      .prepare("SELECT id, body, version, updated_at, updated_by FROM documents WHERE kind = ? AND id = ?")
      .get(kind, id);
    return row && documentOf(row);
  };
  const told = ({ kind, id, by, action, before, after }: Omit<Change, "seq" | "at">) =>
    void database
      .prepare("INSERT INTO changes (at, by, kind, id, action, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(now().toISOString(), by, kind, id, action, before, after);
  /** All of it or nothing; what is within does not wait for anything. */
  const together = <T>(change: () => T): T => {
    database.exec("BEGIN IMMEDIATE");
    try {
      const answer = change();
      database.exec("COMMIT");
      return answer;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  };
  const refuseOther = (kind: string, id: string, version: number, expected: number | undefined) => {
    if (expected === undefined || expected === version) return;
    const words =
      version === 0 ? "is not there" : expected === 0 ? "is there already" : "was changed by somebody else meanwhile";
    throw new VersionConflict(`${kind} \`${id}\` ${words}`, version);
  };

  return {
    async list(kind) {
      const rows = database
        .prepare("SELECT id, body, version, updated_at, updated_by FROM documents WHERE kind = ? ORDER BY id")
        .all(kind);
      return rows.map(documentOf);
    },

    read: async (kind, id) => read(kind, id),

    async put({ kind, id, body, by, expected }) {
      return together(() => {
        const before = read(kind, id);
        const version = before?.version ?? 0;
        refuseOther(kind, id, version, expected);
        database
          .prepare(
            `INSERT INTO documents (kind, id, body, version, updated_at, updated_by) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body, version = excluded.version,
               updated_at = excluded.updated_at, updated_by = excluded.updated_by`,
          )
          .run(kind, id, body, version + 1, now().toISOString(), by);
        const action = before === undefined ? "create" : "update";
        told({ kind, id, by, action, before: before?.body ?? null, after: body });
        return version + 1;
      });
    },

    async remove({ kind, id, by, expected }) {
      together(() => {
        const before = read(kind, id);
        if (before === undefined) throw new VersionConflict(`${kind} \`${id}\` is not there`, 0);
        refuseOther(kind, id, before.version, expected);
        database.prepare("DELETE FROM documents WHERE kind = ? AND id = ?").run(kind, id);
        told({ kind, id, by, action: "delete", before: before.body, after: null });
      });
    },

    async record(change) {
      told(change);
    },

    async changes({ limit, before, ...filters }) {
      const conditions: string[] = [];
      const values: (string | number)[] = [];
      for (const [column, accepted] of Object.entries(filters)) {
        if (accepted === undefined) continue;
        conditions.push(`${column} IN (${accepted.map(() => "?").join(", ")})`);
        values.push(...accepted);
      }
      if (before !== undefined) {
        conditions.push("seq < ?");
        values.push(before);
      }
      const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
      const rows = database.prepare(`SELECT * FROM changes ${where} ORDER BY seq DESC LIMIT ?`).all(...values, limit);
      return rows.map(changeOf);
    },
  };
}

function documentOf(row: Row): StoredDocument {
  return {
    id: String(row.id),
    body: String(row.body),
    version: Number(row.version),
    updatedAt: String(row.updated_at),
    updatedBy: String(row.updated_by),
  };
}

function changeOf(row: Row): Change {
  return {
    seq: Number(row.seq),
    at: String(row.at),
    by: String(row.by),
    kind: String(row.kind),
    id: String(row.id),
    action: String(row.action) as Change["action"],
    before: textOrNull(row.before),
    after: textOrNull(row.after),
  };
}

const textOrNull = (value: SQLOutputValue | undefined): string | null =>
  value === null || value === undefined ? null : String(value);
