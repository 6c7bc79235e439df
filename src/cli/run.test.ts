import type { Command } from "commander";
import { expect, test } from "vitest";
import { commandTree } from "./commands.ts";
import { testIo } from "./io.kit.ts";
import { run } from "./run.ts";

async function ran(...args: string[]) {
  const io = testIo();
  const exit = await run(args, io);
  return { exit, out: io.out(), err: io.err() };
}

const all = (command: Command): readonly Command[] => [command, ...command.commands.flatMap(all)];
const commands = all(commandTree(testIo()).program);
const wordsOf = (command: Command): string[] => (command.parent ? [...wordsOf(command.parent), command.name()] : []);

// A group of commands is taught by its members.
const single = commands.filter(({ commands }) => commands.length === 0);

test.for(single.map((command) => [wordsOf(command).join(" "), command] as const))(
  "`tiercel %s --help` describes itself and teaches by example",
  async ([path]) => {
    const { exit, out, err } = await ran(...path.split(" ").filter(Boolean), "--help");
    expect({ exit, err }).toEqual({ exit: 0, err: "" });
    expect(out).toMatch(/^Usage: tiercel/);
    const [, examples = ""] = out.split("\nExamples:\n");
    expect(examples.split("\n")[0]).toMatch(/^ {2}# [^A-Z]/);
    expect(examples.split("\n")[1]).toMatch(/^ {2}.*\btiercel\b/);
  },
);

test("a command or option that is nearly right is guessed", async () => {
  expect(await ran("repaly")).toEqual({
    exit: 2,
    out: "",
    err: "tiercel: unknown command 'repaly'\n(Did you mean replay?)\n(--help shows what there is)\n",
  });
  expect(await ran("rules", "lst")).toMatchObject({ exit: 2, err: expect.stringContaining("(Did you mean list?)") });
  expect(await ran("replay", "--fail-no", "x")).toMatchObject({
    exit: 2,
    err: expect.stringContaining("(Did you mean --fail-on?)"),
  });
});

test("a wrong value is told with those that are right", async () => {
  expect((await ran("replay", "-o", "yaml")).err).toContain("Allowed choices are text, json.");
  expect((await ran("replay", "--priority", "loud")).err).toContain("It must be one of Emergency, Alert, Critical,");
  expect((await ran("rules", "explain", "X", "--event", "0")).err).toContain("It must be a whole number from 1.");
});

test("without a command help is talk, and a mistake of use", async () => {
  const { exit, out, err } = await ran();
  expect({ exit, out }).toEqual({ exit: 2, out: "" });
  expect(err).toMatch(/^Usage: tiercel/);
});

test("the version is data", async () => {
  expect(await ran("--version")).toEqual({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: "" });
});
