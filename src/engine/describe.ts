/** What `falco -L` tells of rules, macros and lists: what was written, and what came of it (reference 01 §1.19). */
import { compareBytes } from "../text/bytes.ts";
import type { ExceptionEntry } from "./collect.ts";
import type { CompiledMacro, CompiledRule } from "./compile.ts";
import type { ExpandedList } from "./lists.ts";
import type { Loaded } from "./load.ts";
import { parseCondition } from "./parse.ts";
import { printCondition } from "./print.ts";
import type { Json } from "./report.ts";
import type { Comparison, Condition, Operand } from "./syntax.ts";
import { joined, type Piece } from "./written.ts";

export interface Description {
  readonly required_engine_version: string;
  readonly required_plugin_versions: Json;
  readonly rules: readonly Described[];
  readonly macros: readonly Described[];
  readonly lists: readonly Described[];
}

export interface Described {
  readonly info: { readonly [key: string]: Json };
  readonly details: { readonly [key: string]: Json };
}

const text = (pieces: readonly Piece[]): string => joined(pieces).text;
const sorted = (names: Iterable<string>): readonly string[] => [...new Set(names)].sort(compareBytes);

/** Keys in the order Falco's JSON has them: sorted. */
export function describe<E>({ compiled, collected, requiredEngineVersion }: Loaded<E>): Description {
  const macros = new Set(collected.macros.keys());
  const lists = new Set(collected.lists.keys());
  return {
    required_engine_version: requiredEngineVersion,
    required_plugin_versions: collected.plugins.map(([first, ...alternatives]) => ({
      name: first?.name ?? "",
      version: first?.version ?? "",
      ...(alternatives.length > 0
        ? { alternatives: alternatives.map(({ name, version }) => ({ name, version })) }
        : {}),
    })),
    rules: compiled.rules.map((rule) => describedRule(rule, macros, lists)),
    macros: compiled.macros.map((macro) => describedMacro(macro, macros, lists)),
    lists: compiled.lists.map((list) => describedList(list, lists)),
  };
}

function describedRule<E>(rule: CompiledRule<E>, macros: ReadonlySet<string>, lists: ReadonlySet<string>): Described {
  const { info, loaded, output, exceptionFields } = rule;
  const written = namesIn(text(info.condition), macros, lists);
  const details = conditionDetails(loaded.condition);
  return {
    info: {
      capture: info.capture,
      capture_duration: info.captureDuration,
      condition: text(info.condition),
      description: info.description,
      enabled: info.enabled,
      name: info.name,
      output: text(info.output),
      priority: info.priority,
      source: info.source,
      tags: loaded.tags,
    },
    details: {
      condition_compiled: printCondition(loaded.condition),
      condition_fields: details.fields,
      condition_operators: details.operators,
      exception_fields: sorted(exceptionFields),
      exception_names: sorted(info.exceptions.map(({ name }) => name)),
      exception_operators: sorted(info.exceptions.flatMap(({ comps }) => (comps ? texts(comps) : []))),
      lists: written.lists,
      macros: written.macros,
      output_compiled: output,
      output_fields: sorted(loaded.message.fieldNames),
    },
  };
}

const texts = (entry: ExceptionEntry): readonly string[] =>
  entry.list ? entry.items.flatMap(texts) : [entry.piece.text];

function describedMacro(
  { info, condition, used }: CompiledMacro,
  macros: ReadonlySet<string>,
  lists: ReadonlySet<string>,
): Described {
  const written = namesIn(text(info.condition), macros, lists);
  const details = conditionDetails(condition);
  return {
    info: { condition: text(info.condition), name: info.name },
    details: {
      condition_compiled: printCondition(condition),
      condition_fields: details.fields,
      condition_operators: details.operators,
      lists: written.lists,
      macros: written.macros,
      used,
    },
  };
}

function describedList({ name, info, items, used }: ExpandedList, lists: ReadonlySet<string>): Described {
  const isList = (item: Piece) => lists.has(item.text);
  return {
    info: { items: info.items.filter((item) => !isList(item)).map((item) => item.text), name },
    details: {
      // Items are shown without the quotes they are given in conditions.
      items_compiled: items.map((item) => unquoted(item.text)),
      lists: info.items.filter(isList).map((item) => item.text),
      used,
    },
  };
}

const unquoted = (item: string): string => {
  const quote = item[0];
  const isQuoted = item.length > 1 && (quote === '"' || quote === "'") && item.endsWith(quote) && item.includes(" ");
  return isQuoted ? item.slice(1, -1) : item;
};

/** Macros and lists that a condition names, as written; none where it can't be parsed without its lists. */
function namesIn(condition: string, macros: ReadonlySet<string>, lists: ReadonlySet<string>) {
  const parsed = parseCondition(condition);
  const named = { macros: new Set<string>(), lists: new Set<string>() };
  if (parsed.ok)
    visit(parsed.value, {
      macro: (name) => macros.has(name) && named.macros.add(name),
      check: ({ right }) => {
        if (right.kind !== "list") return;
        for (const { value } of right.items) if (lists.has(value)) named.lists.add(value);
      },
    });
  return { macros: sorted(named.macros), lists: sorted(named.lists) };
}

function conditionDetails(condition: Condition) {
  const fields = new Set<string>();
  const operators = new Set<string>();
  const operand = (of: Operand): void => {
    if (of.kind === "field") fields.add(of.argument ? `${of.name}[${of.argument}]` : of.name);
    else
      for (const argument of of.args) {
        if (argument.kind === "field" || argument.kind === "call") operand(argument);
        if (argument.kind === "call-list")
          for (const item of argument.items) if (item.kind === "field" || item.kind === "call") operand(item);
      }
  };
  visit(condition, {
    exists: (left) => {
      operand(left);
      operators.add("exists");
    },
    check: ({ left, operator, modifier, right }) => {
      operand(left);
      operators.add(modifier ? `${operator} ${modifier}` : operator);
      if (right.kind === "field" || right.kind === "call") operand(right);
    },
  });
  return { fields: sorted(fields), operators: sorted(operators) };
}

interface Visitor {
  macro?(name: string): void;
  exists?(left: Operand): void;
  check(comparison: Comparison): void;
}

/** Every check once, however often a macro's tree is shared. */
function visit(
  root: Condition,
  visitor: { [K in keyof Visitor]: (...args: Parameters<NonNullable<Visitor[K]>>) => unknown },
) {
  const seen = new Set<Condition>();
  const go = (node: Condition): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.kind === "and" || node.kind === "or") node.children.forEach(go);
    else if (node.kind === "not") go(node.child);
    else if (node.kind === "macro") visitor.macro?.(node.name);
    else if (node.kind === "exists") visitor.exists?.(node.left);
    else visitor.check(node);
  };
  go(root);
}
