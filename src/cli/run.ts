/** From arguments to an exit code: runs the command that they name and shows what was wrong with them. */
import { CommanderError } from "commander";
import { commandTree } from "./commands.ts";
import { exitCodes, type Io, UsageError } from "./io.ts";

/** `args` without the names of the runtime and the program. What is thrown is a bug of ours. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  const { program, exitCode } = commandTree(io);
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
