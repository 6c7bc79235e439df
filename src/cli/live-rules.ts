/** The rules that judge: loaded at the start, again on a signal or a change of file, and kept where nothing better loads. */
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";
import type { Rules } from "../api/rules/schema.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Signals } from "../domain/signals.ts";
import { type RuleChoice, ruleWorld } from "../engine/audit-world.ts";
import { type Loaded, load, type RuleSet, type RuleSource } from "../engine/index.ts";
import { drawn } from "../text/diagnostic.ts";
import { UsageError } from "./io.ts";
import type { Log } from "./log.ts";
import { packFolder, readRuleFiles } from "./rule-files.ts";

export interface LiveRules {
  /** The rules of the moment. */
  current(): RuleSet<AuditEvent>;
  report(): Rules;
  /** Loads the files again; where that gives no rule at all, the former stay. */
  reload(): void;
  /** Loads again, a moment after a file changed. */
  watch(): void;
  close(): void;
}

export interface LiveRulesWorld {
  /** Files and folders; none stands for our own pack. */
  readonly paths: readonly string[];
  readonly choice: RuleChoice;
  readonly log: Log;
  readonly signals: Signals;
  readonly now: () => Date;
}

/** Editors and Kubernetes write in several steps; this many milliseconds after the last one, all is there. */
const settleMillis = 300;

/** Throws a `UsageError` where nothing loads at the start. */
export function liveRules({ paths, choice, log, signals, now }: LiveRulesWorld): LiveRules {
  const world = ruleWorld(choice);
  let files: readonly RuleSource[] = readRuleFiles(paths);
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
    report: () => ({
      items: loaded.ruleSet.rules.map(({ name, description, priority, source, tags, enabled }) => ({
        name,
        description,
        priority,
        source,
        tags,
        enabled,
      })),
      next: null,
      problems,
      loadedAt: loadedAt.toISOString(),
    }),
    reload,
    watch() {
      const folders = new Set(
        (paths.length > 0 ? paths : [packFolder]).map((path) => (statSync(path).isDirectory() ? path : dirname(path))),
      );
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

  function read(): readonly RuleSource[] | undefined {
    try {
      return readRuleFiles(paths);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems = [{ file: paths.join(", "), message: error.message }];
      log("error", `rules cannot be read, the former ones go on: ${error.message}`);
      return undefined;
    }
  }

  function replaceBy(fresh: readonly RuleSource[] | undefined) {
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
