/** Where the parts of the engine meet: what parsing, planning and loading hand to each other. */
import type { Priority } from "../domain/detection.ts";
import type { About, Catalogue } from "../fields/field.ts";
import type { Condition, Span } from "./syntax.ts";

/** Falco's own answer where we correct a defect (reference 01 §11), or the intended one. */
export interface Dialect {
  readonly falcoCompat: boolean;
}

/** Something wrong with a condition or a template, in Falco's words, at a place in the text that was given. */
export interface Problem {
  /** Ours, kebab-case: `unknown-field`. Falco's code follows from where it arose. */
  readonly code: string;
  /** Falco's message, to the letter. */
  readonly message: string;
  /** Where Falco says it is (its parser's position, or the tree node's begin), a UTF-16 offset. */
  readonly offset: number;
  /** The words that are wrong, for our own drawing. */
  readonly span: Span;
  /** The remedy, where one can be named: "did you mean `ka.user.name`?" */
  readonly help?: string;
  /** Our own wording, where it says more than Falco's. */
  readonly own?: string;
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** parse.ts · Conditions nest at most `maxDepth` deep as Falco counts (100; 1000 in rules files). */
export type ParseCondition = (text: string, options?: { readonly maxDepth?: number }) => Outcome<Condition>;

/** A planned condition. Pure: same event, same answer; never throws. */
export type Test<E> = (event: E, about: About) => boolean;

/** plan.ts · `condition` has no macro references left. Warnings are Falco's `LOAD_COMPILE_CONDITION` ones. */
export type PlanCondition = <E>(
  condition: Condition,
  catalogue: Catalogue<E>,
  dialect: Dialect,
) => Outcome<{ readonly test: Test<E>; readonly warnings: readonly Problem[] }>;

/** message.ts · A planned output template (reference 01 §6.1-6.2). */
export interface Message<E> {
  text(event: E, about: About): string;
  /** Its plain fields, typed, in order: bigint for numbers, arrays for lists, null for absent. */
  fields(event: E, about: About): ReadonlyMap<string, unknown>;
  /** Canonical names of those fields. */
  readonly fieldNames: readonly string[];
}
export type PlanMessage = <E>(template: string, catalogue: Catalogue<E>, dialect: Dialect) => Outcome<Message<E>>;

/** A rule that loaded, ready to be asked. */
export interface LoadedRule<E> {
  readonly name: string;
  readonly description: string;
  readonly priority: Priority;
  readonly source: string;
  /** Sorted, without doubles. */
  readonly tags: readonly string[];
  /** What the files and the rule selection came to. */
  readonly enabled: boolean;
  /** Where it is defined, by the name of its `RuleSource` and from line 1; what only changes it stands elsewhere. */
  readonly origin: { readonly file: string; readonly line: number };
  /** The condition as evaluated: lists, exceptions and macros put in. */
  readonly condition: Condition;
  readonly test: Test<E>;
  readonly message: Message<E>;
  /** `append_output`'s extra fields (reference 01 §6.7): shown in JSON only. */
  readonly extraFields: readonly { readonly key: string; readonly message: Message<E>; readonly typed: boolean }[];
}

/** A rule that matched an event, with what it says about it. */
export interface Match<E> {
  readonly rule: LoadedRule<E>;
  readonly message: string;
  /** As in Falco's `output_fields`, without the time. */
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Many rules as one: those that match, in order; the first alone with `rule_matching: first`. */
export interface RuleSet<E> {
  readonly rules: readonly LoadedRule<E>[];
  judge(event: E, about: About): readonly Match<E>[];
}
