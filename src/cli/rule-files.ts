/** Rules files by path, as `-r` names them: files, folders, and the pack that comes with the program. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleSource } from "../engine/index.ts";
import { UsageError } from "./io.ts";
import { isBaseEvents, isRuleTest } from "./rule-test.ts";

/** Our own rules, beside `src/` and `dist/` alike. */
export const packFolder = fileURLToPath(new URL("../../rules/", import.meta.url));

/**
 * The files in the order they load; without any path the pack. A folder stands for its `*.yaml` and `*.yml`, sorted, not
 * those in folders below, as for Falco, and without our tests and their events.
 */
export function readRuleFiles(paths: readonly string[]): readonly RuleSource[] {
  const named = paths.length > 0 ? paths : [relative(process.cwd(), packFolder) || "."];
  return named.flatMap(ruleFilePaths).map((path) => ({ name: path, text: readText(path) }));
}

export function ruleFilePaths(path: string): readonly string[] {
  if (!statOf(path).isDirectory()) return [path];
  const files = readdirSync(path, { withFileTypes: true })
    .filter((entry) => /\.ya?ml$/.test(entry.name) && !isRuleTest(entry.name) && !isBaseEvents(entry.name))
    .map((entry) => join(path, entry.name))
    .filter((file) => statSync(file).isFile())
    .sort();
  if (files.length === 0) throw new UsageError(`there is no rules file in ${path}`, "rules files end in .yaml or .yml");
  return files;
}

export function readText(path: string): string {
  statOf(path);
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new UsageError(missing ? `there is no file ${path}` : `${path} cannot be read: ${(error as Error).message}`);
  }
}
