/** Times as the API takes them: RFC 3339 to the letter, answered in UTC. */
import { nanosOf, timeText } from "../domain/time.ts";

const shape = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+ -]\d\d:\d\d)$/;

/**
 * The same moment in UTC; undefined for what is no RFC 3339 time between the years 0 and 9999. A blank before the
 * offset counts as `+`: that is what an unescaped `+` in an address turns into.
 */
export function utcTime(text: string): string | undefined {
  if (!shape.test(text)) return undefined;
  const nanos = nanosOf(text.replace(/ (?=\d\d:\d\d$)/, "+"));
  const utc = nanos === undefined ? "" : timeText(nanos);
  return shape.test(utc) ? utc : undefined;
}
