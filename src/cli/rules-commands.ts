/** How `tiercel rules …` is called. */
import { type Command, Option } from "commander";
import { compat, examples, output, type Runs, rulesOption, wholeNumber } from "./command-options.ts";
import type { Io } from "./io.ts";

export function rulesCommands(program: Command, io: Io, runs: Runs): void {
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
    .option("--plan", "tell how the engine asks the rules: what it looks up, what the scan tells, what is left")
    .addHelpText(
      "after",
      examples(
        ["all rules in a line or two", "tiercel rules describe"],
        ["one rule", 'tiercel rules describe "Attach/Exec Pod"'],
        ["fields, macros, lists and compiled conditions", "tiercel rules describe -r mine.yaml -o json"],
        ["what makes them quick to ask, or slow", "tiercel rules describe -r mine.yaml --plan"],
      ),
    )
    .action(
      runs(async (name: string | undefined, flags: { rules?: string[]; output: "text" | "json"; plan?: boolean }) => {
        if (flags.plan) {
          const { describeRulesPlan } = await import("./rules-plan.ts");
          return describeRulesPlan(flags.rules, io);
        }
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
