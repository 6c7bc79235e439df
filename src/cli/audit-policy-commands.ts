/** How `tiercel audit-policy …` is called. */
import { type Command, Option } from "commander";
import { examples, output, type Runs, repeatable, rulesOption } from "./command-options.ts";
import type { Io } from "./io.ts";

const forVersion = (): Option =>
  new Option("--kubernetes <version>", "the API server's version, like 1.30 (default: a policy for 1.23 and later)");

const levelCap = (): Option =>
  new Option("--level-cap <level>", "record nothing deeper than this").choices([
    "Metadata",
    "Request",
    "RequestResponse",
  ]);

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
    .addOption(forVersion())
    .addOption(levelCap())
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
    .command("generate")
    .description(
      "Print the smallest audit policy under which rules answer as they would if everything were recorded: levels from " +
        "what their fields read, verbs and resources as far as their conditions say them.\n\n" +
        "Secrets, token reviews and tokens are never recorded with their contents; rules that read those are named " +
        "(exit code 1). With --policy it also says what that policy does not record of what they ask for.",
    )
    .summary("make the smallest policy for the rules one wants")
    .addOption(rulesOption())
    .addOption(repeatable("--rule <name>", "a rule by its name; repeat it for several (default: all that are enabled)"))
    .addOption(forVersion())
    .addOption(levelCap())
    .option("--policy <file>", "a policy in use: say what it lacks for these rules; `-` is standard input")
    .addOption(output("yaml", "json"))
    .addHelpText(
      "after",
      examples(
        ["for our rules", "tiercel audit-policy generate > policy.yaml"],
        ["for two of them", 'tiercel audit-policy generate --rule "Attach/Exec Pod" --rule "Create Privileged Pod"'],
        [
          "for rules of one's own, beside what is in use",
          "tiercel audit-policy generate -r mine.yaml --policy policy.yaml",
        ],
      ),
    )
    .action(
      runs(async (flags: import("./audit-policy-generate.ts").GenerateOptions) =>
        (await import("./audit-policy-generate.ts")).generate(flags, io),
      ),
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
    .option("--kubernetes <version>", "also what an API server of this version does not know, like 1.22")
    .addOption(output("text", "json"))
    .addHelpText(
      "after",
      examples(
        ["before an API server reads it", "tiercel audit-policy lint policy.yaml"],
        ["before an older one reads it", "tiercel audit-policy lint --kubernetes 1.22 policy.yaml"],
        ["for a program to read", "tiercel audit-policy lint -o json policy.yaml"],
      ),
    )
    .action(
      runs(async (files: string[], flags: { output: "text" | "json"; kubernetes?: string }) => {
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
