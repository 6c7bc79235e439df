/** The command tree: names, options, help by example. Each command's own module is loaded when it is run. */
import { Argument } from "commander";
import { auditPolicyCommands } from "./audit-policy-commands.ts";
import { examples } from "./command-options.ts";
import { enableCommands } from "./enabling/commands.ts";
import type { Io } from "./io.ts";
import { manifestsCommand } from "./manifests-command.ts";
import { policiesCommands } from "./policies-commands.ts";
import { replayCommand } from "./replay-command.ts";
import { type CommandTree, rootCommand } from "./root-command.ts";
import { rulesCommands } from "./rules-commands.ts";
import { serverCommands } from "./server-commands.ts";

/** A tree whose commands speak through `io`. */
export function commandTree(io: Io): CommandTree {
  const { program, runs, exitCode } = rootCommand();
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
  return { program, exitCode };
}
