/** What rules files define, piled up in the order they are read: lists, macros, rules, what they require (reference 01 §1.9–1.12). */
import type { Priority } from "../domain/detection.ts";
import type { FileContext } from "./findings.ts";
import type { PluginRequirement } from "./plugins.ts";
import type { Version } from "./versions.ts";
import type { Piece, Place } from "./written.ts";

/** Lists, macros and rules share one counter of definitions and changes. */
interface Numbered {
  readonly name: string;
  /** Of the first definition: decides the order. */
  index: number;
  /** Of the last change: what was first defined before it can be seen. */
  visibility: number;
}

export interface ListInfo extends Numbered {
  readonly context: FileContext;
  readonly place: Place;
  items: readonly Piece[];
}

export interface MacroInfo extends Numbered {
  readonly context: FileContext;
  readonly conditionContext: FileContext;
  readonly place: Place;
  condition: readonly Piece[];
}

/** A part of an exception: a text, or a list of such. What is neither in the file is an empty text. */
export type ExceptionEntry =
  | { readonly list: false; readonly piece: Piece }
  | { readonly list: true; readonly items: readonly ExceptionEntry[]; readonly place: Place };

export interface ExceptionInfo {
  readonly name: string;
  readonly context: FileContext;
  readonly place: Place;
  readonly fields?: ExceptionEntry;
  readonly comps?: ExceptionEntry;
  readonly values: readonly ExceptionEntry[];
}

export interface RuleInfo extends Numbered {
  /** All these of the first definition: Falco points there for ever after. */
  context: FileContext;
  conditionContext: FileContext;
  outputContext: FileContext;
  place: Place;
  condition: readonly Piece[];
  output: readonly Piece[];
  description: string;
  priority: Priority;
  source: string;
  unknownSource: boolean;
  enabled: boolean;
  warnEventTypes: boolean;
  skipIfUnknownFilter: boolean;
  capture: boolean;
  captureDuration: number;
  tags: ReadonlySet<string>;
  exceptions: readonly ExceptionInfo[];
  /** Not all of it could be read. It is compiled, so that every mistake in it is told, but it never judges. */
  readonly unsound?: boolean;
}

/** What an item changes of an earlier rule; what is absent stays. */
export type RuleChange = Partial<
  Pick<
    RuleInfo,
    | "condition"
    | "output"
    | "description"
    | "priority"
    | "enabled"
    | "warnEventTypes"
    | "skipIfUnknownFilter"
    | "capture"
    | "captureDuration"
    | "tags"
    | "exceptions"
  >
>;

export interface Collection {
  readonly lists: Map<string, ListInfo>;
  readonly macros: Map<string, MacroInfo>;
  readonly rules: Map<string, RuleInfo>;
  readonly plugins: PluginRequirement[];
  requiredEngine: Version;
  /** The number that the next definition or change gets. */
  next: number;
}

export const collection = (): Collection => ({
  lists: new Map(),
  macros: new Map(),
  rules: new Map(),
  plugins: [],
  requiredEngine: { major: 0, minor: 0, patch: 0 },
  next: 0,
});

/** Defines, or redefines entirely in the old place. A Map keeps the place of a key that is set again. */
export function define<T extends Numbered>(into: Collection, kind: Map<string, T>, info: T): void {
  const number = into.next++;
  info.index = kind.get(info.name)?.index ?? number;
  info.visibility = number;
  kind.set(info.name, info);
}

/** Notes that an entry was changed, so that it may see what was defined meanwhile. */
export function changed(of: Collection, info: Numbered): void {
  info.visibility = of.next++;
}
