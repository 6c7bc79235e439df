/** The shared questions about the language, from wherever TIERCEL_CONFORMANCE says they are. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "vitest";

/** One question, with the answer of Falco itself. */
export interface LanguageCase {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly condition?: string;
  readonly max_depth?: number;
  readonly rules?: string;
  readonly files?: readonly { readonly name: string; readonly content: string }[];
  readonly output?: string;
  readonly rule_extra?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly events?: readonly Readonly<Record<string, unknown>>[];
  readonly conditions?: Readonly<Record<string, string>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
  readonly intended?: Readonly<Record<string, unknown>>;
  readonly requires?: readonly string[];
}

export const conformanceFolder = resolve(process.env.TIERCEL_CONFORMANCE ?? "../shared/conformance");

/** Those of some kinds, without the ones that need the source `syscall`; none where the folder is absent. */
export function languageCases(...kinds: readonly string[]): readonly LanguageCase[] {
  return files()
    .flatMap((file): readonly unknown[] => {
      const content: unknown = JSON.parse(readFileSync(file, "utf8"));
      return Array.isArray(content) ? content : [];
    })
    .filter(isCase)
    .filter((question) => kinds.includes(question.kind) && !question.requires?.includes("syscall"));
}

/** Says by name what was not asked: a suite without any test counts as a mistake. */
export function skipWhereNone(what: string, cases: readonly unknown[]): void {
  if (cases.length === 0) test.skip(`${what}: none found in ${conformanceFolder}, so none was asked`);
}

function isCase(content: unknown): content is LanguageCase {
  return typeof content === "object" && content !== null && "id" in content && "kind" in content && "expect" in content;
}

/** Whatever JSON lies in the folder itself: by what they hold, not by what they are called. */
function files(): readonly string[] {
  if (!existsSync(conformanceFolder)) return [];
  return readdirSync(conformanceFolder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => join(conformanceFolder, name));
}
