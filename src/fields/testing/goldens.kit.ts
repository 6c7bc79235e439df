/** What real Falco answered to recorded payloads: golden files, and what each of their lines was measured on. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

export const root = process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance";

export interface Golden {
  readonly id: string;
  readonly error?: string;
  readonly events?: readonly {
    readonly time?: string;
    readonly skipped?: string;
    readonly fields?: Readonly<Record<string, string | readonly string[]>>;
  }[];
  /** Of all rules of the official file that match. */
  readonly alerts?: readonly GoldenAlert[];
  /** Names, of the first rule that matches each event. */
  readonly first_match_only?: readonly string[];
  /** Names, with the rules switched on that ship switched off. */
  readonly with_enable_disabled_rules?: readonly string[];
}

export interface GoldenAlert {
  readonly rule: string;
  readonly priority: string;
  readonly message: string;
  readonly output_fields: Readonly<Record<string, unknown>>;
  readonly time: string;
  readonly tags: readonly string[];
}

export interface Question {
  readonly golden: Golden;
  readonly payload: string;
  /** The arguments with which fields that need a key are read. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

export function lines(file: string): string[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
}

function goldenFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".golden.jsonl"))
    .map((name) => join(folder, name))
    .sort();
}

/** What a golden line was measured on: a line of the file beside it, in whatever wrapping that file has. */
function payloads(source: string): { readonly payload: string; readonly keys: Question["keys"] }[] {
  return lines(source).flatMap((line) => {
    const value = JSON.parse(line);
    const keys = value.keys ?? {};
    if (Array.isArray(value.records)) {
      return value.records.map((record: { properties: { log: string } }) => ({ payload: record.properties.log, keys }));
    }
    if (typeof value.payload === "string") return [{ payload: value.payload, keys }];
    if (value.event !== undefined) return [{ payload: JSON.stringify(value.event), keys }];
    if (value.log !== undefined) {
      const log = value.log.properties?.log;
      const payload = typeof log === "string" && value.format !== "k8s-audit" ? log : JSON.stringify(value.log);
      return [{ payload, keys }];
    }
    return [{ payload: line, keys }];
  });
}

/** Every golden file there is, as its path below the root and its lines. */
export function goldens(): (readonly [name: string, questions: readonly Question[]])[] {
  return ["falco", "corpus"]
    .flatMap((folder) => goldenFiles(join(root, folder)))
    .map((file) => [relative(root, file), questions(file)] as const);
}

/** The golden lines of a file with what they were measured on. */
function questions(file: string): Question[] {
  const goldens = lines(file).map((line) => JSON.parse(line) as Golden);
  const source = file.replace(/\.golden\.jsonl$/, ".jsonl");
  if (existsSync(source)) {
    const all = payloads(source);
    if (all.length !== goldens.length) throw new Error(`${source} has ${all.length} payloads, not ${goldens.length}`);
    return goldens.map((golden, at) => ({ golden, ...all[at]! }));
  }
  // The traces are files of their own, in the folder that the golden file is named for.
  const folder = file.replace(/\.golden\.jsonl$/, "");
  return goldens.map((golden) => {
    const [name = "", line = "1"] = golden.id.split("#");
    return { golden, payload: lines(join(folder, name))[Number(line) - 1] ?? "", keys: {} };
  });
}
