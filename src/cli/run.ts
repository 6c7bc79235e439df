/** From arguments to an exit code: runs the command that they name and shows what was wrong with them. */
import { CommanderError } from "commander";
import { exitCodes, type Io, UsageError } from "./io.ts";
import { type CommandTree, rootCommand } from "./root-command.ts";
import { serveCommand } from "./server-commands.ts";

/** `args` without the names of the runtime and the program. What is thrown is a bug of ours. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { program, exitCode } = await treeFor(args[0], io);
  const writes: Promise<void>[] = [];
  const everyCommand = (command: typeof program): void => {
    command.exitOverride().configureOutput({
      writeOut: (text) => writes.push(io.stdout.write(text)),
      writeErr: (text) => writes.push(io.stderr.write(text)),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      outputError: (text, write) => write(text.replace(/^error: /, "tiercel: ")),
    });
    command.commands.forEach(everyCommand);
  };
  everyCommand(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.fine : exitCodes.invalid;
    if (!(error instanceof UsageError)) throw error;
    await io.stderr.write(`tiercel: ${error.message}\n`);
    if (error.help !== undefined) await io.stderr.write(`help: ${error.help}\n`);
    return exitCodes.invalid;
  } finally {
    await Promise.all(writes);
  }
}

/** A server is waited for by API servers, so it does not load what other commands need to tell what they take. */
async function treeFor(name: string | undefined, io: Io): Promise<CommandTree> {
  if (name !== "serve") return (await import("./commands.ts")).commandTree(io);
  const { program, runs, exitCode } = rootCommand();
  serveCommand(program, io, runs);
  return { program, exitCode };
}
