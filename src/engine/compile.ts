/** A collection into rules that can be asked: lists, then macros, then rules, as Falco goes about it (reference 01 §1.13). */
import type { Catalogue } from "../fields/field.ts";
import { compareBytes } from "../text/bytes.ts";
import { nearest } from "../text/nearest.ts";
import type { Collection, MacroInfo, RuleInfo } from "./collect.ts";
import type { Dialect, LoadedRule, Problem } from "./contract.ts";
import { withExceptions } from "./exceptions.ts";
import type { ConditionContext, FileContext, Finding, Findings } from "./findings.ts";
import type { Limits } from "./limits.ts";
import { type ExpandedList, expandedLists, withLists } from "./lists.ts";
import { moved, type Resolved, resolvedMacros, type VisibleMacros } from "./macros.ts";
import { planMessage } from "./message.ts";
import { type AppendOutput, extraFieldsFor, outputFor } from "./outputs.ts";
import { parseCondition } from "./parse.ts";
import { planCondition } from "./plan.ts";
import { parserPosition } from "./position.ts";
import { problems, type Where } from "./problems.ts";
import type { ErrorCode } from "./result-codes.ts";
import type { Condition, MacroReference } from "./syntax.ts";
import { hasUnsafeNa } from "./tree-warnings.ts";
import { joined, type Place, type Written, writtenAt } from "./written.ts";

export interface CompileOptions<E> {
  readonly sources: ReadonlyMap<string, Catalogue<E>>;
  readonly dialect: Dialect;
  readonly limits: Limits;
  readonly appendOutput: readonly AppendOutput[];
}

/** A rule with what `-L` tells beside what judging needs. */
export interface CompiledRule<E> {
  readonly info: RuleInfo;
  readonly loaded: LoadedRule<E>;
  /** The output as completed. */
  readonly output: string;
  /** Fields of exceptions that have values, as written. */
  readonly exceptionFields: ReadonlySet<string>;
  /** Where in the files a stretch of the condition was written, by the spans of its nodes. */
  readonly place: (from: number, to: number) => Place;
}

export interface CompiledMacro {
  readonly info: MacroInfo;
  readonly condition: Condition;
  readonly used: boolean;
}

export interface Compiled<E> {
  readonly lists: readonly ExpandedList[];
  readonly macros: readonly CompiledMacro[];
  /** In the order of definition; those that were dropped or have errors are missing. */
  readonly rules: readonly CompiledRule<E>[];
}

/** Falco's nesting in rules files. */
const maxDepth = 1000;

/** Each macro's text gets a stretch of numbers of its own, far behind those of any rule's. */
const macroSpace = 2 ** 32;

/** One text that was parsed: where it begins among all of them, and what was written for it. */
interface Parsed {
  readonly base: number;
  readonly written: Written;
}

