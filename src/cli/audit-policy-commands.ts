/** How `tiercel audit-policy …` is called. */
import { type Command, Option } from "commander";
import { examples, output, type Runs } from "./command-options.ts";
import type { Io } from "./io.ts";

export function auditPolicyCommands(program: Command, io: Io, runs: Runs): void {
  const policy = program
    .command("audit-policy")
    .description(
      "Print, check and explain audit policies: the files by which API servers decide what they record, and how much of it.",
    )
    .summary("print, check and explain API servers' audit policies")
    .addHelpText(
      "after",
      examples(
        ["a policy that feeds our rules", "tiercel audit-policy print --kubernetes 1.30 > policy.yaml"],
        ["what is amiss in this one?", "tiercel audit-policy lint /etc/kubernetes/audit-policy.yaml"],
      ),
    );

  policy
    .command("print")
    .description("Print the audit policy that records what our rules read, and not more, for a version of Kubernetes.")
    .summary("print the policy that feeds our rules")
    .option("--kubernetes <version>", "the API server's version, like 1.30 (default: a policy for 1.23 and later)")
    .addOption(
      new Option("--level-cap <level>", "record nothing deeper than this").choices([
        "Metadata",
        "Request",
        "RequestResponse",
      ]),
    )
    .addOption(output("yaml", "json"))
    .addHelpText(
      "after",
      examples(
        ["for a cluster of today", "tiercel audit-policy print --kubernetes 1.34"],
        ["no bodies at all", "tiercel audit-policy print --kubernetes 1.34 --level-cap Metadata"],
      ),
    )
    .action(
      runs(async (flags: import("./audit-policy.ts").PrintOptions) => {
        const { printPolicy } = await import("./audit-policy.ts");
        return printPolicy(flags, io);
      }),
    );

  policy
    .command("lint")
    .description(
      "Check audit policies.\n\n" +
        "Shown are mistakes for which an API server would not start (exit code 2), and what it takes without a word " +
        "although it is hardly meant: misspelt members, rules that no request reaches, credentials in the log, requests " +
        "that go unseen (exit code 1).",
    )
    .summary("check audit policies")
    .argument("<FILE...>", "audit policies; `-` is standard input")
    .addOption(output("text", "json"))
    .addHelpText(
      "after",
      examples(
        ["before an API server reads it", "tiercel audit-policy lint policy.yaml"],
        ["for a program to read", "tiercel audit-policy lint -o json policy.yaml"],
      ),
    )
    .action(
      runs(async (files: string[], flags: { output: "text" | "json" }) => {
        const { lintPolicies } = await import("./audit-policy.ts");
        return lintPolicies(files, flags, io);
      }),
    );

  policy
    .command("explain")
    .description(
      "Tell for each event which rule of a policy decides on it, at which level, and what would therefore be missing.",
    )
    .summary("tell which rule decides on an event")
    .argument("<FILE>", "the audit policy")
    .argument("[EVENT...]", "audit events, as `replay` reads them; without any, standard input")
    .addOption(output("text", "json"))
    .addHelpText("after", examples(["would this be recorded?", "tiercel audit-policy explain policy.yaml event.json"]))
    .action(
      runs(async (file: string, events: string[], flags: { output: "text" | "json" }) => {
        const { explainPolicy } = await import("./audit-policy-explain.ts");
        return explainPolicy(file, events, flags, io);
      }),
    );
}
