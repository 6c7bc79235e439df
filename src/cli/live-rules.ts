/** The rules that judge: loaded at the start, again on a signal or a change of file, and kept where nothing better loads. */
import { existsSync, type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { RuleItem, Rules } from "../api/rules/schema.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Signals } from "../domain/signals.ts";
import { type RuleChoice, ruleWorld } from "../engine/audit-world.ts";
import { type Loaded, type LoadedRule, load, type RuleSet, type RuleSource } from "../engine/index.ts";
import { drawn } from "../text/diagnostic.ts";
import { UsageError } from "./io.ts";
import type { Log } from "./log.ts";
import { packFolder, readOwnRuleFiles, readRuleFiles } from "./rule-files.ts";
import { rulesShown } from "./rules-shown.ts";

export interface LiveRules {
  /** The rules of the moment. */
  current(): RuleSet<AuditEvent>;
  /** With all that was found out when they were loaded. */
  loaded(): Loaded<AuditEvent>;
  /** `policiesOf` tells in which policies a rule is. */
  report(policiesOf?: (rule: LoadedRule<AuditEvent>) => RuleItem["policies"]): Rules;
  /** What is loaded, in that order, as read last. */
  files(): readonly LiveFile[];
  /** What would come of it if own files were as told, a text of undefined meaning gone. Changes nothing. */
  tried(changes: readonly OwnChange[]): Loaded<AuditEvent>;
  /** Loads the files again; where that gives no rule at all, the former stay. */
  reload(): void;
  /** Loads again, a moment after a file changed. */
  watch(): void;
  close(): void;
}

/** A rules file; an own one can be changed through us, and is named as in its folder. */
export interface LiveFile extends RuleSource {
  readonly own: boolean;
}

export interface OwnChange {
  readonly name: string;
  readonly text: string | undefined;
}

export interface LiveRulesWorld {
  /** Files and folders; none stands for our own pack. */
  readonly paths: readonly string[];
  /** Where the user's own files are, which load after all others; it need not be there. */
  readonly ownFolder?: string;
  readonly choice: RuleChoice;
  readonly log: Log;
  readonly signals: Signals;
  readonly now: () => Date;
}

/** Editors and Kubernetes write in several steps; this many milliseconds after the last one, all is there. */
const settleMillis = 300;

/** Throws a `UsageError` where nothing loads at the start. */
export function liveRules({ paths, ownFolder, choice, log, signals, now }: LiveRulesWorld): LiveRules {
  const world = ruleWorld(choice);
  let files: readonly LiveFile[] = readAll();
  let loaded = load(files, world);
  let problems = told(loaded);
  let loadedAt = now();
  const watchers: FSWatcher[] = [];
  let settling: NodeJS.Timeout | undefined;

  if (loaded.ruleSet.rules.length === 0)
    throw new UsageError(["no rule could be loaded", ...problems.map(({ message }) => message)].join("\n"));
  say();

  return {
    current: () => loaded.ruleSet,
    loaded: () => loaded,
    report: (policiesOf = () => []) => ({
      items: rulesShown(loaded, files, policiesOf),
      next: null,
      problems,
      loadedAt: loadedAt.toISOString(),
      lists: loaded.compiled.lists.map(({ name }) => name),
    }),
    files: () => files,
    tried(changes) {
      const [given, own] = [files.filter((file) => !file.own), files.filter((file) => file.own)];
      const texts = new Map(own.map(({ name, text }) => [name, text]));
      for (const { name, text } of changes) {
        if (text === undefined) texts.delete(name);
        else texts.set(name, text);
      }
      const names = [...texts.keys()].sort();
      return load([...given, ...names.map((name) => ({ name, text: texts.get(name) ?? "" }))], world);
    },
    reload,
    watch() {
      const folders = new Set(
        (paths.length > 0 ? paths : [packFolder]).map((path) => (statSync(path).isDirectory() ? path : dirname(path))),
      );
      if (ownFolder !== undefined && existsSync(ownFolder)) folders.add(ownFolder);
      for (const folder of folders) {
        const watcher = watch(folder, { persistent: false }, () => {
          clearTimeout(settling);
          settling = setTimeout(reloadChanged, settleMillis).unref();
        });
        watcher.on("error", (error) => log("warn", `${folder} can no longer be watched for changes: ${error.message}`));
        watchers.push(watcher);
      }
    },
    close() {
      clearTimeout(settling);
      for (const watcher of watchers) watcher.close();
    },
  };

  function reload() {
    replaceBy(read());
  }

  /** A watcher also tells of what is no change: a file read, a neighbour written. */
  function reloadChanged() {
    const fresh = read();
    if (fresh === undefined || contents(fresh) !== contents(files)) replaceBy(fresh);
  }

  function readAll(): readonly LiveFile[] {
    const own = ownFolder === undefined ? [] : readOwnRuleFiles(ownFolder);
    return [
      ...readRuleFiles(paths).map((file) => ({ ...file, own: false })),
      ...own.map((file) => ({ ...file, own: true })),
    ];
  }

  function read(): readonly LiveFile[] | undefined {
    try {
      return readAll();
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems = [{ file: paths.join(", "), message: error.message }];
      log("error", `rules cannot be read, the former ones go on: ${error.message}`);
      return undefined;
    }
  }

  function replaceBy(fresh: readonly LiveFile[] | undefined) {
    if (fresh === undefined) return signals.count("tiercel_rules_reloads_total", { result: "failed" });
    const next = load(fresh, world);
    problems = told(next);
    files = fresh;
    if (next.ruleSet.rules.length === 0) {
      signals.count("tiercel_rules_reloads_total", { result: "failed" });
      for (const { message } of problems) log("warn", message);
      log("error", "no rule could be loaded, the former ones go on");
      return;
    }
    loaded = next;
    loadedAt = now();
    signals.count("tiercel_rules_reloads_total", { result: "loaded" });
    say();
  }

  function say() {
    const enabled = loaded.ruleSet.rules.filter((rule) => rule.enabled).length;
    signals.gauge("tiercel_rules_loaded", enabled);
    signals.gauge("tiercel_rules_problems", problems.length);
    for (const { message } of problems) log("warn", message);
    log("info", `${enabled} rules judge, out of ${files.length} files, ${problems.length} problems`);
  }
}

const contents = (files: readonly RuleSource[]) => JSON.stringify(files.map(({ name, text }) => [name, text]));

function told({ diagnostics }: Loaded<AuditEvent>): Rules["problems"] {
  return diagnostics
    .filter(({ severity }) => severity === "error")
    .map((diagnostic) => ({ file: diagnostic.place?.source.name ?? "", message: drawn(diagnostic) }));
}
