/** The command that all others hang on. */
import { Command } from "commander";
import { examples, type Runs } from "./command-options.ts";
import type { ExitCode } from "./io.ts";
import { version } from "./version.ts";

export interface CommandTree {
  readonly program: Command;
  /** What the command that ran answered. */
  readonly exitCode: () => ExitCode;
}

/** Alone; `runs` is how commands that are added to it answer. */
export function rootCommand(): CommandTree & { readonly runs: Runs } {
  let answer: ExitCode = 0;
  const runs: Runs =
    (run) =>
    async (...args) => {
      answer = await run(...args);
    };
  const program = new Command("tiercel")
    .description("Detects what matters in Kubernetes audit events, by Falco's rules.")
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show help")
    .helpCommand("help [command]", "show help for a command")
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .configureHelp({ sortSubcommands: false, showGlobalOptions: false })
    .addHelpText(
      "after",
      examples(
        ["see it at work", "tiercel serve --demo"],
        ["judge a saved audit log by our own rules", "tiercel replay /var/log/kubernetes/audit/"],
        ["judge it by Falco's, alerts as JSON", "tiercel replay -r k8s_audit_rules.yaml -o json audit.log"],
        ["ask why a rule kept silent", 'tiercel rules explain -r my.yaml "My rule" event.json'],
      ) + endings,
    );

  return { program, runs, exitCode: () => answer };
}

const endings = `
Exit codes:
  0  fine    1  findings    2  usage or invalid input    3  cannot reach
`;
