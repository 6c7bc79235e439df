/** How much a rules file may ask of us: far above what people write, far below what would hurt. */

export interface Limits {
  /** UTF-16 units of one file. */
  readonly fileLength: number;
  /** Nested YAML collections; yaml-cpp stops at 500 too. */
  readonly yamlDepth: number;
  /** YAML nodes of one file, those an alias stands for counted each time. */
  readonly yamlNodes: number;
  /** Lists, macros and rules of one load. */
  readonly items: number;
  /** UTF-16 units of one condition with its exceptions and lists put in. */
  readonly conditionLength: number;
  /** The same for all conditions of one load together. */
  readonly allConditionsLength: number;
  /** Nodes of one condition with its macros put in. */
  readonly conditionNodes: number;
  /** The same for all rules of one load together. */
  readonly allConditionsNodes: number;
  /** How deep `and`, `or` and `not` may nest once macros are put in. */
  readonly conditionDepth: number;
  /** Mistakes of one load that are told; one of hostile making has one a byte. */
  readonly findings: number;
}

export const limits: Limits = {
  fileLength: 8 << 20,
  yamlDepth: 500,
  yamlNodes: 1_000_000,
  items: 50_000,
  conditionLength: 2 << 20,
  allConditionsLength: 64 << 20,
  conditionNodes: 100_000,
  allConditionsNodes: 2_000_000,
  conditionDepth: 1_000,
  findings: 10_000,
};
