// Installs what the lock file names, when it is not there yet, and builds. Plain JavaScript of Node 20: it runs before the pinned runtime exists.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stampFile = join(root, "node_modules", ".tiercel-setup");
const wanted = createHash("sha256")
  .update(readFileSync(join(root, "package-lock.json")))
  .digest("hex");
const installed = existsSync(stampFile) ? readFileSync(stampFile, "utf8") : "";

if (installed !== wanted) {
  say("installing dependencies");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  writeFileSync(stampFile, wanted);
}
if (process.argv.includes("--build")) {
  say("building");
  run("npm", ["run", "--silent", "build"]);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ["inherit", 2, 2],
    shell: process.platform === "win32",
  });
  if (error) fail(`cannot run ${command}: ${error.message}`);
  if (status !== 0) fail(`\`${command} ${args.join(" ")}\` failed; what it said stands above`);
}

function say(what) {
  process.stderr.write(`tiercel: ${what}\n`);
}

function fail(why) {
  say(why);
  process.exit(1);
}
