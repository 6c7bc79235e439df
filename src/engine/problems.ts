/** Everything that can be wrong with rules files apart from what parser and planner say: one entry each, in Falco's words and in ours. */
import type { Context, Finding } from "./findings.ts";
import type { ErrorCode, WarningCode } from "./result-codes.ts";
import type { Place } from "./written.ts";

interface Where {
  readonly context: Context;
  /** What we underline. */
  readonly place: Place;
}

interface Own {
  readonly code: string;
  readonly message: string;
  readonly help?: string | undefined;
}

const error = (code: ErrorCode, message: string, { context, place }: Where, own: Own): Finding => ({
  severity: "error",
  falco: { code, message, context },
  place,
  ...own,
});
const warning = (code: WarningCode, message: string, { context, place }: Where, own: Own): Finding => ({
  severity: "warning",
  falco: { code, message, context },
  place,
  ...own,
});
const ours = (severity: Finding["severity"], place: Place, own: Own): Finding => ({ severity, place, ...own });

const guessed = (guess: string | undefined): string | undefined =>
  guess === undefined ? undefined : `did you mean \`${guess}\`?`;
const article = (word: string): string => (/^[aeiou]/.test(word) ? `an ${word}` : `a ${word}`);

const listNames = `([^()"'[:space:]=,]+)`;
const macroNames = "([a-zA-Z]+[a-zA-Z0-9_]*)";
const useOverride = "Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";

