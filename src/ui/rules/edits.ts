/** What was changed of the user's own files and not saved yet: pure functions from one state to the next. */
import type { RuleFile } from "../../api/rule-files/schema.ts";
import type { NamedText } from "../language/definitions.ts";
import { closed, opened, type Written } from "../language/line-ends.ts";

export interface Edit extends Omit<Written, "text"> {
  readonly name: string;
  /** As it is in the editor. */
  readonly text: string;
  /** As it was opened or saved last. */
  readonly base: string;
  /** The version that `base` is; null for a file that was never saved. */
  readonly etag: string | null;
}

export type Edits = ReadonlyMap<string, Edit>;

export const isChanged = ({ text, base, etag }: Edit): boolean => etag === null || text !== base;
export const changedOf = (edits: Edits): readonly Edit[] => [...edits.values()].filter(isChanged);

/** As the server will get it. */
export const wholeText = (edit: Edit): string => closed(edit.text, edit);

export function editOf({ name, text, etag }: Pick<RuleFile, "name" | "text" | "etag">): Edit {
  const { text: inside, ...ends } = opened(text);
  return { name, text: inside, base: inside, etag, ...ends };
}

export const newEdit = (name: string, text: string): Edit => ({
  ...{ name, text, base: "", etag: null },
  ...{ mark: false, crlf: false },
});

/** What is open of a file, whether somebody has changed it or not. */
export function opening(edits: Edits, files: readonly RuleFile[], name: string): Edit | undefined {
  const edit = edits.get(name);
  if (edit !== undefined && isChanged(edit)) return edit;
  // What nobody changed here is as it stands on the server by now.
  const file = files.find((one) => one.own && one.name === name);
  // Just saved, or removed by somebody else: what was open stays open.
  return file === undefined ? edit : editOf(file);
}

export function withEdit(edits: Edits, edit: Edit): Edits {
  return new Map(edits).set(edit.name, edit);
}

export function withoutEdit(edits: Edits, name: string): Edits {
  const rest = new Map(edits);
  rest.delete(name);
  return rest;
}

/** All files as the engine would load them, were everything saved: in the server's order, own ones by name. */
export function asEdited(files: readonly RuleFile[], edits: Edits): readonly (NamedText & { readonly own: boolean })[] {
  const given = files
    .filter(({ own }) => !own)
    .map(({ name, text }) => ({ name, text: opened(text).text, own: false }));
  const own = new Map(files.filter((file) => file.own).map(({ name, text }) => [name, opened(text).text]));
  for (const edit of edits.values()) if (isChanged(edit) || !own.has(edit.name)) own.set(edit.name, edit.text);
  return [...given, ...[...own.keys()].sort().map((name) => ({ name, text: own.get(name) ?? "", own: true }))];
}

/** The version that somebody else saved since an edit was begun; null where they removed the file. */
export function foreign(edit: Edit, files: readonly RuleFile[]): RuleFile | null | undefined {
  const file = files.find((one) => one.own && one.name === edit.name);
  if (edit.etag === null) return file;
  if (file === undefined) return null;
  return file.etag === edit.etag ? undefined : file;
}

/** A reason why a new file cannot be called so. */
export function nameRefusal(name: string, taken: readonly string[]): string | undefined {
  if (!/^[a-z0-9][a-z0-9._-]{0,99}\.ya?ml$/.test(name))
    return "small letters, digits, `.`, `_` and `-`, with `.yaml` at the end";
  if (/\.(?:test|events)\.ya?ml$/.test(name)) return "files of tests and of events are not loaded";
  return taken.includes(name) ? "there is a file of this name" : undefined;
}
