/** A list whole, as a download: page after page as fast as whoever asks takes them. */
import type { Page } from "../../domain/asked.ts";

type Pages = (cursor: string | undefined) => Promise<Page<object>>;

export function exported(format: "ndjson" | "csv", name: string, columns: readonly string[], pages: Pages): Response {
  const encoder = new TextEncoder();
  let cursor: string | undefined;
  let isFirst = true;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(stream) {
        const { items, next } = await pages(cursor);
        const head = isFirst && format === "csv" ? `${columns.join(",")}\r\n` : "";
        isFirst = false;
        const lines = items.map((item) => (format === "csv" ? csvLine(item, columns) : `${JSON.stringify(item)}\n`));
        stream.enqueue(encoder.encode(head + lines.join("")));
        if (next === null) stream.close();
        else cursor = next;
      },
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      "Content-Type": format === "csv" ? "text/csv; charset=utf-8" : "application/x-ndjson",
      "Content-Disposition": `attachment; filename="${name}.${format}"`,
    },
  });
}

function csvLine(item: object, columns: readonly string[]): string {
  const cells = columns.map((column) => csvCell((item as Readonly<Record<string, unknown>>)[column]));
  return `${cells.join(",")}\r\n`;
}

/**
 * As RFC 4180 has it; what a spreadsheet would take for a formula begins with `'`. Some part cells at `;` or tabs, so what
 * holds those is quoted too.
 */
function csvCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
