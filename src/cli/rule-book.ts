/** The user's own rules files, changed through us: checked with all others, written whole or not at all, told in the audit trail. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type FileDiagnostic, RequestFailure } from "../api/failure.ts";
import type { RuleFiles } from "../api/rule-files/part.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import type { Documents } from "../domain/documents.ts";
import type { Loaded, RuleDiagnostic } from "../engine/index.ts";
import { position } from "../text/source.ts";
import type { LiveRules, OwnChange } from "./live-rules.ts";
import { isRuleFile } from "./rule-files.ts";

export interface RuleBook extends RuleFiles {
  /** What would come of it if own files were as told; throws a `RequestFailure` where that has errors. */
  tried(changes: readonly OwnChange[]): Loaded<AuditEvent>;
}

export interface RuleBookWorld {
  readonly rules: LiveRules;
  readonly folder: string;
  readonly documents: Pick<Documents, "record">;
}

const nameForm = /^[a-z0-9][a-z0-9._-]{0,99}\.ya?ml$/;

export function ruleBook({ rules, folder, documents }: RuleBookWorld): RuleBook {
  makeOwnFolder(folder);
  let turn: Promise<unknown> = Promise.resolve();

  return {
    files: () => rules.files().map(({ name, own, text }) => ({ name, own, text, etag: etagOf(text) })),
    save: (name, text, expected, who) => inTurn(() => save(name, text, expected, who)),
    remove: (name, expected, who) => inTurn(() => remove(name, expected, who)),
    tried,
  };

  /** One change after another, each upon what the one before left. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = turn.then(change);
    turn = done.catch(() => {});
    return done;
  }

  async function save(name: string, text: string, expected: string | undefined, who: string) {
    checkName(name);
    const before = await present(name);
    checkVersion(name, before, expected);
    const loaded = tried([{ name, text }]);
    const action = before === undefined ? "create" : "update";
    await write(join(folder, name), text, () =>
      documents.record({ kind: "rules", id: name, by: who, action, before: before ?? null, after: text }),
    );
    rules.reload();
    const diagnostics = loaded.diagnostics.filter(({ place }) => place?.source.name === name).map(wireDiagnostic);
    return { name, own: true, text, etag: etagOf(text), diagnostics };
  }

  async function remove(name: string, expected: string | undefined, who: string) {
    checkName(name);
    const before = await present(name);
    if (before === undefined) throw noSuchFile(name);
    checkVersion(name, before, expected);
    if (rules.tried([{ name, text: undefined }]).ruleSet.rules.length === 0) throw noRuleLeft();
    await documents.record({ kind: "rules", id: name, by: who, action: "delete", before, after: null });
    await rm(join(folder, name));
    await synced(folder);
    rules.reload();
  }

  function checkName(name: string): void {
    const file = rules.files().find((one) => one.name === name);
    if (file?.own) return;
    if (file !== undefined)
      throw new RequestFailure(
        "invalid",
        `${name} is no file of your own`,
        "change its rules from a file of your own: Falco's `override` is for that",
      );
    if (!nameForm.test(name) || !isRuleFile(name))
      throw new RequestFailure(
        "invalid",
        `no rules file can be called \`${name}\``,
        "take small letters, digits, `.`, `_` and `-`, with `.yaml` at the end and no `.test` or `.events` before it",
      );
  }

  function checkVersion(name: string, before: string | undefined, expected: string | undefined): void {
    const etag = before === undefined ? undefined : etagOf(before);
    if (expected === undefined)
      throw new RequestFailure(
        "invalid",
        "it is not said which version this replaces",
        "send its ETag as `If-Match`, or `If-None-Match: *` for a new file",
      );
    if (expected === (etag ?? "0")) return;
    if (etag === undefined)
      throw new RequestFailure("conflict", `${name} is not there any more`, "save it as a new file");
    const message = expected === "0" ? `${name} is there already` : `somebody has changed ${name} meanwhile`;
    throw new RequestFailure("conflict", message, "look at what stands there now, and try again", { etag });
  }

  function tried(changes: readonly OwnChange[]): Loaded<AuditEvent> {
    const loaded = rules.tried(changes);
    const names = new Set(changes.map(({ name }) => name));
    const errors = loaded.diagnostics.filter(
      ({ severity, place }) => severity === "error" && place !== undefined && names.has(place.source.name),
    );
    const [first] = errors;
    if (first) {
      const more = errors.length > 1 ? `, and ${errors.length - 1} more` : "";
      throw new RequestFailure("invalid", `${first.message}${more}`, first.help, {
        diagnostics: errors.map(wireDiagnostic),
      });
    }
    if (loaded.ruleSet.rules.length === 0) throw noRuleLeft();
    return loaded;
  }

  async function present(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(folder, name), "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** `told` comes between: what could not be told is not done, and what is told only a disk can still prevent. */
  async function write(path: string, text: string, told: () => Promise<void>): Promise<void> {
    makeOwnFolder(folder);
    const fresh = join(folder, `.${randomBytes(8).toString("hex")}.new`);
    try {
      const file = await open(fresh, "wx", 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await told();
      await rename(fresh, path);
    } catch (error) {
      await rm(fresh, { force: true });
      throw error;
    }
    await synced(folder);
  }
}

export function makeOwnFolder(folder: string): void {
  if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
}

/** A rename is safe once its folder is. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const etagOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 32);

const noSuchFile = (name: string) =>
  new RequestFailure("not_found", `there is no file of your own called ${name}`, "`GET /api/v1/rule-files` lists them");

const noRuleLeft = () =>
  new RequestFailure("invalid", "no rule would be left to judge by", "keep one rule at least, in whatever file");

export function wireDiagnostic({ severity, code, message, help, place }: RuleDiagnostic): FileDiagnostic {
  const { source, from, to } = place ?? { source: { name: "", text: "" }, from: 0, to: 0 };
  return {
    severity,
    code,
    message,
    ...(help !== undefined && { help }),
    file: source.name,
    ...position(source, from),
    from,
    to,
  };
}
