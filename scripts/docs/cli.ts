/** The page of all commands: what each says of itself under `--help`. */
import type { Command } from "commander";
import { commandTree } from "../../src/cli/commands.ts";
import { processIo } from "../../src/cli/io.ts";
import { opening, type Page } from "./page.ts";

export const cli: Page = {
  path: "docs/reference/cli.md",
  render() {
    const { program } = commandTree(processIo());
    return `${opening("Command line", "the command tree, `src/cli/`")}
Standard output is data, standard error is talk. \`NO_COLOR\` switches colours off; where a stream is no terminal there are
none. Exit codes: 0 fine, 1 findings, 2 usage or invalid input, 3 cannot reach. \`replay\` exits with 0 whatever alerts it
prints, unless \`--fail-on\` or \`--strict\` says otherwise; \`rules validate\` exits with 1 on an error, as Falco does.

${sections(program, 2).join("\n")}`;
  },
};

function sections(command: Command, depth: number): readonly string[] {
  const path = pathOf(command);
  const section = `${"#".repeat(depth)} ${path}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`;
  return [section, ...command.commands.flatMap((one) => sections(one, Math.min(4, depth + 1)))];
}

const pathOf = (command: Command): string =>
  command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;

const width = 110;

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
    getOutHelpWidth: () => width,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  return text.trim();
}
