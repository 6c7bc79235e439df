/** What a browser loads for the first page, compressed: `node scripts/page-weight.ts` after a build. Fails beyond the bound. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** Of the initial route, in bytes, all that must be there before Events is drawn. */
const bound = 300_000;
const folder = fileURLToPath(new URL("../dist/ui", import.meta.url));

interface Chunk {
  readonly file: string;
  readonly src?: string;
  readonly imports?: readonly string[];
  readonly css?: readonly string[];
}
const manifest = JSON.parse(readFileSync(join(folder, ".vite/manifest.json"), "utf8")) as Record<string, Chunk>;

const files = new Set<string>(["index.html", "scheme.js"]);
const take = (key: string) => {
  const chunk = manifest[key];
  if (chunk === undefined || files.has(chunk.file)) return;
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) take(other);
};
take("index.html");
take("feed/page.tsx");

const weighed = [...files].map((file) => [gzipSync(readFileSync(join(folder, file))).length, file] as const);
const total = weighed.reduce((sum, [bytes]) => sum + bytes, 0);
for (const [bytes, file] of weighed.sort(([a], [b]) => b - a).slice(0, 12))
  process.stdout.write(`${String(bytes).padStart(8)}  ${file}\n`);
process.stdout.write(`${String(total).padStart(8)}  the first page, ${files.size} files, gzipped\n`);
if (total > bound) {
  process.stderr.write(`the first page weighs more than ${bound} bytes: load later what it does not show\n`);
  process.exitCode = 1;
}
