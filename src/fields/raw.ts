/** The event itself: Falco's json plugin, under both of its prefixes. */
import type { AuditEvent } from "../domain/audit-event.ts";
import type { JsonValue } from "../domain/json-value.ts";
import { type FieldEntry, requiredKey, ungatedField } from "./entry.ts";

const topic = "raw event";

/** What an RFC 6901 pointer points at; its leading slash may be missing. */
function pointed(event: AuditEvent, pointer: string): JsonValue | undefined {
  const steps = (pointer.startsWith("/") ? pointer.slice(1) : pointer).split("/");
  let value: JsonValue | undefined = event.root;
  for (const step of steps) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (value?.kind !== "array") value = value?.member(name);
    else value = /^[-+]?\d{1,9}$/.test(name) ? value.element(Number(name)) : undefined;
  }
  return value;
}

/** Two blanks a level, as Go's `json.Indent` writes. */
function indented(compact: string): string {
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  return compact.replace(/"(?:[^"\\]|\\.)*"|\{\}|\[\]|[{}[\],:]/gs, (token) => {
    if (token === "{" || token === "[") {
      depth++;
      return token + line();
    }
    if (token === "}" || token === "]") {
      depth--;
      return line() + token;
    }
    return token === "," ? token + line() : token === ":" ? ": " : token;
  });
}

export const raw: readonly FieldEntry[] = (["json", "jevt"] as const).flatMap((prefix) => [
  ungatedField(topic, {
    name: `${prefix}.value`,
    doc: "What a JSON pointer points at, `/responseStatus/code`: strings decoded, anything else as JSON text.",
    paths: ["/"],
    argument: requiredKey,
    trust: "client",
    read: (event, pointer = "") => pointed(event, pointer)?.text(),
    example: { event: { sourceIPs: ["10.0.0.1", "192.0.2.7"] }, argument: "/sourceIPs/1", value: "192.0.2.7" },
  }),
  ungatedField(topic, {
    name: `${prefix}.obj`,
    doc: "The whole event, indented.",
    paths: ["/"],
    trust: "client",
    read: (event) => indented(event.root.compact()),
    example: {
      event: {
        kind: "Event",
        apiVersion: undefined,
        auditID: undefined,
        stageTimestamp: "2024-05-01T10:00:00Z",
        a: [{}, 1],
      },
      value: '{\n  "kind": "Event",\n  "stageTimestamp": "2024-05-01T10:00:00Z",\n  "a": [\n    {},\n    1\n  ]\n}',
    },
  }),
  ungatedField(topic, {
    name: `${prefix}.rawtime`,
    doc: "The event's time in nanoseconds since 1970, as text.",
    paths: ["/stageTimestamp"],
    read: (_event, _argument, about) => about.time.toString(),
    example: { event: { stageTimestamp: "2024-05-01T10:00:00Z" }, value: "1714557600000000000" },
  }),
]);
