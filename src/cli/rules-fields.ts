/** `tiercel rules fields`: every field that a rule may name, from the catalogue. */

import type { AuditEvent } from "../domain/audit-event.ts";
import { genericFields } from "../engine/audit-world.ts";
import type { Field } from "../fields/field.ts";
import { type FieldEntry, fieldEntries } from "../fields/index.ts";
import { nearest } from "../text/nearest.ts";
import { type ExitCode, exitCodes, type Io, paint, UsageError } from "./io.ts";

export interface FieldsOptions {
  readonly output?: "text" | "markdown" | "json" | "name";
}

interface Row {
  readonly topic: string;
  readonly name: string;
  /** With the argument as it may be written. */
  readonly form: string;
  readonly type: string;
  readonly doc: string;
  readonly level: string;
  readonly stages: readonly string[];
  readonly trust: string;
  readonly falco: boolean;
}

export async function fields(filter: string | undefined, options: FieldsOptions, io: Io): Promise<ExitCode> {
  const wanted = filter?.toLowerCase();
  const rows = allRows().filter(
    ({ name, doc, topic }) =>
      wanted === undefined || [name, doc, topic].some((text) => text.toLowerCase().includes(wanted)),
  );
  if (rows.length === 0) {
    const guess = nearest(
      filter ?? "",
      allRows().map(({ name }) => name),
    );
    throw new UsageError(`no field speaks of \`${filter}\``, guess && `did you mean \`${guess}\`?`);
  }
  await io.stdout.write(render[options.output ?? "text"](rows, io));
  return exitCodes.fine;
}

const render: Readonly<Record<NonNullable<FieldsOptions["output"]>, (rows: readonly Row[], io: Io) => string>> = {
  name: (rows) => rows.map(({ name }) => `${name}\n`).join(""),
  json: (rows) => `${JSON.stringify(rows, null, 2)}\n`,
  markdown: (rows) => {
    const head = "| field | type | level | stages | content is | |\n|---|---|---|---|---|---|\n";
    const cell = (text: string) => text.replaceAll("|", "\\|");
    return byTopic(rows)
      .map(([topic, some]) => {
        const lines = some.map(
          (row) =>
            `| \`${row.form}\` | ${row.type} | ${row.level} | ${row.stages.join(", ")} | ${content(row)} | ${cell(row.doc)} |\n`,
        );
        return `## ${topic}\n\n${head}${lines.join("")}`;
      })
      .join("\n");
  },
  text: (rows, io) => {
    const { bold, cyan, dim } = paint(io.stdout, io.env);
    return byTopic(rows)
      .map(([topic, some]) => {
        const lines = some.map((row) => {
          const where = `${row.type} · from level ${row.level} · ${row.stages.join(", ")} · ${content(row)}`;
          return `  ${cyan(row.form)}\n      ${row.doc}\n      ${dim(where)}\n`;
        });
        return `${bold(topic)}\n${lines.join("")}`;
      })
      .join("\n");
  },
};

const content = ({ trust }: Row): string => (trust === "client" ? "chosen by the caller" : "the server's word");

const byTopic = (rows: readonly Row[]) => [...Map.groupBy(rows, ({ topic }) => topic)];

const allRows = (): readonly Row[] => [...fieldEntries.map(entryRow), ...genericFields().map(genericRow)];

function entryRow(entry: FieldEntry): Row {
  const { topic, level, stages, trust, falcoHas } = entry;
  return { topic, ...shape(entry), level, stages, trust, falco: falcoHas };
}

function genericRow(field: Field<AuditEvent>): Row {
  return { topic: "any event", ...shape(field), level: "Metadata", stages: ["all"], trust: "server", falco: true };
}

function shape({ name, type, list, argument, doc }: Field<AuditEvent>): Pick<Row, "name" | "form" | "type" | "doc"> {
  const inside = argument?.accepts;
  const form = argument === undefined ? name : argument.required ? `${name}[${inside}]` : `${name}, ${name}[${inside}]`;
  return { name, form, type: list ? `list of ${type}` : type, doc };
}
