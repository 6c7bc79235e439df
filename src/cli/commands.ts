/** The command tree: names, options, help by example. Each command's own module is loaded when it is run. */
import { readFileSync } from "node:fs";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { type Priority, priorities } from "../domain/detection.ts";
import type { SelectionEntry } from "../engine/selection.ts";
import type { ExitCode, Io } from "./io.ts";

export interface CommandTree {
  readonly program: Command;
  /** What the command that ran answered. */
  readonly exitCode: () => ExitCode;
}

type Run<A extends readonly unknown[]> = (...args: A) => Promise<ExitCode>;

/** A tree whose commands speak through `io`. */
export function commandTree(io: Io): CommandTree {
  let answer: ExitCode = 0;
  const runs =
    <A extends readonly unknown[]>(run: Run<A>) =>
    async (...args: A): Promise<void> => {
      answer = await run(...args);
    };
  const program = new Command("tiercel")
    .description("Detects what matters in Kubernetes audit events, by Falco's rules.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      "after",
      examples(
        ["judge a saved audit log by our own rules", "tiercel replay /var/log/kubernetes/audit/"],
        ["judge it by Falco's, alerts as JSON", "tiercel replay -r k8s_audit_rules.yaml -o json audit.log"],
        ["ask why a rule kept silent", 'tiercel rules explain -r my.yaml "My rule" event.json'],
      ) + endings,
    );

  replayCommand(program, io, runs);
  rulesCommands(program, io, runs);
  program
    .command("completion")
    .description("Print a script that completes commands and options in a shell.")
    .summary("print a completion script for a shell")
    .addArgument(new Argument("<shell>", "whose script").choices(["bash", "zsh", "fish"]))
    .addHelpText(
      "after",
      examples(
        ["bash, for this session", "source <(tiercel completion bash)"],
        ["zsh, for good", `tiercel completion zsh > "\${fpath[1]}/_tiercel"`],
        ["fish, for good", "tiercel completion fish > ~/.config/fish/completions/tiercel.fish"],
      ),
    )
    .action(
      runs(async (shell: "bash" | "zsh" | "fish") => {
        const { completion } = await import("./completion.ts");
        await io.stdout.write(completion(shell, program));
        return 0;
      }),
    );
  return { program, exitCode: () => answer };
}

const endings = `
Exit codes:
  0  fine    1  findings    2  usage or invalid input    3  cannot reach
`;

type Runs = <A extends readonly unknown[]>(run: Run<A>) => (...args: A) => Promise<void>;

interface ReplayFlags {
  readonly rules?: readonly string[];
  readonly output: "text" | "json";
  readonly all?: boolean;
  readonly ruleMatching?: "first" | "all";
  readonly falcoCompat?: boolean;
  readonly failOn?: Priority;
  readonly priority?: Priority;
  readonly select?: readonly SelectionEntry[];
  readonly appendOutput?: readonly string[];
  readonly appendField?: readonly string[];
  readonly timeFormatIso8601?: boolean;
  readonly jsonIncludeMessageProperty?: boolean;
  readonly jsonIncludeOutputProperty?: boolean;
  readonly jsonIncludeOutputFieldsProperty?: boolean;
  readonly jsonIncludeTagsProperty?: boolean;
  readonly strict?: boolean;
  readonly quiet?: boolean;
}

