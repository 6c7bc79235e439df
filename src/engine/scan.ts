/** The tokens of a condition (reference 01 §3.1): how far each reaches, counted in UTF-16 units. Falco's classes are of ASCII. */

/** Behind the blanks at `from`: space, tab, backspace, CR, LF. */
export function afterBlanks(text: string, from: number): number {
  let at = from;
  while (isBlank(text.charCodeAt(at))) at++;
  return at;
}

/** Behind any white space: vertical tab and form feed too, but no backspace. */
export function afterSpace(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** A scanner answers where the token that begins at `from` ends; `from` itself where none does. */
export type Scan = (text: string, from: number) => number;

export const scanName: Scan = (text, from) => {
  if (!isLetter(text.charCodeAt(from))) return from;
  let at = from + 1;
  while (isNamePart(text.charCodeAt(at))) at++;
  return at;
};

/** Names joined by dots, two at least. */
export const scanFieldName: Scan = (text, from) => {
  const first = scanName(text, from);
  if (first === from) return from;
  let end = first;
  while (text.charCodeAt(end) === dot) {
    const next = scanName(text, end + 1);
    if (next === end + 1) break;
    end = next;
  }
  return end === first ? from : end;
};

export const scanNumber: Scan = (text, from) => {
  if (text.charCodeAt(from) === zero && (text.charCodeAt(from + 1) | 0x20) === letterX) {
    let end = from + 2;
    while (isHexDigit(text.charCodeAt(end))) end++;
    if (end > from + 2) return end;
  }
  const sign = isSign(text.charCodeAt(from)) ? 1 : 0;
  let end = afterDigits(text, from + sign);
  if (end === from + sign) return from;
  if (text.charCodeAt(end) === dot) end = afterDigits(text, end + 1);
  // An exponent needs its sign.
  if ((text.charCodeAt(end) | 0x20) === letterE && isSign(text.charCodeAt(end + 1))) {
    const exponent = afterDigits(text, end + 2);
    if (exponent > end + 2) end = exponent;
  }
  return end;
};

/** A constant without quotes. */
export const scanBareValue: Scan = (text, from) => {
  let at = from;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && !`()"'=,`.includes(text[at]!)) at++;
  return at;
};

/** A field's argument without quotes. */
export const scanBareArgument: Scan = (text, from) => {
  let at = from;
  while (at < text.length && !isSpace(text.charCodeAt(at)) && !`[]"'`.includes(text[at]!)) at++;
  return at;
};

/**
 * A quoted string ends at the first same quote without a backslash before it, whatever that backslash's own standing:
 * `"x\\"` has no end. A NUL ends the search.
 */
export const scanQuoted: Scan = (text, from) => {
  const quote = text[from];
  if (quote !== '"' && quote !== "'") return from;
  for (let at = from + 1; at < text.length && text[at] !== "\0"; at++) {
    if (text[at] === quote && text[at - 1] !== "\\") return at + 1;
  }
  return from;
};

const dot = 0x2e;
const zero = 0x30;
const letterE = 0x65;
const letterX = 0x78;

const isBlank = (unit: number): boolean =>
  unit === 0x20 || unit === 0x09 || unit === 0x08 || unit === 0x0a || unit === 0x0d;
const isSpace = (unit: number): boolean => unit === 0x20 || (unit >= 0x09 && unit <= 0x0d);
export const isLetter = (unit: number): boolean => {
  const lower = unit | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
};
export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
const isNamePart = (unit: number): boolean => isLetter(unit) || isDigit(unit) || unit === 0x5f;
const isHexDigit = (unit: number): boolean => isDigit(unit) || ((unit | 0x20) >= 0x61 && (unit | 0x20) <= 0x66);
const isSign = (unit: number): boolean => unit === 0x2b || unit === 0x2d;

function afterDigits(text: string, from: number): number {
  let at = from;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}
