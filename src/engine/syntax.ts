/** The tree of a condition, and nothing else. Falco's grammar is in reference 01 §3; `parse.ts` makes this tree. */

/** A stretch of the text that was parsed: UTF-16 offsets, `to` not included. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export type Condition = And | Or | Not | MacroReference | Exists | Comparison;

export interface And {
  readonly kind: "and";
  readonly children: readonly Condition[];
  readonly span: Span;
}
export interface Or {
  readonly kind: "or";
  readonly children: readonly Condition[];
  readonly span: Span;
}
export interface Not {
  readonly kind: "not";
  readonly child: Condition;
  readonly span: Span;
}
/** A bare name where a check could stand. */
export interface MacroReference {
  readonly kind: "macro";
  readonly name: string;
  readonly span: Span;
}
export interface Exists {
  readonly kind: "exists";
  readonly left: Operand;
  readonly span: Span;
}
export interface Comparison {
  readonly kind: "comparison";
  readonly left: Operand;
  readonly operator: ComparisonOperator;
  readonly modifier?: Modifier;
  readonly right: Literal | LiteralList | Operand;
  readonly span: Span;
}

/** What may stand left of an operator; on the right only as a `Call` (`val(field)` is the call named `val`). */
export type Operand = FieldReference | Call;

export interface FieldReference {
  readonly kind: "field";
  readonly name: string;
  /** `undefined`: none was written; `""`: `[""]` was. */
  readonly argument?: string;
  readonly span: Span;
}
export interface Call {
  readonly kind: "call";
  readonly name: TransformerName;
  readonly args: readonly CallArgument[];
  readonly argument?: string;
  readonly span: Span;
}
export type CallArgument = Operand | Literal | CallList;

/** A `(…)` among a transformer's arguments. */
export interface CallList {
  readonly kind: "call-list";
  readonly items: readonly (Operand | Literal)[];
  readonly span: Span;
}
/** A constant, unescaped. `quoted` and `number` tell how it was written; both print the same. */
export interface Literal {
  readonly kind: "literal";
  readonly value: string;
  readonly span: Span;
}
export interface LiteralList {
  readonly kind: "list";
  readonly items: readonly Literal[];
  readonly span: Span;
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
