/** The configuration of a data folder's server: file, environment and flags, or a drawing of all that is wrong. */
import { existsSync, readFileSync } from "node:fs";
import { addressText, readAddress } from "../config/address.ts";
import type { Setting } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { RuleChoice } from "../engine/audit-world.ts";
import { drawn } from "../text/diagnostic.ts";
import { type Io, UsageError } from "./io.ts";
import { readText } from "./rule-files.ts";

export interface ServerFlags {
  readonly config?: string;
  readonly rules?: readonly string[];
  readonly data?: string;
  readonly ingest?: string;
  readonly listen?: string;
  readonly demo?: boolean;
  readonly ruleMatching?: string;
}

export interface ServerConfig {
  readonly config: Config;
  /** Where it was read from; undefined where there is no file. */
  readonly file: string | undefined;
}

const usualFile = "tiercel.yaml";

/** Throws a `UsageError` that shows every mistake at once. */
export function serverConfig(flags: ServerFlags, env: Io["env"]): ServerConfig {
  const file = flags.config ?? (existsSync(usualFile) ? usualFile : undefined);
  const loaded = loadConfig({
    file: file === undefined ? undefined : { name: file, text: readText(file) },
    environment: env,
    flags: (value) => settingsOf(flags, value),
    readFile: (path) => readFileSync(path, "utf8"),
  });
  if (loaded.ok) return { config: loaded.config, file };
  throw new UsageError(loaded.problems.map(drawn).join("\n\n"));
}

function settingsOf(flags: ServerFlags, value: Readonly<Record<string, unknown>>): readonly Setting[] {
  const settings: Setting[] = [];
  const set = (origin: string, value: unknown, ...path: Setting["path"]) => {
    if (value !== undefined) settings.push({ path, value, origin });
  };
  set("--data", flags.data, "data_dir");
  set("-r", flags.rules && flags.rules.length > 0 ? [...flags.rules] : undefined, "rules", "files");
  set("--rule-matching", flags.ruleMatching, "rules", "matching");
  set("--listen", flags.listen, "api", "listen");

  // A flag names no place in the list: it means the first webhook there is, or one more.
  const sources = Array.isArray(value.sources) ? value.sources : undefined;
  const at = sources?.findIndex((source: { type?: unknown } | null) => (source?.type ?? "webhook") === "webhook") ?? -1;
  const webhook = at >= 0 ? at : (sources?.length ?? 0);
  const count = sources === undefined ? 1 : Math.max(sources.length, flags.ingest === undefined ? 0 : webhook + 1);
  if (flags.ingest !== undefined || (flags.demo === true && sources === undefined))
    set("--ingest", "webhook", "sources", webhook, "type");
  if (flags.ingest !== undefined) set("--ingest", spelled(flags.ingest), "sources", webhook, "listen");
  const hasDemo = sources?.some((source: { type?: unknown } | null) => source?.type === "demo") === true;
  if (flags.demo === true && !hasDemo) set("--demo", "demo", "sources", count, "type");
  return settings;
}

/** `:7765` in full; what is no address stays, for the schema to refuse it. */
function spelled(address: string): string {
  const read = readAddress(address);
  return read === undefined ? address : addressText(read);
}

/** How rules are chosen and matched, as the engine takes it. */
export function ruleChoice({ rules }: Config): RuleChoice {
  const selection = rules.selection.map((entry) =>
    "enable" in entry
      ? { operation: "enable" as const, ...entry.enable }
      : { operation: "disable" as const, ...entry.disable },
  );
  return { matching: rules.matching, selection };
}
