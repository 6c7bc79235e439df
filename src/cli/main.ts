/** The program `tiercel`: one command of the tree, its exit code the process's. */
import { processIo } from "./io.ts";
import { run } from "./run.ts";

// Whoever reads our output may have heard enough: `tiercel replay … | head` ends without a word.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

process.exitCode = await run(process.argv.slice(2), processIo());
