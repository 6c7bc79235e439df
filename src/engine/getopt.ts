/** The transformer `getopt`: command lines taken apart as POSIX `getopt` does (reference 01 §4.12). */

/** Which letters are options, each with whether it takes a value. Letters are bytes; a non-ASCII one is none. */
export type Options = ReadonlyMap<string, boolean>;

/** An option string: `nt:` is the flag `n`, and `t` with a value. A leading `:` means nothing. */
export function readOptions(text: string): Options {
  const options = new Map<string, boolean>();
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter === ":") continue;
    const takesValue = text[i + 1] === ":";
    options.set(letter, takesValue || (options.get(letter) ?? false));
    if (takesValue) i++;
  }
  return options;
}

/** Calls `found` for each option in turn; `undefined` stands for a letter that is no option, `""` for a value that is missing. */
function walk(
  words: readonly string[],
  options: Options,
  found: (letter: string | undefined, value: string | undefined, missing: boolean) => void,
): void {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word.length > 2 && word.startsWith("--")) continue;
    if (word.length < 2 || word[0] !== "-" || word === "--") return;
    for (let i = 1; i < word.length; i++) {
      const letter = word[i]!;
      const takesValue = options.get(letter);
      if (takesValue === undefined) found(undefined, undefined, false);
      else if (!takesValue) found(letter, undefined, false);
      else if (i + 1 < word.length) {
        found(letter, word.slice(i + 1), false);
        break;
      } else if (at + 1 < words.length) {
        at++;
        found(letter, words[at]!, false);
        break;
      } else found(letter, undefined, true);
    }
  }
}

/** All options and their values in order: a letter, or a letter and its value; `?` for an unknown one, `""` alone where a value is missing. */
export function getopt(words: readonly string[], options: Options): string[] {
  const all: string[] = [];
  walk(words, options, (letter, value, missing) => {
    if (letter === undefined) all.push("?");
    else if (missing) all.push("");
    else if (value === undefined) all.push(letter);
    else all.push(letter, value);
  });
  return all;
}

/** The last value given to one option, the letter itself if it takes none; undefined where it does not occur. */
export function getoptValue(words: readonly string[], options: Options, wanted: string): string | undefined {
  let last: string | undefined;
  walk(words, options, (letter, value, missing) => {
    if (letter === wanted) last = missing ? "" : (value ?? letter);
  });
  return last;
}
