/** One DuckDB file opened as we want it: bounded memory, nothing from the network, its errors with a remedy. */
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { IndexOptions } from "./index.ts";
import { migrations } from "./migrations.ts";
import { DamagedIndex, IndexInUse, NewerIndex } from "./refusals.ts";

/**
 * Rows a group: DuckDB gives space back by whole groups. Its own 122,880 rows of ours are some 50 MB, too coarse for
 * retention by size (docs/decisions/0011-index.md).
 */
const rowGroupSize = 20_480;
/** What DuckDB is given of the index's memory at least: the rest is for blocks of activities. */
const leastMemory = 64 * 1024 * 1024;

export interface Database {
  connect(): Promise<DuckDBConnection>;
  /** The room left on the file's disk, in bytes. */
  room(): number;
  /** Copies all that is in use into a file of its own, durably, beside this one. */
  copy(connection: DuckDBConnection): Promise<void>;
  /** Puts the copy in this one's place, which must be closed. */
  takeCopy(): void;
  /** The file, its log and what spills. */
  bytes(): number;
  logBytes(): number;
  close(): void;
}

export async function openDatabase(options: IndexOptions): Promise<Database> {
  const { dir, memory_limit_bytes = 512 * 1024 * 1024, threads = 2, fresh = false } = options;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  chmodSync(dir, 0o700);
  const file = join(dir, "index.duckdb");
  const spill = join(dir, "spill");
  const copied = join(dir, "index.duckdb.copy");
  const leftovers = [spill, copied, `${copied}.wal`, ...(fresh ? [file, `${file}.wal`, join(dir, "activities")] : [])];
  for (const path of leftovers) rmSync(path, { recursive: true, force: true });

  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: `${Math.floor(Math.max(memory_limit_bytes / 4, leastMemory) / 1024)}KiB`,
    threads: String(threads),
    temp_directory: spill,
    // Never by itself: see `checkpointBytes` in connections.ts.
    checkpoint_threshold: "1TiB",
    // It would pick rows by number: see `PageQuery` in page.ts.
    late_materialization_max_rows: "0",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  });
  const connect = async () => {
    const connection = await instance.connect();
    await connection.run("USE tiercel");
    return connection;
  };
  try {
    const first = await instance.connect();
    await attach(first, file, "tiercel");
    await first.run("USE tiercel");
    await migrate(first, file);
    first.closeSync();
  } catch (error) {
    instance.closeSync();
    throw refusal(error, file);
  }
  return {
    connect,
    room: () => {
      const { bavail, bsize } = statfsSync(dir);
      return bavail * bsize;
    },
    copy: async (connection) => {
      for (const path of [copied, `${copied}.wal`]) rmSync(path, { force: true });
      await attach(connection, copied, "copied");
      try {
        await connection.run("COPY FROM DATABASE tiercel TO copied");
        await connection.run("CHECKPOINT copied");
      } finally {
        await connection.run("DETACH copied");
      }
    },
    takeCopy: () => {
      // A log beside the old file would be taken for the copy's; closing has written it into the old file and removed it.
      if (existsSync(`${file}.wal`)) throw new Error(`${file}.wal is still there: the index was not closed`);
      renameSync(copied, file);
      const folder = openSync(dir, "r");
      fsyncSync(folder);
      closeSync(folder);
    },
    bytes: () => [file, `${file}.wal`, spill].reduce((sum, path) => sum + sizeOf(path), 0),
    logBytes: () => sizeOf(`${file}.wal`),
    close: () => instance.closeSync(),
  };
}

async function attach(connection: DuckDBConnection, file: string, name: string): Promise<void> {
  const path = file.replaceAll("'", "''");
  await connection.run(`ATTACH '${path}' AS ${name} (ROW_GROUP_SIZE ${rowGroupSize}, STORAGE_VERSION 'v1.5.0')`);
  chmodSync(file, 0o600);
}

async function migrate(connection: DuckDBConnection, file: string): Promise<void> {
  const tables = await connection.runAndReadAll(
    "SELECT count(*) FROM duckdb_tables() WHERE database_name = 'tiercel' AND table_name = 'meta'",
  );
  const fresh = Number(tables.getRows()[0]?.[0]) === 0;
  const read = fresh ? undefined : await connection.runAndReadAll("SELECT version FROM meta");
  const version = fresh ? 0 : Number(read?.getRows()[0]?.[0]);
  if (!Number.isInteger(version)) throw new Error("its table `meta` has no version");
  if (version > migrations.length) throw new NewerIndex(file, version, migrations.length);
  for (const [at, step] of migrations.slice(version).entries()) {
    await connection.run("BEGIN");
    for (const statement of step) await connection.run(statement);
    await connection.run("UPDATE meta SET version = $1", [version + at + 1]);
    await connection.run("COMMIT");
  }
}

function refusal(error: unknown, file: string): unknown {
  if (error instanceof NewerIndex) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/conflicting lock|already attached|file handle conflict/i.test(message)) return new IndexInUse(file, error);
  // The world outside refused, and the file may be as sound as ever.
  if (/no space left|permission denied|too many open files|read-only file system/i.test(message)) return error;
  return new DamagedIndex(file, error);
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
