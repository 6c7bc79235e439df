/** A redacted event as the text that people are shown: whole, unless it is very long. */
import type { AuditEvent } from "./audit-event.ts";
import { JsonText } from "./json-text.ts";
import { ScannedEvent } from "./scan/index.ts";

/** An event beyond this many characters is shown without its bodies; the journal has them. */
const longestEvent = 1024 * 1024;
const mostMembers = 256;

export function shownEvent(redacted: AuditEvent): JsonText {
  const isAsItCame = redacted instanceof ScannedEvent && redacted.isCompact;
  const whole = isAsItCame ? redacted.raw : redacted.root.compact();
  if (whole.length <= longestEvent) return new JsonText(whole);
  const kept: string[] = [];
  for (const [name, value] of redacted.root.members()) {
    const text = value.compact();
    const fits = name !== "requestObject" && name !== "responseObject" && text.length <= longestEvent / 16;
    if (fits) kept.push(`${JSON.stringify(name)}:${text}`);
    else kept.push(`${JSON.stringify(name)}:${JSON.stringify(`left out: ${text.length} characters, see the journal`)}`);
    if (kept.length === mostMembers) break;
  }
  return new JsonText(`{${kept.join(",")}}`);
}
