/** Redaction put to recorded events: no secret in them is left, and everything else is as it was. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode } from "./decode.ts";
import { redactEvent } from "./redact.ts";
import { decodeScanned } from "./scan/index.ts";

const root = process.env.TIERCEL_CONFORMANCE ?? join(import.meta.dirname, "../../../shared/conformance");
const files = existsSync(root)
  ? readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
      (file) =>
        /\.(?:json|jsonl|ndjson|log)$/.test(file) && !/golden|language-cases|expectations|fields\.json/.test(file),
    )
  : [];

/** What an event holds as a secret, found by other means than redaction's: by what the objects themselves say. */
function secretsOf(value: unknown, isSecret = false): string[] {
  if (typeof value === "string" && /^[{[]/.test(value)) return secretsOf(parsed(value), isSecret);
  if (Array.isArray(value)) return value.flatMap((element) => secretsOf(element, isSecret));
  if (typeof value !== "object" || value === null) return [];
  const object = value as Record<string, unknown>;
  const isOne = isSecret || object.kind === "Secret";
  return Object.entries(object).flatMap(([name, member]) => {
    const isValues =
      isOne && (name === "data" || name === "stringData") && typeof member === "object" && member !== null;
    if (isValues) return Object.values(member as object).filter((text): text is string => typeof text === "string");
    const isToken = name === "token" && typeof member === "string";
    if (isToken) return [String(member)];
    return secretsOf(member, object.kind === "SecretList" && name === "items");
  });
}

/** Every audit event in a file, whatever it is wrapped in. */
function eventsOf(text: string): Record<string, unknown>[] {
  const whole = parsed(text);
  const values = whole === undefined ? text.split("\n").map(parsed) : [whole];
  return values.flatMap(eventsIn);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function eventsIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  if ("auditID" in value && "stage" in value) return [value as Record<string, unknown>];
  return Object.values(value).flatMap(eventsIn);
}

describe.skipIf(files.length === 0)(files.length === 0 ? `recorded events: no ${root}` : "recorded events", () => {
  test("lose every secret and nothing else that they say of who did what", () => {
    let events = 0;
    for (const file of files) {
      const body = eventsOf(readFileSync(join(root, file), "utf8")).map((event) => JSON.stringify(event));
      for (const part of decode(Buffer.from(body.join("\n")))) {
        if (part.kind !== "event") continue;
        events++;
        const { event } = part;
        const scanned = [...decodeScanned(Buffer.from(event.raw))].flatMap((one) =>
          one.kind === "event" ? [one.event] : [],
        );
        const seal = (secret: string) => `redacted:${secret.length}`;
        expect([file, scanned.map((one) => redactEvent(one, seal).root.compact())]).toEqual([
          file,
          [redactEvent(event, seal).root.compact()],
        ]);
        const shown = redactEvent(event, seal);
        const [plain, plainShown] = [event.root.plain(), JSON.parse(shown.root.compact())] as Record<string, unknown>[];
        const secrets = secretsOf(plain).filter((text) => text.length >= 6 && !text.startsWith("redacted:"));
        for (const secret of secrets)
          expect([file, shown.raw.includes(JSON.stringify(secret).slice(1, -1))]).toEqual([file, false]);
        for (const name of ["auditID", "stage", "verb", "level", "sourceIPs", "objectRef", "stageTimestamp"]) {
          expect([file, name, JSON.stringify(plainShown?.[name])]).toEqual([file, name, JSON.stringify(plain?.[name])]);
        }
        expect(shown.at("user", "username")?.text()).toBe(event.at("user", "username")?.text());
        if (secrets.length === 0 && shown === event) expect(shown.raw).toBe(event.raw);
      }
    }
    expect(events).toBeGreaterThan(0);
  });
});
