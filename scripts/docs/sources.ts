/** A page for each kind of source, read off its facts, and the guide's table of all of them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { SourceKind } from "../../src/domain/source.ts";
import { fieldEntries } from "../../src/fields/index.ts";
import { sources } from "../../src/sources/index.ts";
import { code, opening, type Page, table } from "./page.ts";

const kinds: readonly SourceKind[] = Object.values(sources);
const list = (items: readonly string[]) => items.map((item) => `- ${item}\n`).join("");
const block = (language: string, text: string) => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;

/** Fields of rules that have no value by a way that never brings what they read. */
function valueless(lacks: readonly string[]): string {
  const isLacking = (path: string) => lacks.some((lack) => path === lack || path.startsWith(`${lack}/`));
  const names = fieldEntries.filter(({ paths }) => paths.length > 0 && paths.every(isLacking)).map(({ name }) => name);
  return names.length === 0
    ? ""
    : `\nFields without a value by this way, so that rules which ask for one cannot fire: ${names.map(code).join(", ")}.\n`;
}

function page({ type, doc, facts }: SourceKind): Page {
  const { title, flow, isSteady, permissions, limits, delay, cost, blind, steps, example } = facts;
  const rights = permissions.length === 0 ? "None.\n" : list(permissions);
  const told = steps.map((step) => `\n${step.title}:\n\n${block("sh", step.commands ?? "")}`).join("");
  return {
    path: `docs/reference/sources/${type}.md`,
    render: () => `${opening(`Source ${code(type)}: ${title}`, "the source's facts in `src/sources/`")}
${doc}

| | |
|---|---|
| for | ${facts.for} |
| way | ${flow === "push" ? "its peer comes to us" : "we go and read"} |
| delay | ${delay} |
| cost | ${cost} |
| when it is silent | ${isSteady ? "a detection, *Audit Source Silent*, after `health.silent_after_secs`" : "nothing: silence is usual"} |

## What it needs

${rights}
## What it cannot see

${list(blind)}${valueless(facts.lacks ?? [])}
## Limits

${list(limits)}
## Setting it up
${told}
In \`tiercel.yaml\`, every option in [config.md](../config.md):

${block("yaml", example)}`,
  };
}

const guide = "docs/guide/collect.md";
const [begin, end] = ["<!-- the sources, by `npm run docs` -->\n", "<!-- so far -->\n"];

/** The guide is written by hand; between its marks stands the table. */
const guideTable: Page = {
  path: guide,
  render() {
    const text = readFileSync(fileURLToPath(new URL(`../../${guide}`, import.meta.url)), "utf8");
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${guide} lacks its marks \`${begin.trim()}\` and \`${end.trim()}\``);
    const rows = kinds.map(({ type, facts }) => [
      `[${code(type)}](../reference/sources/${type}.md)`,
      facts.for,
      facts.permissions.join(" "),
      facts.blind.join(" "),
      `${facts.delay} ${facts.cost}`,
    ]);
    const head = ["source", "for", "what it needs", "what it cannot see", "delay and cost"];
    return `${text.slice(0, from)}${begin}\n${table(head, rows)}\n${text.slice(to)}`;
  },
};

export const sourcePages: readonly Page[] = [...kinds.map(page), guideTable];
