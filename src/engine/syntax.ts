/** The tree of a condition, and nothing else. Falco's grammar is in reference 01 §3; `parse.ts` makes this tree. */

/** A stretch of the text that was parsed: UTF-16 offsets, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Any node of the tree. */
interface Node {
  readonly span: Span;
  /** Where Falco says that the node begins, where that isn't where it does: before blanks, or with a node around it. */
  readonly falcoOffset?: number;
}

export type Condition = And | Or | Not | MacroReference | Exists | Comparison;

export interface And extends Node {
  readonly kind: "and";
  readonly children: readonly Condition[];
}
export interface Or extends Node {
  readonly kind: "or";
  readonly children: readonly Condition[];
}
export interface Not extends Node {
  readonly kind: "not";
  readonly child: Condition;
}
/** A bare name where a check could stand. */
export interface MacroReference extends Node {
  readonly kind: "macro";
  readonly name: string;
}
export interface Exists extends Node {
  readonly kind: "exists";
  readonly left: Operand;
}
export interface Comparison extends Node {
  readonly kind: "comparison";
  readonly left: Operand;
  readonly operator: ComparisonOperator;
  readonly modifier?: Modifier;
  readonly right: Literal | LiteralList | Operand;
}

/** What may stand left of an operator; on the right only as a `Call` (`val(field)` is the call named `val`). */
export type Operand = FieldReference | Call;

export interface FieldReference extends Node {
  readonly kind: "field";
  readonly name: string;
  /** `undefined`: none was written; `""`: `[""]` was. */
  readonly argument?: string;
}
export interface Call extends Node {
  readonly kind: "call";
  readonly name: TransformerName;
  readonly args: readonly CallArgument[];
  readonly argument?: string;
}
export type CallArgument = Operand | Literal | CallList;

/** A `(…)` among a transformer's arguments. */
export interface CallList extends Node {
  readonly kind: "call-list";
  readonly items: readonly (Operand | Literal)[];
}
/** A constant, unescaped. `quoted` and `number` tell how it was written; both print the same. */
export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: string;
}
export interface LiteralList extends Node {
  readonly kind: "list";
  readonly items: readonly Literal[];
}

export const comparisonOperators = [
  "<=",
  "<",
  ">=",
  ">",
  "==",
  "=",
  "!=",
  "glob",
  "iglob",
  "contains",
  "icontains",
  "bcontains",
  "startswith",
  "bstartswith",
  "endswith",
  "regex",
  "intersects",
  "in",
  "pmatch",
] as const;
export type ComparisonOperator = (typeof comparisonOperators)[number];

export const modifiers = ["oneof", "anyof", "allof"] as const;
export type Modifier = (typeof modifiers)[number];

export const transformerNames = [
  "val",
  "tolower",
  "toupper",
  "b64",
  "basename",
  "len",
  "join",
  "concat",
  "getopt",
] as const;
export type TransformerName = (typeof transformerNames)[number];
