/** What is wrong with rules files, told twice: as Falco tells it, with its code and chain of places, and in our own words. */
import type { ErrorCode, WarningCode } from "./result-codes.ts";
import type { RuleFile } from "./rulefile.ts";
import type { Place } from "./written.ts";

/** What a place of Falco's is the place of (reference 01 §1.17). */
export type ItemType =
  | "value for"
  | "exceptions"
  | "exception"
  | "exception values"
  | "exception value"
  | "rules content"
  | "rules content item"
  | "required_engine_version"
  | "required plugin versions"
  | "required plugin versions entry"
  | "required plugin versions alternative"
  | "list"
  | "list item"
  | "macro"
  | "macro condition"
  | "rule"
  | "rule condition"
  | "condition expression"
  | "rule output"
  | "rule output expression"
  | "rule priority"
  | "overrides"
  | "extension item";

/** One of Falco's places and, through `parent`, those around it. */
export type Context = FileContext | ConditionContext;

export interface FileContext {
  readonly type: Exclude<ItemType, "condition expression">;
  readonly name: string;
  readonly file: RuleFile;
  /** An offset into the file. */
  readonly at: number;
  readonly parent?: FileContext;
}

/** A place inside a condition. */
export interface ConditionContext {
  readonly type: "condition expression";
  /** The condition with its exceptions, but before lists are put in. */
  readonly condition: string;
  /** The parser's own place: offset from 0, line and column from 1, in bytes; all 0 where Falco gives none. */
  readonly parser: { readonly offset: number; readonly line: number; readonly column: number };
  readonly parent: FileContext;
}

export interface FalcoSide {
  readonly code: ErrorCode | WarningCode;
  readonly message: string;
  readonly context: Context;
  /** Of a warning about a deprecated field: its name. */
  readonly deprecatedField?: string;
}

export interface Finding {
  readonly severity: "error" | "warning";
  /** Absent: only we say this. */
  readonly falco?: FalcoSide;
  /** Kebab-case: `unknown-field`. */
  readonly code: string;
  /** Small first letter, no full stop. */
  readonly message: string;
  readonly place: Place;
  readonly help?: string;
}

export const rulesContent = (file: RuleFile): FileContext => ({ type: "rules content", name: "", file, at: 0 });

export const within = (
  parent: FileContext,
  type: FileContext["type"],
  name: string,
  node: { readonly mark: number },
): FileContext => ({ type, name, file: parent.file, at: node.mark, parent });

/** Collects findings. While a file is read as Falco reads it, nothing counts after the first error. */
export interface Findings {
  add(finding: Finding): void;
  readonly all: readonly Finding[];
  readonly errors: number;
}

export function findings(limit: number): Findings {
  const all: Finding[] = [];
  let errors = 0;
  return {
    all,
    add(finding) {
      if (finding.severity === "error") errors++;
      if (all.length < limit) all.push(finding);
    },
    get errors() {
      return errors;
    },
  };
}
