/** An exception as it would be written, and what it would do to the event it is made from: the engine asked in the page. */
import type { RuleFile } from "../../api/rule-files/schema.ts";
import type { AuditEvent } from "../../domain/audit-event.ts";
import { ruleWorld } from "../../engine/audit-world.ts";
import type { ExceptionField } from "../../engine/exception-warnings.ts";
import { exceptionYaml, type WrittenException } from "../../engine/exception-yaml.ts";
import { exceptionsOf, type Loaded, load, type RuleDiagnostic } from "../../engine/index.ts";
import { type ExceptionCandidate, exceptionCandidates, exceptionFile } from "../../engine/propose-exception.ts";
import { aboutOne, auditEvent, loadedFiles } from "../why/engine.ts";

export interface Beginning {
  readonly candidates: readonly ExceptionCandidate[];
  /** The own file that fits best; there already or not. */
  readonly file: string;
}

/** What an exception could go by; undefined where the rule or the event is not there. */
export function beginning(files: readonly RuleFile[], rule: string, stored: unknown): Beginning | undefined {
  const found = ruleIn(loadedFiles(files), rule);
  const event = auditEvent(stored);
  if (found === undefined || typeof event === "string") return undefined;
  const own = files.filter((file) => file.own).map(({ name }) => name);
  return { candidates: exceptionCandidates(found, event), file: exceptionFile(found, own) };
}

export interface ExceptionPlan {
  readonly rule: string;
  /** Empty: named by its fields. */
  readonly name: string;
  readonly fields: readonly ExceptionField[];
  readonly file: string;
}

export function written(files: readonly RuleFile[], { rule, name, fields, file }: ExceptionPlan): WrittenException {
  const loaded = loadedFiles(files);
  const found = ruleIn(loaded, rule);
  const text = files.find((one) => one.own && one.name === file)?.text ?? "";
  if (found === undefined)
    return {
      ...{ text, snippet: "", name, warnings: [] },
      problem: { code: "no-rule", message: `no rule is called \`${rule}\`` },
    };
  return exceptionYaml({
    rule: found,
    ...(name.trim() === "" ? {} : { name: name.trim() }),
    fields,
    into: { name: file, text },
    known: exceptionsOf(loaded, rule),
    lists: loaded.compiled.lists.map(({ name }) => name),
  });
}

export interface Outlook {
  /** Whether the rule still matches the event. */
  readonly matches: boolean;
  /** Errors that the file would newly have. */
  readonly errors: readonly RuleDiagnostic[];
}

/** The rules as they would be with the file so; asked about the one event. */
export function outlook(
  files: readonly RuleFile[],
  { name, text }: { readonly name: string; readonly text: string },
  rule: string,
  stored: unknown,
): Outlook {
  const before = new Set(loadedFiles(files).diagnostics.map(({ code, message }) => `${code} ${message}`));
  const loaded = load(withFile(files, name, text), ruleWorld());
  const errors = loaded.diagnostics.filter(
    ({ severity, code, message }) => severity === "error" && !before.has(`${code} ${message}`),
  );
  const found = ruleIn(loaded, rule);
  const event = auditEvent(stored);
  const matches = found !== undefined && typeof event !== "string" && found.test(event, aboutOne(event));
  return { matches, errors };
}

/** In the order they load: the user's own last, by name. */
function withFile(files: readonly RuleFile[], name: string, text: string) {
  if (files.some((file) => file.own && file.name === name))
    return files.map((file) => (file.own && file.name === name ? { ...file, text } : file));
  const after = files.findIndex((file) => file.own && file.name > name);
  const fresh = { name, text };
  return after < 0 ? [...files, fresh] : [...files.slice(0, after), fresh, ...files.slice(after)];
}

const ruleIn = (loaded: Loaded<AuditEvent>, name: string) => loaded.ruleSet.rules.find((one) => one.name === name);
