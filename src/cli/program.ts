/** One command of the tree, its exit code the process's. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";

// Whoever reads our output may have heard enough: `tiercel replay … | head` ends without a word.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

// Talk that nobody can take, as to a file on a full disk, must not stop a server; there is nowhere left to say so.
process.stderr.on("error", () => undefined);

/** For a bug of ours, as sysexits.h has it: no exit code of a command's may be mistaken for it. */
const softwareError = 70;

try {
  process.exitCode = await run(process.argv.slice(2), processIo());
} catch (error) {
  process.exitCode = softwareError;
  const told = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`tiercel: this is a bug of Tiercel's; please report it with what stands below\n${told}\n`);
}