function replayCommand(program: Command, io: Io, runs: Runs): void {
  const command = program
    .command("replay")
    .description(
      "Judge saved audit events and print alerts as Falco prints them.\n\n" +
        "Events may be JSON lines, event lists, arrays or pretty-printed objects, gzipped or not. A folder stands for its " +
        "files, oldest first, as audit logs are rotated. Without FILE, or with -, standard input is read.",
    )
    .summary("judge saved audit events and print alerts")
    .argument("[FILE...]", "files and folders of audit events, or - for standard input")
    .addOption(rulesOption())
    .addOption(output("text", "json"))
    .option("--all", "every rule that matches an event alerts, not the first alone (Falco's rule_matching: all)")
    .addOption(new Option("--rule-matching <how>", "the same, in Falco's words").choices(["first", "all"]))
    .addOption(compat())
    .addOption(priority("--fail-on <priority>", "exit with 1 if there was an alert this severe or more"))
    .addOption(priority("--priority <priority>", "leave out rules less severe than this"));
  for (const operation of ["disable", "enable"] as const) {
    command.addOption(
      new Option(
        `--${operation} <which>`,
        `switch rules ${operation === "enable" ? "on" : "off"}: a name, * for any text, or tag=NAME; applied in order`,
      ).argParser((text) => {
        const entry = selectionEntry(operation, text);
        command.setOptionValue("select", [...((command.getOptionValue("select") as SelectionEntry[]) ?? []), entry]);
        return entry;
      }),
    );
  }
  command
    .addOption(repeatable("--append-output <template>", "add this to every alert's output"))
    .addOption(repeatable("--append-field <field>", "add this field to every alert's output_fields"))
    .option("--time-format-iso-8601", "date and time in the text of alerts, not the time of day alone")
    .option("--json-include-message-property", "the bare message in JSON too")
    .option("--no-json-include-output-property", "no output in JSON")
    .option("--no-json-include-output-fields-property", "no output_fields in JSON")
    .option("--no-json-include-tags-property", "no tags in JSON")
    .option("--strict", "exit with 1 if anything could not be read as an audit event")
    .option("-q, --quiet", "no summary and no progress on stderr")
    .addHelpText(
      "after",
      examples(
        ["our own rules over a folder of rotated logs", "tiercel replay /var/log/kubernetes/audit/"],
        [
          "Falco's rules and one's own on top, alerts as JSON",
          "tiercel replay -r k8s_audit_rules.yaml -r mine.yaml -o json audit.log",
        ],
        ["straight from a pod", "kubectl logs -n kube-system audit-sink | tiercel replay -"],
        ["in a pipeline: fail on anything grave", "tiercel replay --fail-on critical audit.log.gz"],
        ["only the rules with a tag", "tiercel replay --disable '*' --enable tag=rbac audit.log"],
      ),
    )
    .action(
      runs(async (files: string[], flags: ReplayFlags) => {
        const { replay } = await import("./replay.ts");
        return replay(
          files,
          {
            rules: flags.rules,
            output: flags.output,
            matching: flags.ruleMatching ?? (flags.all ? "all" : "first"),
            falcoCompat: flags.falcoCompat,
            failOn: flags.failOn,
            priority: flags.priority,
            selection: flags.select,
            appendOutput: [
              ...(flags.appendOutput ?? []).map((extraOutput) => ({ extraOutput })),
              ...(flags.appendField ?? []).map((key) => ({ extraFields: [{ key }] })),
            ],
            time_format_iso_8601: flags.timeFormatIso8601,
            json_include_message_property: flags.jsonIncludeMessageProperty,
            json_include_output_property: flags.jsonIncludeOutputProperty,
            json_include_output_fields_property: flags.jsonIncludeOutputFieldsProperty,
            json_include_tags_property: flags.jsonIncludeTagsProperty,
            strict: flags.strict,
            quiet: flags.quiet,
          },
          io,
        );
      }),
    );
}