/** `strict`: nothing is done after the first error, as Falco; else whatever is sound is compiled. */
export function compile<E>(
  of: Collection,
  { sources, dialect, limits, appendOutput }: CompileOptions<E>,
  found: Findings,
  strict: boolean,
): Compiled<E> {
  const stopped = () => strict && found.errors > 0;
  const lists = expandedLists(of.lists, dialect.falcoCompat, limits.yamlNodes, found);
  let lengthLeft = limits.allConditionsLength;
  let nodesLeft = limits.allConditionsNodes;
  const macroTexts: Parsed[] = [];

  function textAt(offset: number, rule: Written | undefined): Parsed | undefined {
    if (offset < macroSpace) return rule && { base: 0, written: rule };
    return macroTexts.findLast(({ base }) => base <= offset);
  }

  function place(from: number, to: number, rule: Written | undefined, otherwise: Place): Place {
    const text = textAt(from, rule);
    return (text && writtenAt(text.written, from - text.base, to - text.base)) ?? otherwise;
  }

  /** What the parser or the planner says, at the place where Falco says it is and at ours. */
  function told(
    problem: Problem,
    code: ErrorCode,
    rule: Written | undefined,
    condition: string,
    parent: FileContext,
    otherwise: Place,
  ): Finding {
    return {
      severity: "error",
      falco: { code, message: problem.message, context: conditionContext(problem.offset, rule, condition, parent) },
      code: problem.code,
      message: problem.own ?? decapitalised(problem.message),
      place: place(problem.span.from, problem.span.to, rule, otherwise),
      help: problem.help,
    };
  }

  function conditionContext(
    offset: number,
    rule: Written | undefined,
    condition: string,
    parent: FileContext,
  ): ConditionContext {
    const text = textAt(offset, rule);
    const parser = text ? parserPosition(text.written.text, offset - text.base) : { offset: 0, line: 0, column: 0 };
    return { type: "condition expression", condition, parser, parent };
  }

  /** Lists put in, then parsed. */
  function parsed(
    condition: Written,
    conditionOf: FileContext,
    otherwise: Place,
    base: number,
  ): { readonly written: Written; readonly tree?: Condition } {
    const at: Where = { context: conditionContext(0, undefined, condition.text, conditionOf), place: otherwise };
    const most = Math.min(limits.conditionLength, lengthLeft);
    const written = withLists(condition, lists, most);
    if (!written || written.text.length > most) {
      const what =
        most < limits.conditionLength ? "and those before it are too long" : `is longer than ${most} characters`;
      found.add(problems.tooLong(at, `${what} once its lists are put in`));
      return { written: condition };
    }
    lengthLeft -= written.text.length;
    const outcome = parseCondition(written.text, { maxDepth });
    if (outcome.ok) return { written, tree: base > 0 ? moved(outcome.value, base) : outcome.value };
    const { problem } = outcome;
    const finding = told(problem, "LOAD_ERR_COMPILE_CONDITION", written, condition.text, conditionOf, otherwise);
    found.add(finding);
    return { written };
  }

  /** Macros put in. Complains of loops and unknown names, and of a tree that grows too large. */
  function resolved(
    tree: Condition,
    visible: VisibleMacros,
    rule: Written | undefined,
    condition: string,
    parent: FileContext,
    otherwise: Place,
  ): { readonly resolved: Resolved; readonly used: ReadonlySet<string> } | undefined {
    const result = resolvedMacros(tree, visible);
    const where = (node: MacroReference): Where => ({
      context: conditionContext(node.span.from, rule, condition, parent),
      place: place(node.span.from, node.span.to, rule, otherwise),
    });
    const [loop] = result.loops;
    if (loop) found.add(problems.macroLoop(where(loop), loop.name));
    else
      for (const node of result.unknown) {
        const others = [...of.macros.keys()].filter((name) => name !== node.name);
        const later = of.macros.has(node.name);
        found.add(
          problems.undefinedMacro(where(node), node.name, later, later ? undefined : nearest(node.name, others)),
        );
      }
    if (loop || result.unknown.length > 0) return undefined;
    const { nodes, depth } = result.resolved;
    const at = { context: conditionContext(0, undefined, condition, parent), place: otherwise };
    if (nodes > limits.conditionNodes)
      found.add(problems.tooLong(at, `has more than ${limits.conditionNodes} parts once its macros are put in`));
    else if (depth > limits.conditionDepth)
      found.add(problems.tooLong(at, `nests deeper than ${limits.conditionDepth} levels once its macros are put in`));
    else return result;
    return undefined;
  }

  // Macros: every one is parsed before any is resolved.
  const trees = new Map<string, Condition>();
  const finished = new Map<string, Resolved>();
  const broken = new Set<string>();
  let base = macroSpace;
  for (const info of of.macros.values()) {
    if (stopped()) break;
    const { written, tree } = parsed(joined(info.condition), info.conditionContext, info.place, base);
    macroTexts.push({ base, written });
    base += written.text.length + 1;
    if (tree) trees.set(info.name, tree);
    else broken.add(info.name);
  }
  const used = new Set<string>();
  for (const info of of.macros.values()) {
    if (stopped()) break;
    const tree = trees.get(info.name);
    if (!tree) continue;
    const visible: VisibleMacros = {
      tree: (name) =>
        (of.macros.get(name)?.index ?? 0) < info.visibility ? (finished.get(name) ?? trees.get(name)) : undefined,
    };
    if (mentions(tree, broken)) {
      broken.add(info.name);
      trees.delete(info.name);
      continue;
    }
    const result = resolved(tree, visible, undefined, joined(info.condition).text, info.context, info.place);
    if (result) {
      finished.set(info.name, result.resolved);
      for (const name of result.used) used.add(name);
    } else {
      broken.add(info.name);
      trees.delete(info.name);
    }
  }

  const rules: CompiledRule<E>[] = [];
  for (const info of of.rules.values()) {
    if (stopped()) break;
    const catalogue = info.unknownSource ? undefined : sources.get(info.source);
    if (!catalogue) continue;
    const rule = compiledRule(info, catalogue);
    if (rule && !info.unsound) rules.push(rule);
  }

  function compiledRule(info: RuleInfo, catalogue: Catalogue<E>): CompiledRule<E> | undefined {
    const { context, conditionContext: conditionOf, outputContext } = info;
    const full = withExceptions(info.condition, info.exceptions, found);
    if (!full) return undefined;
    const condition = joined(full.pieces);

    const output = outputFor(info, catalogue, appendOutput, found);
    const message = planMessage(output.text, catalogue, dialect);
    const outputErrors = found.errors;
    if (!message.ok) {
      const { problem } = message;
      if (skips(info, problem)) {
        found.add(skipped(problem, outputContext, output.place(problem.span.from, problem.span.to)));
        return undefined;
      }
      found.add({
        severity: "error",
        falco: { code: "LOAD_ERR_COMPILE_OUTPUT", message: problem.message, context: outputContext },
        code: problem.code,
        message: problem.own ?? decapitalised(problem.message),
        place: output.place(problem.span.from, problem.span.to),
        help: problem.help,
      });
      if (stopped()) return undefined;
    }
    output.warnOfDeprecated(found);
    const extraFields = extraFieldsFor(info, catalogue, appendOutput, dialect, found);

    if (stopped()) return undefined;
    const { written, tree } = parsed(condition, conditionOf, info.place, 0);
    if (!tree) return undefined;
    const bad = mentions(tree, broken);
    if (bad) {
      found.add(problems.brokenMacro(info.place, info.name, bad));
      return undefined;
    }
    const result = resolved(tree, { tree: (name) => finished.get(name) }, written, condition.text, context, info.place);
    if (!result) return undefined;
    for (const name of result.used) used.add(name);
    const at = { context: conditionContext(0, undefined, condition.text, conditionOf), place: info.place };
    nodesLeft -= result.resolved.nodes;
    if (nodesLeft < 0) {
      found.add(problems.tooLong(at, `and those before it have more than ${limits.allConditionsNodes} parts`));
      return undefined;
    }
    const final = result.resolved.condition;
    const na = hasUnsafeNa(final);
    if (na) found.add(problems.unsafeNa({ ...at, place: place(na.from, na.to, written, info.place) }));
    const plan = planCondition(final, catalogue, dialect);
    if (!plan.ok) {
      const { problem } = plan;
      if (skips(info, problem))
        found.add(skipped(problem, conditionOf, place(problem.span.from, problem.span.to, written, info.place)));
      else found.add(told(problem, "LOAD_ERR_COMPILE_CONDITION", written, condition.text, conditionOf, info.place));
      return undefined;
    }
    for (const warning of plan.value.warnings) {
      const finding = told(warning, "LOAD_ERR_COMPILE_CONDITION", written, condition.text, conditionOf, info.place);
      const falco = finding.falco && { ...finding.falco, code: "LOAD_COMPILE_CONDITION" as const };
      found.add({ ...finding, severity: "warning", falco });
    }
    if (!message.ok || !extraFields || found.errors > outputErrors) return undefined;
    const loaded: LoadedRule<E> = {
      name: info.name,
      description: info.description,
      priority: info.priority,
      source: info.source,
      tags: [...info.tags].sort(compareBytes),
      enabled: info.enabled,
      origin: { file: info.place.file.name, line: info.place.file.position(info.place.from).line + 1 },
      condition: final,
      test: plan.value.test,
      message: message.value,
      extraFields,
    };
    return {
      info,
      loaded,
      output: output.text,
      exceptionFields: full.fields,
      place: (from, to) => place(from, to, written, info.place),
    };
  }

  const macros = [...of.macros.values()].flatMap((info): CompiledMacro[] => {
    const condition = finished.get(info.name)?.condition;
    return condition ? [{ info, condition, used: used.has(info.name) }] : [];
  });
  // With errors about, what seems unused may be used by what could not be read.
  if (found.errors === 0) {
    for (const { info, used: isUsed } of macros)
      if (!isUsed) found.add(problems.unusedMacro({ context: info.context, place: info.place }, info.name));
    for (const list of lists)
      if (!list.used) found.add(problems.unusedList({ context: list.info.context, place: list.info.place }, list.name));
  }
  return { lists, macros, rules };
}

const decapitalised = (message: string): string => message.charAt(0).toLowerCase() + message.slice(1);

/** `skip-if-unknown-filter` helps with these (reference 01 §1.13). */
const skippable = ["nonexistent field", "invalid formatting token", "unknown event type", "unknown filter:"];
const skips = (info: RuleInfo, problem: Problem): boolean =>
  info.skipIfUnknownFilter && skippable.some((words) => problem.message.includes(words));

const skipped = (problem: Problem, context: FileContext, place: Place): Finding => ({
  severity: "warning",
  falco: { code: "LOAD_UNKNOWN_FILTER", message: problem.message, context },
  code: problem.code,
  message: `the rule is left out: ${problem.own ?? decapitalised(problem.message)}`,
  place,
  help: problem.help,
});

/** The first macro that a tree names and that is among some. */
function mentions(tree: Condition, names: ReadonlySet<string>): string | undefined {
  if (names.size === 0) return undefined;
  if (tree.kind === "macro") return names.has(tree.name) ? tree.name : undefined;
  if (tree.kind === "not") return mentions(tree.child, names);
  if (tree.kind === "and" || tree.kind === "or")
    for (const child of tree.children) {
      const name = mentions(child, names);
      if (name !== undefined) return name;
    }
  return undefined;
}
