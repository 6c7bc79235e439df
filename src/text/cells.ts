/** How text stands in a terminal: how many cells a character takes, and what must not reach it as it is. */

/** Cells of a character: 0 for what combines with the one before, 2 for wide ones, as Unicode's East Asian Width has it. */
export function cells(char: string): number {
  if (/^[\p{Mn}\p{Me}\u200b-\u200f\u2060]/u.test(char)) return 0;
  return wide.test(char) ? 2 : 1;
}

const wide =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}])/u;

/**
 * A text without what would steer the terminal: control characters as their pictures (␛), directional overrides and
 * lone surrogates as U+FFFD. Tabs and line ends stay.
 */
export function tame(text: string): string {
  if (/^[\t\n -~]*$/.test(text)) return text;
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b-\x1f]/g, (char) => String.fromCharCode(0x2400 + char.charCodeAt(0)))
    .replace(/\x7f/g, "\u2421")
    .replace(/[\x80-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
