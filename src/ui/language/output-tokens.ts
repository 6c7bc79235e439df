/** The words of an output template: `%field[argument]`, `%call(…)`, and what is neither. */
import { transformerNames } from "../../engine/syntax.ts";
import { conditionTokens, type Names, type Token } from "./condition-tokens.ts";

const fieldForm = /[a-zA-Z][a-zA-Z0-9_.]*/y;

export function outputTokens(text: string, names: Names): readonly Token[] {
  const tokens: Token[] = [];
  for (let percent = text.indexOf("%"); percent >= 0; percent = text.indexOf("%", percent + 1)) {
    const from = percent + 1 + /^[0-9]*/.exec(text.slice(percent + 1, percent + 33))![0].length;
    const call = transformerNames.find((name) => text.startsWith(`${name}(`, from));
    if (call !== undefined) {
      const to = closed(text, from + call.length);
      tokens.push({ kind: "keyword", from: percent, to: from });
      for (const token of conditionTokens(text.slice(from, to), names))
        tokens.push({ ...token, from: token.from + from, to: token.to + from });
      continue;
    }
    fieldForm.lastIndex = from;
    const written = fieldForm.exec(text)?.[0] ?? "";
    // The longest part of it that is a field; what follows is plain text, such as a full stop.
    let { length } = written;
    while (length > 0 && !names.field(written.slice(0, length))) length--;
    const to = from + (length > 0 ? length : written.length);
    tokens.push({ kind: length > 0 ? "field" : "unknown-field", from: percent, to: Math.max(to, percent + 1) });
    const argument = length > 0 ? /^\[[^\]\s]*\]/.exec(text.slice(to))?.[0].length : undefined;
    if (argument !== undefined) tokens.push({ kind: "argument", from: to, to: to + argument });
  }
  return tokens;
}

/** Behind the bracket that closes the one at an offset, or the end of the line. */
function closed(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return at + 1;
  }
  return text.length;
}
