/** What Falco saw happen inside a container or on a host: its alert, as http_output and falcosidekick post it (reference 01 §6.4). */
import { type Detection, type Priority, priorities } from "./detection.ts";
import { textAt } from "./foreign/layer.ts";
import type { JsonValue } from "./json-value.ts";
import { isCredentialName, isSealed, redactSettings, type Seal } from "./redact-text.ts";
import { nanosOf, timeText } from "./time.ts";

/** Every detection says what an alert of Falco's says; this one comes from Falco, whose source is `syscall` or a plugin's. */
export interface RuntimeAlert
  extends Pick<Detection, "time" | "rule" | "priority" | "source" | "output" | "fields" | "tags"> {
  /** The host that Falco runs on, as it says. */
  readonly hostname: string | null;
}

/** An alert names a rule, a priority and what it says; no audit event does. */
export function isRuntimeAlert(value: JsonValue): boolean {
  return (
    value.kind === "object" &&
    value.member("auditID") === undefined &&
    ["rule", "priority"].every((name) => textAt(value, name) !== undefined) &&
    (textAt(value, "output") !== undefined || value.member("output_fields")?.kind === "object")
  );
}

/** The alert, or why it is none; `receivedAt`, RFC 3339, where it tells no time itself. */
export function runtimeAlertOf(value: JsonValue, receivedAt: string): RuntimeAlert | string {
  const said = textAt(value, "priority") ?? "";
  const priority = priorityOf(said);
  if (priority === undefined) return `an alert of Falco's whose priority is none: \`${said.slice(0, 100)}\``;
  const fields = plainOf(value.member("output_fields"));
  const time = nanosOf(textAt(value, "time") ?? receivedAt);
  if (time === undefined || time < 0n)
    return `an alert of Falco's whose time is no RFC 3339 time: \`${textAt(value, "time")?.slice(0, 100)}\``;
  const tags = value.member("tags");
  return {
    time: timeText(time),
    rule: textAt(value, "rule") ?? "",
    priority,
    source: textAt(value, "source") ?? "syscall",
    output: textAt(value, "output") ?? "",
    fields: typeof fields === "object" && fields !== null ? (fields as Record<string, unknown>) : {},
    tags: tags?.kind === "array" ? tags.elements().map((tag) => tag.text()) : [],
    hostname: textAt(value, "hostname") ?? null,
  };
}

/** The alert with what shows itself as a credential sealed, by its shape, its name or its flag. */
export function redactAlert(alert: RuntimeAlert, seal: Seal): RuntimeAlert {
  const inText = (text: string) => redactSettings(flagged(text, seal), seal);
  const inValue = (value: unknown, name: string): unknown => {
    if (typeof value === "string") {
      if (isCredentialName(name) && value !== "" && !isSealed(value)) return seal(value);
      return inText(value);
    }
    if (Array.isArray(value)) return value.map((one) => inValue(one, name));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inValue(one, key)]));
  };
  const { output, fields } = alert;
  return { ...alert, output: inText(output), fields: inValue(fields, "") as RuntimeAlert["fields"] };
}

/** `--password hunter2`: a flag with a credential's name, and its value behind a blank. */
function flagged(text: string, seal: Seal): string {
  return text.replace(
    /(?<!\S)(--?([\w-]{2,64})[ \t]{1,8})([^\s"'-][^\s"']{0,1023})/g,
    (whole, before: string, name: string, value: string) =>
      isCredentialName(name) && !value.startsWith("/") && !isSealed(value) ? `${before}${seal(value)}` : whole,
  );
}

/** Falco takes `info` for its sixth; the case of letters does not count. */
function priorityOf(said: string): Priority | undefined {
  const lower = said.toLowerCase();
  const name = lower === "info" ? "informational" : lower;
  return priorities.find((one) => one.toLowerCase() === name);
}

/** As a plain value; whole numbers that a double cannot hold stay as they were spelt. */
function plainOf(value: JsonValue | undefined): unknown {
  if (value === undefined) return null;
  switch (value.kind) {
    case "null":
      return null;
    case "object":
      return Object.fromEntries([...value.members()].map(([name, member]) => [name, plainOf(member)]));
    case "array":
      return value.elements().map(plainOf);
    case "number": {
      const number = Number(value.text());
      return Number.isInteger(number) && !Number.isSafeInteger(number) ? value.text() : number;
    }
    case "string":
      return value.text();
    default:
      return value.text() === "true";
  }
}
