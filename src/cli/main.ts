/** The program `tiercel`. It only begins here, so that all else is compiled out of the cache. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

// Compiling is a third of a start. The cache stands beside the built program and is its owner's alone: whoever could write
// into one under /tmp could run code of his own as us. Where it cannot be written, starts take longer, and no word is lost.
const built = import.meta.filename.endsWith(".js");
if (built) enableCompileCache(join(import.meta.dirname, "../.compile-cache"));

await import("./program.ts");