function rulesCommands(program: Command, io: Io, runs: Runs): void {
  const rules = program
    .command("rules")
    .description("Check, show, explain and test rules.")
    .summary("check, show, explain and test rules")
    .addHelpText(
      "after",
      examples(
        ["is this file sound?", "tiercel rules validate mine.yaml"],
        ["what may a rule ask about pods?", "tiercel rules fields pod"],
        ["do our tests hold?", "tiercel rules test rules/"],
      ),
    );

  rules
    .command("validate")
    .description(
      "Check rules files and answer as `falco -V` does.\n\n" +
        "Standard output is exactly Falco's. Beside it, standard error shows every mistake of every file at once, with its " +
        "place and a remedy. The exit code is 1 when a file is invalid.",
    )
    .summary("check rules files as `falco -V` does")
    .argument("<FILE...>", "rules files, or folders of them, in the order they load")
    .addOption(output("text", "json"))
    .option("--diagnostics", "show our own diagnostics beside JSON output too")
    .option("--no-diagnostics", "show Falco's answer alone")
    .addOption(compat())
    .addHelpText(
      "after",
      examples(
        ["one file", "tiercel rules validate mine.yaml"],
        ["files that build on each other", "tiercel rules validate k8s_audit_rules.yaml mine.yaml"],
        ["for a program to read", "tiercel rules validate -o json mine.yaml"],
      ),
    )
    .action(
      runs(
        async (files: string[], flags: { output: "text" | "json"; diagnostics?: boolean; falcoCompat?: boolean }) => {
          const { validate } = await import("./rules-validate.ts");
          return validate(files, flags, io);
        },
      ),
    );

  rules
    .command("list")
    .description("List the rules, one a line.")
    .summary("list the rules")
    .addOption(rulesOption())
    .addOption(output("text", "json", "name"))
    .addHelpText(
      "after",
      examples(
        ["those that come with Tiercel", "tiercel rules list"],
        ["those of a file", "tiercel rules list -r mine.yaml -o name"],
      ),
    )
    .action(
      runs(async (flags: { rules?: string[]; output: "text" | "json" | "name" }) => {
        const { list } = await import("./rules-list.ts");
        return list(flags, io);
      }),
    );

  rules
    .command("describe")
    .description(
      "Tell what is written in rules, macros and lists and what comes of it, as `falco -L` and `falco -l` do.",
    )
    .summary("tell what is written in rules and what comes of it")
    .argument("[NAME]", "one rule; without it, all")
    .addOption(rulesOption())
    .addOption(output("text", "json"))
    .addHelpText(
      "after",
      examples(
        ["all rules in a line or two", "tiercel rules describe"],
        ["one rule", 'tiercel rules describe "Attach/Exec Pod"'],
        ["fields, macros, lists and compiled conditions", "tiercel rules describe -r mine.yaml -o json"],
      ),
    )
    .action(
      runs(async (name: string | undefined, flags: { rules?: string[]; output: "text" | "json" }) => {
        const { describeRules } = await import("./rules-list.ts");
        return describeRules(name, flags, io);
      }),
    );

  rules
    .command("fields")
    .description("Tell the fields that rules may name: type, meaning, the audit level and stages at which each exists.")
    .summary("tell the fields that rules may name")
    .argument("[FILTER]", "only fields whose name, meaning or topic has this in it")
    .addOption(output("text", "markdown", "json", "name"))
    .addHelpText(
      "after",
      examples(["all of them", "tiercel rules fields"], ["what there is about images", "tiercel rules fields image"]),
    )
    .action(
      runs(async (filter: string | undefined, flags: { output: "text" | "markdown" | "json" | "name" }) => {
        const { fields } = await import("./rules-fields.ts");
        return fields(filter, flags, io);
      }),
    );

  rules
    .command("explain")
    .description(
      "Show why a rule matched an event or did not.\n\n" +
        "The condition is drawn as a tree, each part marked true or false, with the values that were found. For a value that " +
        "was absent it tells at which audit level and stages it would exist.",
    )
    .summary("show why a rule matched an event or did not")
    .argument("<RULE>", "the rule's name")
    .argument("[FILE...]", "audit events, as `replay` reads them; without any, standard input")
    .addOption(rulesOption())
    .addOption(output("text", "json"))
    .addOption(new Option("--event <number>", "only the event of this number, from 1").argParser(wholeNumber))
    .addOption(compat())
    .addHelpText(
      "after",
      examples(
        ["why was there no alert?", 'tiercel rules explain "Attach/Exec Pod" event.json'],
        [
          "the 17th event of a log, by a rule of one's own",
          'tiercel rules explain -r mine.yaml "My rule" --event 17 audit.log',
        ],
      ),
    )
    .action(
      runs(
        async (
          name: string,
          files: string[],
          flags: { rules?: string[]; output: "text" | "json"; event?: number; falcoCompat?: boolean },
        ) => {
          const { explain } = await import("./rules-explain.ts");
          return explain(name, files, flags, io);
        },
      ),
    );

  rules
    .command("test")
    .description(
      "Run rule tests: events in, expected alerts out.\n\n" +
        "A test file is YAML beside the rules: x.test.yaml tests x.yaml. The format is told in docs/guide/rule-tests.md.",
    )
    .summary("run rule tests")
    .argument("<FILE...>", "test files, or folders of them")
    .addOption(output("text", "junit"))
    .addHelpText(
      "after",
      examples(
        ["one file", "tiercel rules test mine.test.yaml"],
        ["all, for a CI server", "tiercel rules test rules/ -o junit > report.xml"],
      ),
    )
    .action(
      runs(async (files: string[], flags: { output: "text" | "junit" }) => {
        const { test } = await import("./rules-test.ts");
        return test(files, flags, io);
      }),
    );
}

function examples(...pairs: readonly (readonly [what: string, line: string])[]): string {
  return `\nExamples:\n${pairs.map(([what, line]) => `  # ${what}\n  ${line}\n`).join("")}`;
}

const rulesOption = (): Option =>
  repeatable(
    "-r, --rules <path>",
    "a rules file or a folder of them; repeat to load several in order (default: our own)",
  );

function repeatable(flags: string, description: string): Option {
  return new Option(flags, description).argParser((text: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    text,
  ]);
}

const output = (...formats: readonly string[]): Option =>
  new Option("-o, --output <format>", "how to print").choices(formats).default(formats[0]);

const compat = (): Option =>
  new Option("--falco-compat", "Falco's own answer where we correct a defect, and its strictness with input");

function priority(flags: string, description: string): Option {
  return new Option(flags, `${description}: ${priorities.join(", ")}`).argParser((text) => {
    const lower = text.toLowerCase();
    const known = priorities.find((one) => one.toLowerCase() === (lower === "info" ? "informational" : lower));
    if (known === undefined) throw new InvalidArgumentError(`It must be one of ${priorities.join(", ")}.`);
    return known;
  });
}

function selectionEntry(operation: "enable" | "disable", text: string): SelectionEntry {
  return text.startsWith("tag=") ? { operation, tag: text.slice(4) } : { operation, rule: text };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
}

function version(): string {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return String(version);
}
