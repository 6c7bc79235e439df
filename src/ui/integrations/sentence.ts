/** The server's words, which begin small, as a line of their own. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
