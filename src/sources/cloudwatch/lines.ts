/** What log events become in a batch: a line each. */

export interface LogEvent {
  readonly logStreamName?: string | undefined;
  readonly timestamp?: number | undefined;
  readonly message?: string | undefined;
}

/**
 * A whole event as it is. One that was cut off, or spans lines, stays in the envelope of a page: its time stands
 * there alone, and garbage spoils no neighbour.
 */
export function lineOf({ logStreamName, timestamp, message = "" }: LogEvent): string {
  const text = message.trim();
  if (text.startsWith("{") && text.endsWith("}") && !/[\r\n]/.test(text)) return text;
  return JSON.stringify({ events: [{ logStreamName, timestamp, message: text }] });
}
