/** What is wrong in a text somebody wrote, where, and what to do about it; drawn for a terminal. */

/** A text with the name people know it by: a path, or what stands for one. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

export interface Diagnostic {
  /** Kebab-case: `unknown-option`. */
  readonly code: string;
  /** Small first letter, no full stop. */
  readonly message: string;
  /** Where it is, UTF-16 offsets, `to` not included; absent where no text holds it: an option, a variable. */
  readonly place?: { readonly source: Source; readonly from: number; readonly to: number };
  /** What holds it instead: `--listen`, `TIERCEL_LOG__LEVEL`. */
  readonly origin?: string;
  readonly help?: string;
}

/** Line and column of an offset, both from 1. */
export function position({ text }: Source, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** As people read it: the place and the words, the line with what is wrong underlined, the remedy. */
export function drawn({ code, message, place, origin, help }: Diagnostic): string {
  const remedy = help === undefined ? [] : [`help: ${help}`];
  if (place === undefined)
    return [`${origin === undefined ? "" : `${origin}: `}${message} [${code}]`, ...remedy].join("\n");
  const { source, from, to } = place;
  const { line, column } = position(source, from);
  const words = (source.text.split("\n")[line - 1] ?? "").replace(/\r$/, "");
  const margin = `${line} | `;
  // A tab stays a tab under a tab, so that the marks stand where the terminal puts the words.
  const indent = " ".repeat(margin.length) + words.slice(0, column - 1).replace(/[^\t]/g, " ");
  const marks = "^".repeat(Math.max(1, Math.min(to - from, words.length - column + 1)));
  return [`${source.name}:${line}:${column}: ${message} [${code}]`, margin + words, indent + marks, ...remedy].join(
    "\n",
  );
}
