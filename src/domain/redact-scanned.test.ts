/** What is redacted where it stands in a payload's bytes is redacted as what was parsed is: the same text, seal by seal. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { AuditEvent } from "./audit-event.ts";
import { decode } from "./decode.ts";
import { marks } from "./marks.ts";
import { redactEvent } from "./redact.ts";
import { decodeScanned, ScannedEvent, Scanner } from "./scan/index.ts";

const script = new Scanner(undefined, "script");
const seal = (secret: string) => `redacted:${secret.length}`;
const shownText = (event: AuditEvent) => redactEvent(event, seal).root.compact();

function eventsOf(parts: Iterable<{ readonly kind: string; readonly event?: AuditEvent }>): AuditEvent[] {
  return [...parts].flatMap(({ event }) => (event === undefined ? [] : [event]));
}

/** Names and words that seal, that look as if, and that do with signs between. */
const words = fc.constantFrom(
  ...["password", "pass_word", "pass-word", "DB_PASSWORD", "access__key", "access_____key", "apiKey", "accessKeyId"],
  ...["token", "to.ken", "tokenSecretName", "client secret", "credential", "cred-ential", "credential-id", "key"],
  ...["authorization: Bearer abcdefghijklmnop1234567", "https://u:p4ssw0rd@h/", "https://h/?sig=abc123;key=dddddd&x=1"],
  ...["a;s-ig=abcdef123", "https://h/p%61th?pass%2dword=hhhhhhhh", "eyJabcdefgh.eyJabcdefgh.sig", "hunter2hunter2"],
  ...[
    "name",
    "value",
    "env",
    "image",
    "nginx:1.2",
    "x",
    "",
    "é🦅",
    '"quoted"',
    "back\\slash",
    "a\nb: c",
    "pwd=swordfish",
  ],
  ...[
    "-----BEGIN RSA PRIVATE KEY-----\nabc",
    "kube-root-ca",
    "true",
    "password=hunter2 --token abcdef1234",
    "/var/run/secrets",
  ],
);
const names = fc.oneof(
  words,
  fc.constantFrom(
    ...["kind", "data", "stringData", "binaryData", "metadata", "annotations", "managedFields", "fieldsV1", "items"],
    ...[
      "spec",
      "template",
      "containers",
      "args",
      "command",
      "path",
      "op",
      "value",
      "name",
      "f:password",
      "rows",
      "cells",
    ],
  ),
);
const texts = fc.oneof(
  words,
  fc.constantFrom(
    "Secret",
    "SecretList",
    "ConfigMap",
    "OAuthClient",
    "/data/password",
    "/metadata/annotations/token",
    "replace",
  ),
);
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "large", withCrossShrink: true },
    texts,
    fc.constantFrom(null, true, 7, -1.5e3),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(fc.tuple(names, tie("value")), { maxLength: 5 }).map((members) => Object.fromEntries(members)),
    tie("value").map((inside) => JSON.stringify(inside)),
  ),
})).value;

const nested = fc
  .tuple(value, fc.integer({ min: 0, max: 9 }), fc.constantFrom("spec", "items", "x"))
  .map(([inside, levels, name]) => {
    let whole = inside;
    for (let level = 0; level < levels; level++) whole = level % 3 === 2 ? [whole] : { a: "b", [name]: whole, c: 1 };
    return whole;
  });

const event = fc.record({
  kind: fc.constant("Event"),
  apiVersion: fc.constant("audit.k8s.io/v1"),
  level: fc.constant("RequestResponse"),
  auditID: fc.constantFrom("a", "token"),
  stage: fc.constant("ResponseComplete"),
  requestURI: fc.oneof(texts, fc.constant("/api/v1/namespaces/x/secrets/y?access_token=abcdefgh")),
  verb: fc.constant("create"),
  user: fc.record({ username: words, extra: fc.dictionary(names, fc.array(words, { maxLength: 2 }), { maxKeys: 2 }) }),
  userAgent: words,
  objectRef: fc.record({
    resource: fc.constantFrom("pods", "secrets", "configmaps", "oauthaccesstokens"),
    name: words,
  }),
  responseStatus: fc.oneof(fc.constant({ code: 200 }), nested),
  requestObject: nested,
  responseObject: nested,
  stageTimestamp: fc.constant("2026-01-01T00:00:00.000000Z"),
  annotations: fc.dictionary(names, texts, { maxKeys: 3 }),
});

/** As Go's encoder and others write it: escapes where none are needed. */
const spelt = fc.constantFrom(
  (text: string) => text,
  (text: string) => text.replace(/[&<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
  (text: string) => text.replaceAll("h/", "h\\/"),
  (text: string) => text.replaceAll("ss", "s\\u0073").replaceAll("-w", "\\u002dw"),
);

test("an event in a payload's bytes loses what a parsed one loses, and nothing else", () => {
  let scanned = 0;
  fc.assert(
    fc.property(fc.array(fc.tuple(event, spelt), { minLength: 1, maxLength: 3 }), (events) => {
      const lines = events.map(([one, spell]) => spell(JSON.stringify(one)));
      const body = new TextEncoder().encode(lines.join("\n"));
      const plain = eventsOf(decode(body)).map(shownText);
      const [inBytes, byScript] = [eventsOf(decodeScanned(body)), eventsOf(script.decode(body))];
      expect(inBytes.map(shownText)).toEqual(plain);
      expect(byScript.map(shownText)).toEqual(plain);
      for (const one of [...inBytes, ...byScript]) {
        if (!(one instanceof ScannedEvent)) continue;
        scanned++;
        expect(one.isMarked() ?? marks.test(one.raw)).toBe(marks.test(one.raw));
      }
    }),
    { numRuns: 1000 },
  );
  expect(scanned).toBeGreaterThan(2000);
}, 120_000);
