/** Where the thread that takes in begins. It only begins here, so that all else is compiled out of the cache. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";

if (import.meta.filename.endsWith(".js")) enableCompileCache(join(import.meta.dirname, "../../.compile-cache"));

await import("./taking-in.ts");
