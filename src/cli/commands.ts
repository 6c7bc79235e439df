/** The command tree: names, options, help by example. Each command's own module is loaded when it is run. */
import { Argument, Command } from "commander";
import { auditPolicyCommands } from "./audit-policy-commands.ts";
import { examples, type Runs } from "./command-options.ts";
import { enableCommands } from "./enabling/commands.ts";
import type { ExitCode, Io } from "./io.ts";
import { manifestsCommand } from "./manifests-command.ts";
import { policiesCommands } from "./policies-commands.ts";
import { replayCommand } from "./replay-command.ts";
import { rulesCommands } from "./rules-commands.ts";
import { serverCommands } from "./server-commands.ts";
import { version } from "./version.ts";

export interface CommandTree {
  readonly program: Command;
  /** What the command that ran answered. */
  readonly exitCode: () => ExitCode;
}

/** A tree whose commands speak through `io`. */
export function commandTree(io: Io): CommandTree {
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

  serverCommands(program, io, runs);
  replayCommand(program, io, runs);
  rulesCommands(program, io, runs);
  policiesCommands(program, io, runs);
  enableCommands(program, io, runs);
  auditPolicyCommands(program, io, runs);
  manifestsCommand(program, io, runs);
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
