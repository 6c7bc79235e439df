/** The commands around policies as files. */
import { type Command, Option } from "commander";
import type { ServerChoice } from "./client.ts";
import { examples, output, type Runs } from "./command-options.ts";
import type { Io } from "./io.ts";

export function policiesCommands(program: Command, io: Io, runs: Runs): void {
  const policies = program
    .command("policies")
    .description(
      "Policies of a running server as files: which rules count, where, how gravely.\n\n" +
        "Of the policies that come with Tiercel only scope, switches, channels, runbook and mute can be changed.",
    )
    .summary("policies of a running server as files");
  asking(policies.command("list"))
    .description("Print each policy in a line: whether it is on, its severity, kind, name, rules and scope.")
    .summary("print the policies")
    .addHelpText("after", examples(["what counts here?", "tiercel policies list"]) + whereToken)
    .action(runs(async (flags: ServerChoice) => (await import("./policies.ts")).policiesList(flags, io)));
  asking(policies.command("export"))
    .description("Print all policies as a file that `policies apply` reads.")
    .summary("print the policies as a file")
    .addOption(output("yaml", "json"))
    .addHelpText(
      "after",
      examples(["keep them in a repository", "tiercel policies export > policies.yaml"]) + whereToken,
    )
    .action(
      runs(async (flags: ServerChoice & { readonly output: "yaml" | "json" }) =>
        (await import("./policies.ts")).policiesExport(flags, io),
      ),
    );
  asking(policies.command("diff"))
    .description("Print what a file says otherwise than the server has it. The exit code is 1 where anything differs.")
    .summary("print what a file would change")
    .addOption(file())
    .addHelpText("after", examples(["what would change?", "tiercel policies diff -f policies.yaml"]) + whereToken)
    .action(
      runs(async (flags: ServerChoice & { readonly file: string }) =>
        (await import("./policies.ts")).policiesDiff(flags, io),
      ),
    );
  asking(policies.command("apply"))
    .description("Put what a file says into place. What it does not name stays, unless --prune is given.")
    .summary("put a file's policies into place")
    .addOption(file())
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--prune", "remove policies of your own that the file does not have")
    .addHelpText(
      "after",
      examples(
        ["see first, then do", "tiercel policies apply -f policies.yaml --dry-run"],
        ["the file is the truth", "tiercel policies apply -f policies.yaml --prune"],
      ) + whereToken,
    )
    .action(
      runs(
        async (flags: ServerChoice & { readonly file: string; readonly dryRun?: boolean; readonly prune?: boolean }) =>
          (await import("./policies.ts")).policiesApply(flags, io),
      ),
    );
}

const file = () => new Option("-f, --file <path>", "the file of policies").makeOptionMandatory();

const asking = (command: Command): Command =>
  command
    .option("--server <url>", "the server to ask (default: TIERCEL_SERVER, or http://127.0.0.1:7766)")
    .option("--data <dir>", "the server's data folder, for its admin-token");

const whereToken = `
The token is read from TIERCEL_TOKEN, or from admin-token in the server's data folder (--data, default ./tiercel-data).
`;
