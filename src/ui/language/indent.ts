/** How far a new line of a rules file is indented, by the one above it. */

/** Below `- rule: x` and `key:` and `key: >` two further, else as the line before. */
export function indentBelow(line: string): number {
  const own = /^ */.exec(line)![0].length;
  const text = line.slice(own).trimEnd();
  const dash = /^-\s+/.exec(text)?.[0].length ?? 0;
  const inside = own + dash;
  if (/^[^#"']*:(?:\s+[|>][-+0-9]*)?$/.test(text)) return inside + 2;
  return dash > 0 && !/^-\s+[\w-]+:/.test(text) ? own : inside;
}
