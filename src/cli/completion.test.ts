import { execFileSync, spawnSync } from "node:child_process";
import { Command, Option } from "commander";
import { describe, expect, test } from "vitest";
import { commandTree } from "./commands.ts";
import { completion, type Shell } from "./completion.ts";
import { testIo } from "./io.kit.ts";

const real = commandTree(testIo()).program;

/** What bash would offer behind these words. */
function offered(...words: readonly string[]): string[] {
  const script = `${completion("bash", real)}
COMP_WORDS=(tiercel ${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length}; _tiercel
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync("bash", ["-c", script], { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("bash", () => {
  test("offers commands, the commands below them, and choices", () => {
    expect(offered("rep")).toEqual(["replay"]);
    expect(offered("rules", "")).toEqual(
      real.commands.find((one) => one.name() === "rules")?.commands.map((one) => one.name()),
    );
    expect(offered("completion", "")).toEqual(["bash", "zsh", "fish"]);
    expect(offered("replay", "x.json", "-o", "")).toEqual(["text", "json"]);
    expect(offered("rules", "fields", "--output", "m")).toEqual(["markdown"]);
  });

  test("offers a command's own options, and leaves files to the shell", () => {
    expect(offered("rules", "test", "--")).toEqual(["--output", "--help"]);
    expect(offered("replay", "--fal")).toEqual(["--falco-compat"]);
    expect(offered("replay", "-r", "")).toEqual([]);
    expect(offered("replay", "")).toEqual([]);
  });
});

const shells: readonly Shell[] = ["bash", "zsh", "fish"];
const isThere = (shell: Shell) => spawnSync(shell, ["-c", "true"]).status === 0;

describe("every shell", () => {
  for (const shell of shells) {
    test.skipIf(!isThere(shell))(`${shell} can read its script`, () => {
      const { status, stderr } = spawnSync(shell, ["-n"], { input: completion(shell, real), encoding: "utf8" });
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    });
  }

  test("a tree of one command, whole", () => {
    const program = new Command("tiercel").description("Talk.");
    program
      .command("go")
      .description("Go's on.")
      .addOption(new Option("-s, --speed <how>", "how: fast").choices(["slow", "fast"]));
    expect(
      completion("fish", program),
    ).toBe(`# fish completion of tiercel: tiercel completion fish > ~/.config/fish/completions/tiercel.fish
function __tiercel_place
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l longer (string trim -- "$place $word")
    if contains -- "$longer" 'go'
      set place $longer
    end
  end
  echo "$place"
end
complete -c tiercel -n 'test (__tiercel_place) = \\'\\'' -f -a 'go' -d 'Go\\'s on.'
complete -c tiercel -n 'test (__tiercel_place) = \\'\\'' -s h -l help -d 'show help'
complete -c tiercel -n 'test (__tiercel_place) = \\'go\\'' -s s -l speed -x -a 'slow fast' -d 'how: fast'
complete -c tiercel -n 'test (__tiercel_place) = \\'go\\'' -s h -l help -d 'show help'
`);
    expect(completion("zsh", program)).toContain(`    'go')
      options=('-s:how: fast' '--speed:how: fast' '-h:show help' '--help:show help')
      entries=() ;;`);
    expect(completion("zsh", program)).toContain("    'go:--speed') compadd -- 'slow' 'fast'; return ;;");
  });
});
