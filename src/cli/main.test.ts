import { spawn, spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { folderOf } from "./files.kit.ts";

const main = join(import.meta.dirname, "main.ts");
const bin = join(import.meta.dirname, "../../bin/tiercel");

test("a process answers with its command's exit code", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, "replay", "nowhere"], { encoding: "utf8" });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: "", stderr: "tiercel: there is no file nowhere\n" });
});

test("a reader that has heard enough ends it without a word", async () => {
  const event = JSON.stringify({
    kind: "Event",
    auditID: "a",
    stageTimestamp: "2024-05-06T07:08:09Z",
    verb: "get",
    objectRef: { name: "x".repeat(1000) },
  });
  const folder = folderOf({
    "r.yaml":
      "- rule: r\n  desc: d\n  condition: ka.verb = get\n  output: o %ka.target.name\n  priority: INFO\n  source: k8s_audit\n",
    "events.json": `${event}\n`.repeat(5000),
  });
  const child = spawn(process.execPath, [main, "replay", "-r", join(folder, "r.yaml"), join(folder, "events.json")]);
  let stderr = "";
  child.stderr.on("data", (data) => {
    stderr += data;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const status = await new Promise((resolve) => child.on("close", resolve));
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("bin/tiercel follows links, passes arguments on, and says what to do where nothing is built", () => {
  const folder = folderOf({
    "dist/cli/main.js": "console.log(process.argv.slice(2).join('|')); process.exitCode = 7;",
  });
  mkdirSync(join(folder, "bin"));
  copyFileSync(bin, join(folder, "bin/tiercel"));
  chmodSync(join(folder, "bin/tiercel"), 0o755);
  mkdirSync(join(folder, "node_modules/node/bin"), { recursive: true });
  symlinkSync(process.execPath, join(folder, "node_modules/node/bin/node"));
  symlinkSync("bin/tiercel", join(folder, "one"));
  mkdirSync(join(folder, "else where"));
  symlinkSync("../one", join(folder, "else where/two"));
  const built = spawnSync(join(folder, "else where/two"), ["a b", "c"], { encoding: "utf8", cwd: "/" });
  expect({ status: built.status, stdout: built.stdout, stderr: built.stderr }).toEqual({
    status: 7,
    stdout: "a b|c\n",
    stderr: "",
  });

  const bare = folderOf({ "bin/x": "" });
  copyFileSync(bin, join(bare, "bin/tiercel"));
  const missing = spawnSync("sh", [join(bare, "bin/tiercel"), "replay"], { encoding: "utf8" });
  expect(missing.status).toBe(2);
  expect(missing.stderr).toMatch(/^tiercel: this checkout is not built yet; run `npm ci && npm run build` in .*\n$/);
});