export const problems = {
  // The file

  notYaml: (at: Where, falcoMessage: string, own: string) =>
    error("LOAD_ERR_YAML_PARSE", falcoMessage, at, {
      code: "not-yaml",
      message: `the file is not YAML: ${own}`,
      help: own.includes("tab") ? "indent with spaces" : undefined,
    }),
  scalarDocument: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Rules content is not yaml", at, {
      code: "not-a-list-of-items",
      message: "a rules file is a list of items, and this is a text",
      help: "begin each item with `- rule:`, `- macro:` or `- list:`",
    }),
  mappingDocument: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Rules content is not yaml array of objects", at, {
      code: "not-a-list-of-items",
      message: "a rules file is a list of items, and this is a single mapping",
      help: "put `- ` before its first key, and indent the others",
    }),
  itemNotMapping: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Unexpected element type. Each element should be a yaml associative array.", at, {
      code: "item-not-a-mapping",
      message: "an item is a mapping, with a key `rule`, `macro` or `list`",
    }),
  unknownItem: (at: Where, guess?: string) =>
    warning("LOAD_UNKNOWN_ITEM", "Unknown top level item", at, {
      code: "unknown-item",
      message: "this item is ignored: it has no key that says what it is",
      help:
        guessed(guess) ??
        "an item has a key `rule`, `macro`, `list`, `required_engine_version` or `required_plugin_versions`",
    }),
  unknownKey: (at: Where, key: string, kind: string, guess?: string) =>
    warning("LOAD_UNKNOWN_KEY", `Unknown key '${key}'. The key will be ignored.`, at, {
      code: "unknown-key",
      message: `${article(kind)} has no key \`${key}\`; it is ignored`,
      help: guessed(guess),
    }),
  unknownInnerKey: (place: Place, key: string, kind: string, guess?: string) =>
    ours("warning", place, {
      code: "unknown-key",
      message: `${article(kind)} has no key \`${key}\`; it is ignored`,
      help: guessed(guess),
    }),
  repeatedKey: (place: Place, key: string) =>
    ours("warning", place, {
      code: "repeated-key",
      message: `\`${key}\` is here a second time; the first one counts`,
      help: "remove one of them",
    }),
  tooManyItems: (at: Where, most: number) =>
    error("LOAD_ERR_VALIDATE", `more than ${most} items`, at, {
      code: "too-many-items",
      message: `no more than ${most} items can be loaded; this and the following are left out`,
    }),
  internalYaml: (at: Where, message: string, own: Own) => error("LOAD_ERR_VALIDATE", message, at, own),

  // Values

  missingKey: (at: Where, key: string, of: string, guess?: string) =>
    error("LOAD_ERR_YAML_VALIDATE", `Item has no mapping for key '${key}'`, at, {
      code: "missing-key",
      message: `${of} has no \`${key}\``,
      help: guess === undefined ? `add \`${key}:\`` : `did you mean \`${key}\` where it says \`${guess}\`?`,
    }),
  missingDefinition: (at: Where, name: string, guess?: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "Item has no mapping for key 'enabled'", at, {
      code: "missing-key",
      message: `the rule \`${name}\` has no \`condition\`, \`output\`, \`desc\` and \`priority\`, nor any change to make`,
      help:
        guess === undefined
          ? "write the four keys out, or say under `override` what changes"
          : `did you mean \`${guess}\`?`,
    }),
  emptyKey: (at: Where, key: string) =>
    error("LOAD_ERR_YAML_VALIDATE", `Mapping for key '${key}' is empty`, at, {
      code: "empty-key",
      message: `\`${key}\` has no value`,
      help: `give it one, or remove \`${key}:\``,
    }),
  notScalar: (at: Where, key: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "Value is not a scalar value", at, {
      code: "not-a-scalar",
      message: `the value of \`${key}\` is a text or a number, not a list or a mapping`,
    }),
  emptyText: (at: Where, key: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "Value must be non-empty", at, {
      code: "empty-text",
      message: key === "" ? "this value is an empty text" : `the value of \`${key}\` is an empty text`,
    }),
  undecodable: (at: Where, key: string, text: string, wanted: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "Can't decode YAML scalar value", at, {
      code: "wrong-type",
      message: `the value of \`${key}\` is ${wanted}, not \`${text}\``,
    }),
  notSequence: (at: Where, key: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "Value is not a sequence", at, {
      code: "not-a-list",
      message: `the value of \`${key}\` is a list`,
      help: `write \`${key}: [a, b]\`, or one line with \`- \` for each`,
    }),
  itemNotScalar: (at: Where, key: string) =>
    error("LOAD_ERR_YAML_VALIDATE", "sequence value is not scalar", at, {
      code: "not-a-scalar",
      message: `what stands in \`${key}\` are texts or numbers; this is neither`,
    }),
  invalidPriority: (at: Where, priority: string, guess: string | undefined, all: readonly string[]) =>
    error("LOAD_ERR_YAML_VALIDATE", "Invalid priority", at, {
      code: "invalid-priority",
      message: `\`${priority}\` is no priority`,
      help: guessed(guess) ?? `priorities are ${all.join(", ")}`,
    }),

  // required_engine_version, required_plugin_versions

  unreadableVersion: (at: Where, version: string) =>
    error(
      "LOAD_ERR_YAML_VALIDATE",
      `Unable to parse engine version '${version}' as a semver string. Expected "x.y.z" semver format.`,
      at,
      {
        code: "invalid-version",
        message: `\`${version}\` is no version`,
        help: "a version is three numbers with dots between: `0.31.0`",
      },
    ),
  engineTooOld: (at: Where, required: string, has: string) =>
    error("LOAD_ERR_VALIDATE", `Rules require engine version ${required}, but engine version is ${has}`, at, {
      code: "engine-too-old",
      message: `these rules are written for the rule language of Falco's engine ${required}; this one speaks that of ${has}`,
      help: "take a version of the rules made for an older engine, or a newer version of this program",
    }),
  pluginsNotSequence: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Value of required_plugin_versions must be a sequence", at, {
      code: "not-a-list",
      message: "the value of `required_plugin_versions` is a list of plugins",
    }),
  pluginNotMapping: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Plugin version must be a mapping", at, {
      code: "not-a-mapping",
      message: "a plugin requirement is a mapping with `name` and `version`",
    }),
  alternativesNotSequence: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Value of plugin version alternatives must be a sequence", at, {
      code: "not-a-list",
      message: "the value of `alternatives` is a list of plugins",
    }),
  alternativeNotMapping: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Plugin version alternative must be a mapping", at, {
      code: "not-a-mapping",
      message: "an alternative is a mapping with `name` and `version`",
    }),
  invalidPluginVersion: (at: Where, version: string, plugin: string) =>
    error("LOAD_ERR_VALIDATE", `Invalid required version '${version}' for plugin '${plugin}'`, at, {
      code: "invalid-version",
      message: `\`${version}\` is no version that the plugin \`${plugin}\` can have`,
      help: "a version is three numbers with dots between: `0.7.0`",
    }),
  repeatedPlugin: (at: Where, plugin: string) =>
    error("LOAD_ERR_VALIDATE", `Defined multiple alternative version requirements for plugin '${plugin}'`, at, {
      code: "repeated-plugin",
      message: `the plugin \`${plugin}\` comes twice in one requirement`,
    }),

  // Lists and macros

  invalidListName: (at: Where, name: string) =>
    warning(
      "LOAD_INVALID_LIST_NAME",
      `List has an invalid name. List names should match a regular expression: ${listNames}`,
      at,
      {
        code: "invalid-list-name",
        message: `\`${name}\` is no good name for a list`,
        help: "leave out brackets, quotes, blanks, commas and equal signs",
      },
    ),
  invalidMacroName: (at: Where, name: string) =>
    warning(
      "LOAD_INVALID_MACRO_NAME",
      `Macro has an invalid name. Macro names should match a regular expression: ${macroNames}`,
      at,
      {
        code: "invalid-macro-name",
        message: `no condition can name a macro \`${name}\``,
        help: "a name is a letter, then letters, digits and underscores",
      },
    ),
  appendDeprecated: (at: Where, key: string) =>
    warning("LOAD_DEPRECATED_ITEM", `'append' key is deprecated. ${useOverride}`, at, {
      code: "deprecated-append",
      message: "`append` is deprecated",
      help: `write \`override: {${key}: append}\` instead`,
    }),
  appendAndOverride: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", `Keys 'override' and 'append: true' cannot be used together. ${useOverride}`, at, {
      code: "append-and-override",
      message: "`append: true` cannot stand beside `override`",
      help: "remove `append: true`; say `append` under `override`",
    }),
  appendToNoList: (at: Where, name: string, guess?: string) =>
    error(
      "LOAD_ERR_VALIDATE",
      "List uses 'append' or 'override.items: append' but no list by that name already exists",
      at,
      {
        code: "append-to-nothing",
        message: `there is no list \`${name}\` before this to append to`,
        help: guessed(guess) ?? "define it first, or load its file before this one",
      },
    ),
  appendToNoMacro: (at: Where, name: string, guess?: string) =>
    error(
      "LOAD_ERR_VALIDATE",
      "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists",
      at,
      {
        code: "append-to-nothing",
        message: `there is no macro \`${name}\` before this to append to`,
        help: guessed(guess) ?? "define it first, or load its file before this one",
      },
    ),

  // override

  cannotAppend: (at: Where, key: string, guess?: string) =>
    error("LOAD_ERR_YAML_VALIDATE", `Key '${key}' cannot be appended to, use 'replace' instead`, at, {
      code: "invalid-override",
      message: `\`${key}\` cannot be appended to`,
      help: guessed(guess) ?? "use `replace`",
    }),
  cannotReplace: (at: Where, key: string, guess?: string) =>
    error("LOAD_ERR_YAML_VALIDATE", `Key '${key}' cannot be replaced`, at, {
      code: "invalid-override",
      message: `\`${key}\` cannot be overridden`,
      help: guessed(guess),
    }),
  invalidOperation: (at: Where, key: string, operation: string, allowed: readonly string[], guess?: string) =>
    error(
      "LOAD_ERR_YAML_VALIDATE",
      `Invalid override operation for key '${key}': '${operation}'. Allowed values are: ${allowed.map((one) => `${one} `).join("")}`,
      at,
      {
        code: "invalid-override",
        message: `\`${operation}\` is nothing that can be done to \`${key}\``,
        help:
          guessed(guess) ?? (allowed.length > 0 ? `use ${allowed.map((one) => `\`${one}\``).join(" or ")}` : undefined),
      },
    ),
  overrideNotDefined: (at: Where, operation: string, key: string) =>
    error(
      "LOAD_ERR_YAML_VALIDATE",
      `An ${operation} override for '${key}' was specified but '${key}' is not defined`,
      at,
      {
        code: "override-without-value",
        message: `\`override\` says to ${operation} \`${key}\`, but the item has no \`${key}\``,
        help: `add \`${key}:\`, or remove it under \`override\``,
      },
    ),
  valueNotOverridden: (at: Where, key: string) =>
    error(
      "LOAD_ERR_YAML_VALIDATE",
      `Unexpected key '${key}': no corresponding entry under 'override' is defined.`,
      at,
      {
        code: "value-without-override",
        message: `\`${key}\` is given, but \`override\` doesn't say what to do with it`,
        help: `add \`${key}: replace\` under \`override\``,
      },
    ),

  // Rules

  otherSource: (at: Where, name: string, before: string, now: string) =>
    error("LOAD_ERR_VALIDATE", "Rule has been re-defined with a different source", at, {
      code: "other-source",
      message: `the rule \`${name}\` is of the source \`${before}\`, and here of \`${now}\``,
      help: `write \`source: ${before}\`, or give the rule another name`,
    }),
  unknownSource: (at: Where, source: string, guess?: string) =>
    warning("LOAD_UNKNOWN_SOURCE", `Unknown source ${source}, skipping`, at, {
      code: "unknown-source",
      message: `there are no events of the source \`${source}\`; the rule is left out`,
      help: guessed(guess),
    }),
  appendToNoRule: (at: Where, name: string, guess?: string) =>
    error(
      "LOAD_ERR_VALIDATE",
      "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists",
      at,
      {
        code: "append-to-nothing",
        message: `there is no rule \`${name}\` before this to append to`,
        help: guessed(guess) ?? "define it first, or load its file before this one",
      },
    ),
  replaceNoRule: (at: Where, name: string, guess?: string) =>
    error(
      "LOAD_ERR_VALIDATE",
      "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists",
      at,
      {
        code: "override-of-nothing",
        message: `there is no rule \`${name}\` before this to override`,
        help: guessed(guess) ?? "define it first, or load its file before this one",
      },
    ),
  appendsNothing: (at: Where) =>
    error("LOAD_ERR_VALIDATE", "Appended rule must have exceptions or condition property", at, {
      code: "appends-nothing",
      message: "`append: true` appends a `condition` or `exceptions`, and there is neither",
    }),
  enableNoRule: (at: Where, name: string, guess?: string) =>
    error("LOAD_ERR_VALIDATE", "Rule has 'enabled' key but no rule by that name already exists", at, {
      code: "enables-nothing",
      message: `there is no rule \`${name}\` before this to switch on or off`,
      help: guessed(guess) ?? "define it first, or load its file before this one",
    }),
  enabledDeprecated: (at: Where) =>
    warning(
      "LOAD_DEPRECATED_ITEM",
      "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').",
      at,
      {
        code: "deprecated-enabled",
        message: "`enabled` alone is deprecated",
        help: "add `override: {enabled: replace}`",
      },
    ),
  appendedPrecedence: (place: Place, joining: string) =>
    ours("warning", place, {
      code: "precedence-changed",
      message: `\`${joining}\` here does not apply to the whole condition it is appended to: texts are joined, and \`and\` binds before \`or\``,
      help: "replace the condition instead, with brackets where they belong",
    }),

  // Exceptions

  exceptionsNotSequence: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Rule exceptions must be a sequence", at, {
      code: "not-a-list",
      message: "the value of `exceptions` is a list",
    }),
  exceptionNotMapping: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Rule exception must be a mapping", at, {
      code: "not-a-mapping",
      message: "an exception is a mapping with `name`, `fields`, `comps` and `values`",
    }),
  valuesNotSequence: (at: Where) =>
    error("LOAD_ERR_YAML_VALIDATE", "Rule exception values must be a sequence", at, {
      code: "not-a-list",
      message: "the value of `values` is a list",
    }),
  repeatedException: (at: Where, name: string) =>
    warning("LOAD_EXCEPTION_NAME_NOT_UNIQUE", `Multiple definitions of exception '${name}' in the same rule`, at, {
      code: "repeated-exception",
      message: `the rule has an exception \`${name}\` already; both count`,
      help: "give one of them another name",
    }),
  noValues: (at: Where, hint: string | undefined) =>
    warning("LOAD_APPEND_NO_VALUES", "Overriding/appending exception with no values", at, {
      code: "no-values",
      message: "this adds nothing to the exception: there are no `values`",
      help: hint === undefined ? undefined : `did you mean \`values\` where it says \`${hint}\`?`,
    }),
  emptyFields: (at: Where, appended: boolean) =>
    error(
      "LOAD_ERR_VALIDATE",
      appended
        ? "Rule exception must have fields property with a list of fields"
        : "Rule exception item must have fields property with a list of fields",
      at,
      { code: "no-fields", message: "an exception names the fields it compares: a field, or a list of them" },
    ),
  emptyValues: (at: Where) =>
    error("LOAD_ERR_VALIDATE", "Rule exception must have values property with a list of values", at, {
      code: "no-values",
      message: "a new exception that is appended has `values`",
    }),
  appendedFields: (at: Where, key: "fields" | "comps") =>
    error("LOAD_ERR_VALIDATE", `Can not append exception ${key} to existing exception, only values`, at, {
      code: `appended-${key}`,
      message: `the exception has its \`${key}\` already; only \`values\` can be appended`,
      help: `remove \`${key}:\`, or give the exception another name`,
    }),
  compsLength: (at: Where) =>
    error("LOAD_ERR_VALIDATE", "Fields and comps lists must have equal length", at, {
      code: "comps-length",
      message: "`comps` has one operator for each of `fields`",
    }),
  compsNotText: (at: Where) =>
    error("LOAD_ERR_VALIDATE", "Fields and comps must both be strings", at, {
      code: "comps-not-a-text",
      message: "where `fields` is a single field, `comps` is a single operator",
    }),
  singleComparison: (at: Where, operator: string) =>
    error(
      "LOAD_ERR_VALIDATE",
      "When fields is a single value, comps must be one of (in, pmatch, intersects) or a modifier operator (e.g. startswith oneof)",
      at,
      {
        code: "single-comparison",
        message: `\`${operator}\` cannot compare a single field with all the values`,
        help: "use `in`, `pmatch`, `intersects`, or a modifier as in `startswith anyof`",
      },
    ),
  unknownOperator: (at: Where, operator: string, guess?: string) =>
    error("LOAD_ERR_VALIDATE", `'${operator}' is not a supported comparison operator`, at, {
      code: "unknown-operator",
      message: `\`${operator}\` is no operator`,
      help: guessed(guess),
    }),
  unknownExceptionField: (at: Where, field: string, guess?: string) =>
    error("LOAD_ERR_VALIDATE", `'${field}' is not a supported filter field`, at, {
      code: "unknown-field",
      message: `no field is called \`${field}\``,
      help: guessed(guess),
    }),
  exceptionField: (at: Where, message: string, help?: string) =>
    error("LOAD_ERR_VALIDATE", message, at, { code: "invalid-field", message, help }),
  valuesLength: (at: Where, fields: number, values: number | undefined) =>
    error("LOAD_ERR_VALIDATE", "Fields and values lists must have equal length", at, {
      code: "values-length",
      message:
        values === undefined
          ? "each of `values` is a list, with one value for each of `fields`"
          : `each of \`values\` has one value for each of \`fields\`: ${fields}, not ${values}`,
      help: values === undefined ? "write `- [a, b]`" : undefined,
    }),
  nestedValue: (at: Where) =>
    error("LOAD_ERR_VALIDATE", "Expected values array to contain a list of strings", at, {
      code: "nested-value",
      message: "where `fields` is a single field, `values` is a plain list",
    }),

  // Conditions and outputs

  /** `later`: there is one of that name, but a macro sees only those defined before it. */
  undefinedMacro: (at: Where, name: string, later: boolean, guess?: string) =>
    error("LOAD_ERR_VALIDATE", `Undefined macro '${name}' used in filter.`, at, {
      code: "undefined-macro",
      message: later ? `the macro \`${name}\` is not defined before this` : `no macro is called \`${name}\``,
      help: later ? `move \`- macro: ${name}\` up, before the macro that uses it` : guessed(guess),
    }),
  macroLoop: (at: Where, name: string) =>
    error("LOAD_ERR_VALIDATE", `reference loop in macro '${name}'`, at, {
      code: "macro-loop",
      message: `the macro \`${name}\` refers to itself`,
    }),
  tooLong: (at: Where, what: string) =>
    error("LOAD_ERR_COMPILE_CONDITION", `condition ${what}`, at, {
      code: "condition-too-large",
      message: `the condition ${what}`,
      help: "use fewer or smaller lists and macros",
    }),
  brokenMacro: (place: Place, rule: string, macro: string) =>
    ours("warning", place, {
      code: "left-out",
      message: `the rule \`${rule}\` is left out: its macro \`${macro}\` has an error`,
    }),
  unsafeNa: (at: Where) =>
    warning("LOAD_UNSAFE_NA_CHECK", "", at, {
      code: "unsafe-na",
      message: "a field without a value is never equal nor unequal to `<NA>`",
      help: "ask with `exists` whether it has a value",
    }),
  unusedMacro: (at: Where, name: string) =>
    warning("LOAD_UNUSED_MACRO", "Macro not referred to by any other rule/macro", at, {
      code: "unused-macro",
      message: `nothing uses the macro \`${name}\``,
    }),
  unusedList: (at: Where, name: string) =>
    warning("LOAD_UNUSED_LIST", "List not referred to by any other rule/macro", at, {
      code: "unused-list",
      message: `nothing uses the list \`${name}\``,
    }),
  nestedList: (place: Place, name: string, compat: boolean) =>
    ours("warning", place, {
      code: "nested-list",
      message: compat
        ? `the list \`${name}\` stays as text here: lists of lists of lists are not put in`
        : `the list \`${name}\` is put in here; Falco leaves its name as text, three lists deep`,
      help: "write its items out, or name it in the outermost list",
    }),
  containerInfo: (at: Where) =>
    warning(
      "LOAD_DEPRECATED_ITEM",
      "%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. The container plugin will automatically add required fields to the output message.",
      at,
      { code: "deprecated-field", message: "`%container.info` is deprecated; it is taken out", help: "remove it" },
    ),
  deprecatedInOutput: (at: Where, field: string): Finding => {
    const message = `usage of deprecated field '${field}' has been detected in the rule output`;
    const found = warning("LOAD_DEPRECATED_ITEM", message, at, {
      code: "deprecated-field",
      message: `\`${field}\` is deprecated`,
    });
    return { ...found, falco: { code: "LOAD_DEPRECATED_ITEM", message, context: at.context, deprecatedField: field } };
  },
  deprecatedInCondition: (at: Where, field: string): Finding => {
    const message =
      field === "evt.dir"
        ? "due to the drop of enter events, 'evt.dir = <' always evaluates to true, and 'evt.dir = >' always evaluates to false. The rule expression can be simplified by removing the condition on 'evt.dir'"
        : "field is not available due to the drop of enter events.";
    const found = warning("LOAD_DEPRECATED_ITEM", message, at, {
      code: "deprecated-field",
      message: `\`${field}\` is deprecated`,
      help: "remove it",
    });
    return { ...found, falco: { code: "LOAD_DEPRECATED_ITEM", message, context: at.context, deprecatedField: field } };
  },
};

export type { Where };
