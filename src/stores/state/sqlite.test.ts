/** The embedded state: the contract, what a kill leaves, and what lies on the disk. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, describe, expect, test } from "vitest";
import { stateContract } from "../state.contract.ts";
import { NewerState, openState } from "./index.ts";
import { migrations } from "./migrations.ts";

const folders: string[] = [];
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "tiercel-state-"));
  folders.push(made);
  return join(made, "state");
}
afterEach(async () => {
  for (const made of folders.splice(0)) await rm(made, { recursive: true });
});

stateContract("SQLite", async () => {
  const dir = join(mkdtempSync(join(tmpdir(), "tiercel-state-")), "state");
  return { open: () => openState({ dir }), remove: () => rm(join(dir, ".."), { recursive: true }) };
});

describe("on the disk", () => {
  test("the files are their owner's alone, and hold no token", async () => {
    const dir = folder();
    const state = await openState({ dir });
    await state.addToken({ name: "ops", role: "admin", secret: "never-to-be-written-down" });
    const files = readdirSync(dir);
    expect(files).toContain("state.sqlite");
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    for (const file of files) {
      expect([file, statSync(join(dir, file)).mode & 0o777]).toEqual([file, 0o600]);
      expect(readFileSync(join(dir, file), "latin1")).not.toContain("never-to-be-written-down");
    }
    await state.close();
  });

  test("what was set before a kill -9 is there after it", async () => {
    const dir = folder();
    const script = `
      import { openState } from ${JSON.stringify(join(import.meta.dirname, "index.ts"))};
      const state = await openState({ dir: ${JSON.stringify(dir)} });
      for (let n = 1; ; n++) { await state.set("n", String(n)); process.stdout.write(n + "\\n"); }`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.on("data", (data) => {
      told += data;
      if (told.length > 200) child.kill("SIGKILL");
    });
    await once(child, "close");
    const acknowledged = Number(told.split("\n").at(-2));
    const state = await openState({ dir });
    expect(Number(await state.get("n"))).toBeGreaterThanOrEqual(acknowledged);
    await state.close();
  });

  test("a state of a newer Tiercel is refused by name, and left as it is", async () => {
    const dir = folder();
    await (await openState({ dir })).close();
    const database = new DatabaseSync(join(dir, "state.sqlite"));
    database.exec(`PRAGMA user_version = ${migrations.length + 1}`);
    database.close();
    const file = join(dir, "state.sqlite");
    await expect(openState({ dir })).rejects.toThrow(new NewerState(file, migrations.length + 1, migrations.length));
  });

  test("a damaged file is named, with a way out", async () => {
    const dir = folder();
    await (await openState({ dir })).close();
    writeFileSync(join(dir, "state.sqlite"), "no database, but long enough to be taken for one".repeat(100));
    await expect(openState({ dir })).rejects.toThrow(
      /state\.sqlite is damaged \(.*\): restore it from a backup, or move it away/,
    );
  });
});
