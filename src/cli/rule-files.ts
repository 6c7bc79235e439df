/** Rules files by path, as `-r` names them: files, folders, and the pack that comes with the program. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { RuleSource } from "../engine/index.ts";
import { UsageError } from "./io.ts";
import { isBaseEvents, isRuleTest } from "./rule-test.ts";

/** Our own rules, beside `src/` and `dist/` alike. */
export const packFolder = fileURLToPath(new URL("../../rules/", import.meta.url));

/** Whether a rules file, by the path it was read from, is one of our own pack. */
export const isPackFile = (path: string): boolean => resolve(path).startsWith(packFolder);

/**
 * The files in the order they load; without any path the pack. A folder stands for its `*.yaml` and `*.yml`, sorted, not
 * those in folders below, as for Falco, and without our tests and their events.
 */
export function readRuleFiles(paths: readonly string[]): readonly RuleSource[] {
  const named = paths.length > 0 ? paths : [relative(process.cwd(), packFolder) || "."];
  return named.flatMap(ruleFilePaths).map((path) => ({ name: path, text: readText(path) }));
}

/** The user's own files, by their names in their folder, sorted; none where there is no folder. */
export function readOwnRuleFiles(folder: string): readonly RuleSource[] {
  if (!existsSync(folder)) return [];
  return ruleFilesIn(folder).map((path) => ({ name: basename(path), text: readText(path) }));
}

/** Whether a file of this name in a folder is loaded: our tests and their events are not. */
export const isRuleFile = (name: string): boolean => /\.ya?ml$/.test(name) && !isRuleTest(name) && !isBaseEvents(name);

function ruleFilesIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter(isRuleFile)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

export function ruleFilePaths(path: string): readonly string[] {
  if (!statOf(path).isDirectory()) return [path];
  const files = ruleFilesIn(path);
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
