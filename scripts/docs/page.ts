/** A generated page of the reference, and how its parts are written in Markdown. */

export interface Page {
  /** From the repository's root. */
  readonly path: string;
  /** The whole page, with its last newline; the same for the same code. */
  readonly render: () => string;
}

/** A page's first lines: its title, and where its text comes from, so that nobody edits it. */
export function opening(title: string, source: string): string {
  return `# ${title}\n\n*Generated from ${source} by \`npm run docs\`; edit it there.*\n`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |\n`;
  return `${line(head)}|${head.map(() => "---").join("|")}|\n${rows.map(line).join("")}`;
}

/** As code, whatever it holds. */
export function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${text} ${fence}` : `${fence}${text}${fence}`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
