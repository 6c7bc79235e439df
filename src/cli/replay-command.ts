/** How `tiercel replay` is called. */
import { type Command, Option } from "commander";
import type { Priority } from "../domain/detection.ts";
import type { SelectionEntry } from "../engine/selection.ts";
import { compat, examples, output, priority, type Runs, repeatable, rulesOption } from "./command-options.ts";
import type { Io } from "./io.ts";

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

export function replayCommand(program: Command, io: Io, runs: Runs): void {
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

function selectionEntry(operation: "enable" | "disable", text: string): SelectionEntry {
  return text.startsWith("tag=") ? { operation, tag: text.slice(4) } : { operation, rule: text };
}
