/** What the API asks of whoever keeps the rules files. What is refused is thrown as a `RequestFailure`. */
import type { FileDiagnostic } from "../failure.ts";

export interface RuleFile {
  readonly name: string;
  readonly own: boolean;
  readonly text: string;
  /** A hash of the text. */
  readonly etag: string;
}

export interface SavedRuleFile extends RuleFile {
  /** What to think about in it, though it was taken. */
  readonly diagnostics: readonly FileDiagnostic[];
}

export interface RuleFiles {
  /** In the order they load. */
  files(): readonly RuleFile[];
  /** `expected` is the etag it replaces, `0` for none. It judges when this resolves. */
  save(name: string, text: string, expected: string | undefined, who: string): Promise<SavedRuleFile>;
  remove(name: string, expected: string | undefined, who: string): Promise<void>;
}
