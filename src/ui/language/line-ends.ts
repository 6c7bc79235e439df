/** Files as they were written: what an editor would lose of a text is kept aside and put back. */

export interface Written {
  /** What is edited: every line ends in LF where all did in CR LF, and no byte order mark is in it. */
  readonly text: string;
  readonly mark: boolean;
  readonly crlf: boolean;
}

export function opened(whole: string): Written {
  const mark = whole.startsWith("\uFEFF");
  const text = mark ? whole.slice(1) : whole;
  const crlf = text.includes("\r\n") && !/(?<!\r)\n/.test(text);
  return { text: crlf ? text.replaceAll("\r\n", "\n") : text, mark, crlf };
}

export function closed(text: string, { mark, crlf }: Pick<Written, "mark" | "crlf">): string {
  return (mark ? "\uFEFF" : "") + (crlf ? text.replace(/\r?\n/g, "\r\n") : text);
}
