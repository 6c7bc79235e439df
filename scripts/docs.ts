/** Writes the reference pages from what the code says of itself. `--check` compares them with what is committed instead. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { api, openApiFile } from "./docs/api.ts";
import { cli } from "./docs/cli.ts";
import { config, configSchema } from "./docs/config.ts";
import { differences } from "./docs/differences.ts";
import { fields } from "./docs/fields.ts";
import { metrics } from "./docs/metrics.ts";
import type { Page } from "./docs/page.ts";
import { sourcePages } from "./docs/sources.ts";

/** A page more is a file under `docs/` that exports a `Page`, and a line here. */
const pages: readonly Page[] = [
  cli,
  config,
  configSchema,
  api,
  openApiFile,
  metrics,
  fields,
  differences,
  ...sourcePages,
];

const root = fileURLToPath(new URL("..", import.meta.url));
const check = process.argv.includes("--check");
for (const { path, render } of pages) {
  const file = join(root, path);
  const text = render();
  if (!check) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (!existsSync(file) || readFileSync(file, "utf8") !== text) {
    console.error(`${path} is not what the code says: run \`npm run docs\``);
    process.exitCode = 1;
  }
}
