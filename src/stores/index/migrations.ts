/** How the index's tables came to be, step by step: a released step never changes, a change is a new step. */

/**
 * Step n, counted from 1, takes an index from version n - 1 to n. Times are nanoseconds since 1970. What can be
 * filtered by is a column; the whole item is `doc`, as JSON. No key or index of DuckDB's: they cost each write
 * more than the pruned look-ups save, and keep what is deleted.
 */
export const migrations: readonly (readonly string[])[] = [
  [
    "CREATE TABLE meta (version INTEGER NOT NULL, position BIGINT NOT NULL)",
    "INSERT INTO meta VALUES (0, 0)",
    `CREATE TABLE activities (
       id VARCHAR NOT NULL, moment BIGINT NOT NULL, received BIGINT NOT NULL,
       cluster VARCHAR, "user" VARCHAR, namespace VARCHAR, verb VARCHAR, resource VARCHAR, name VARCHAR,
       doc VARCHAR NOT NULL, event VARCHAR NOT NULL)`,
    `CREATE TABLE detections (
       id VARCHAR NOT NULL, moment BIGINT NOT NULL, received BIGINT NOT NULL,
       cluster VARCHAR, rule VARCHAR, priority VARCHAR, "user" VARCHAR, namespace VARCHAR, verb VARCHAR,
       resource VARCHAR, doc VARCHAR NOT NULL)`,
    `CREATE TABLE quarantine (
       id VARCHAR NOT NULL, moment BIGINT NOT NULL, received BIGINT NOT NULL, doc VARCHAR NOT NULL)`,
  ],
  // What people filter and count by. `written` is the journal's position at which a row was written, `words` the small
  // letters that are searched, `tags` each tag with a line end on both sides.
  [
    ...["actor", "outcome", "impersonated_user", "source_ip", "user_agent", "code", "level", "detected", "words"].map(
      (name) => `ALTER TABLE activities ADD COLUMN ${name} VARCHAR`,
    ),
    "ALTER TABLE activities ADD COLUMN written BIGINT DEFAULT 0",
    ...[
      "name",
      "severity",
      "policy",
      "source_ip",
      "user_agent",
      "tags",
      "fingerprint",
      "activity",
      "words",
      "event",
    ].map((name) => `ALTER TABLE detections ADD COLUMN ${name} VARCHAR`),
    "ALTER TABLE detections ADD COLUMN written BIGINT DEFAULT 0",
  ],
  // Where what cannot be read came from. Within a text of JSON a quote stands behind a backslash, so the first `"source":"`
  // is the item's own.
  [
    ...["source", "cluster"].map((name) => `ALTER TABLE quarantine ADD COLUMN ${name} VARCHAR`),
    `UPDATE quarantine SET source = regexp_extract(doc, '"source":"([^"\\\\]*)"', 1),
       cluster = regexp_extract(doc, '"cluster":"([^"\\\\]*)"', 1)`,
  ],
  // Activities are kept in blocks of columns (docs/decisions/0018-activities-in-blocks.md), and made anew: the follower begins with the journal's first entry,
  // and what was detected is known again by its id. `number` is the order of the writes since the last block.
  [
    "DROP TABLE activities",
    "CREATE TABLE activity_writes (number BIGINT NOT NULL, data BLOB NOT NULL)",
    "CREATE TABLE activity_blocks (number BIGINT NOT NULL, contents VARCHAR NOT NULL, gone BLOB)",
    "UPDATE meta SET position = 0",
  ],
  // What detections say and show lies some dozens together in compressed values (docs/decisions/0021-detections-in-values.md);
  // `kept` names the value and the line in it. Rows of before have their texts in `doc` and `event` and keep them.
  [
    "CREATE TABLE detection_texts (number BIGINT NOT NULL, received BIGINT NOT NULL, items BLOB NOT NULL, events BLOB NOT NULL)",
    "ALTER TABLE detections ALTER COLUMN doc DROP NOT NULL",
    "ALTER TABLE detections ADD COLUMN kept BIGINT",
  ],
];
