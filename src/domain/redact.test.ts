/** What is redacted, what stays, and that nothing generated as a secret is left anywhere. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AuditEvent } from "./audit-event.ts";
import { parseJson } from "./json.ts";
import { parsedEvent } from "./parsed-event.ts";
import { redactEvent, redactUnreadable, sealWith } from "./redact.ts";

/** Tells what was sealed by a number each, so that a test sees equal values as equal. */
function counting(): { seal: (secret: string) => string; secrets: string[] } {
  const secrets: string[] = [];
  return {
    secrets,
    seal: (secret) => {
      if (!secrets.includes(secret)) secrets.push(secret);
      return `redacted:${secrets.indexOf(secret) + 1}`;
    },
  };
}

function eventOf(value: unknown): AuditEvent {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const outcome = parseJson(text);
  if (!outcome.ok) throw new Error(outcome.message);
  return parsedEvent(outcome.value, 0n, text);
}

function redacted(value: unknown): unknown {
  const shown = redactEvent(eventOf(value), counting().seal);
  expect(shown.raw).toBe(shown.root.compact());
  return JSON.parse(shown.raw);
}

const base64 = (text: string) => Buffer.from(text).toString("base64");
const secrets = { objectRef: { resource: "secrets", namespace: "default", name: "db" } };

describe("objects", () => {
  test("a Secret keeps its names and loses its values; one value is one seal, however it is written", () => {
    expect(
      redacted({
        ...secrets,
        requestObject: {
          kind: "Secret",
          type: "Opaque",
          data: { password: base64("hunter2"), none: "", gone: null, bytes: "/w==" },
          stringData: { again: "hunter2" },
        },
        responseObject: {
          kind: "Secret",
          metadata: { name: "db", labels: { app: "web" } },
          data: { password: base64("hunter2") },
        },
      }),
    ).toEqual({
      ...secrets,
      requestObject: {
        kind: "Secret",
        type: "Opaque",
        data: { password: "redacted:1", none: "", gone: null, bytes: "redacted:3" },
        stringData: { again: "redacted:1" },
      },
      responseObject: {
        kind: "Secret",
        metadata: { name: "db", labels: { app: "web" } },
        data: { password: "redacted:1" },
      },
    });
  });

  test("Secrets are found in lists, in tables and inside other objects, and doubles of a name all are", () => {
    const data = { k: base64("a value in a list") };
    expect(
      redacted({
        objectRef: { resource: "secrets" },
        responseObject: { kind: "SecretList", items: [{ metadata: { name: "a" }, data }, { data }] },
      }),
    ).toMatchObject({
      responseObject: {
        items: [{ metadata: { name: "a" }, data: { k: "redacted:1" } }, { data: { k: "redacted:1" } }],
      },
    });
    expect(
      redacted({
        objectRef: { resource: "secrets" },
        responseObject: {
          kind: "Table",
          columnDefinitions: [{ name: "Name" }, { name: "Type" }, { name: "Data" }, { name: "Value" }],
          rows: [{ cells: ["db", "Opaque", 1, "printed by a column"], object: { kind: "Secret", data } }],
        },
      }),
    ).toMatchObject({
      responseObject: { rows: [{ cells: ["db", "Opaque", 1, "redacted:1"], object: { data: { k: "redacted:2" } } }] },
    });
    expect(
      redacted({
        objectRef: { resource: "templates" },
        requestObject: {
          kind: "Template",
          objects: [
            { kind: "ConfigMap", data: { a: "stays" } },
            { kind: "Secret", data },
          ],
        },
      }),
    ).toMatchObject({ requestObject: { objects: [{ data: { a: "stays" } }, { data: { k: "redacted:1" } }] } });
    const doubled = redactEvent(
      eventOf(
        '{"objectRef":{"resource":"pods"},"requestObject":{"kind":"Pod","kind":"Secret","data":{"a":"Zmlyc3Q="},"data":{"a":"c2Vjb25k"}}}',
      ),
      counting().seal,
    );
    expect(doubled.raw).toBe(
      '{"objectRef":{"resource":"pods"},"requestObject":{"kind":"Pod","kind":"Secret","data":{"a":"redacted:1"},"data":{"a":"redacted:2"}}}',
    );
  });

  test("what was applied last is read as the object that it is", () => {
    const applied = { apiVersion: "v1", kind: "Secret", stringData: { password: "hunter2" }, metadata: { name: "db" } };
    const name = "kubectl.kubernetes.io/last-applied-configuration";
    const annotated = (text: string) => ({
      ...secrets,
      requestObject: {
        metadata: { annotations: { [name]: text, other: "stays", "openshift.io/token-secret.value": "t" } },
      },
    });
    const annotations = (value: unknown) => JSON.parse(JSON.stringify(value)).requestObject.metadata.annotations;
    const shown = annotations(redacted(annotated(JSON.stringify(applied))));
    expect(JSON.parse(shown[name])).toEqual({ ...applied, stringData: { password: "redacted:1" } });
    expect(shown).toMatchObject({ other: "stays", "openshift.io/token-secret.value": "redacted:2" });
    expect(annotations(redacted(annotated('{"stringData":{"password":"hunter2"')))[name]).toBe("redacted:1");
    const pod = {
      objectRef: { resource: "pods" },
      requestObject: { metadata: { annotations: { [name]: '{"kind":"Pod"}' } } },
    };
    expect(redacted(pod)).toEqual(pod);
  });

  test("patches are redacted by what they reach into", () => {
    const patch = (requestObject: unknown) =>
      (redacted({ ...secrets, verb: "patch", requestObject }) as { requestObject: unknown }).requestObject;
    expect(patch({ data: { password: base64("hunter2"), gone: null } })).toEqual({
      data: { password: "redacted:1", gone: null },
    });
    expect(
      patch([
        { op: "replace", path: "/data/password", value: base64("hunter2") },
        { op: "add", path: "/stringData", value: { a: "hunter2" } },
        { op: "replace", path: "", value: { data: { a: base64("hunter2") } } },
        { op: "add", path: "/metadata/labels/app", value: "web" },
        {
          op: "add",
          path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
          value: '{"data":{"a":"aHVudGVyMg=="}}',
        },
        { op: "remove", path: "/data/old" },
      ]),
    ).toEqual([
      { op: "replace", path: "/data/password", value: "redacted:1" },
      { op: "add", path: "/stringData", value: { a: "redacted:1" } },
      { op: "replace", path: "", value: { data: { a: "redacted:1" } } },
      { op: "add", path: "/metadata/labels/app", value: "web" },
      {
        op: "add",
        path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
        value: '{"data":{"a":"redacted:1"}}',
      },
      { op: "remove", path: "/data/old" },
    ]);
    const admission = {
      configuration: "c",
      patch: [{ op: "add", path: "/data/x", value: base64("injected") }],
      patchType: "JSONPatch",
    };
    const key = "patch.webhook.admission.k8s.io/round_0_index_0";
    const shown = redacted({ ...secrets, annotations: { [key]: JSON.stringify(admission) } }) as {
      annotations: Record<string, string>;
    };
    expect(JSON.parse(`${shown.annotations[key]}`).patch).toEqual([
      { op: "add", path: "/data/x", value: "redacted:1" },
    ]);
  });

  test("tokens that are asked for, shown for review or minted are redacted", () => {
    expect(
      redacted({
        objectRef: { resource: "tokenreviews" },
        requestObject: { kind: "TokenReview", spec: { token: "live", audiences: ["api"] } },
        responseObject: { kind: "TokenReview", spec: { token: "live" }, status: { user: { username: "jane" } } },
      }),
    ).toEqual({
      objectRef: { resource: "tokenreviews" },
      requestObject: { kind: "TokenReview", spec: { token: "redacted:1", audiences: ["api"] } },
      responseObject: { kind: "TokenReview", spec: { token: "redacted:1" }, status: { user: { username: "jane" } } },
    });
    expect(
      redacted({
        objectRef: { resource: "serviceaccounts", subresource: "token" },
        responseObject: {
          kind: "TokenRequest",
          spec: { expirationSeconds: 3600 },
          status: { token: "live", expirationTimestamp: "2026" },
        },
      }),
    ).toMatchObject({
      responseObject: {
        spec: { expirationSeconds: 3600 },
        status: { token: "redacted:1", expirationTimestamp: "2026" },
      },
    });
    expect(
      redacted({
        requestURI: "/apis/oauth.openshift.io/v1/oauthaccesstokens/AbCdEf123",
        objectRef: { resource: "oauthaccesstokens", name: "AbCdEf123" },
      }),
    ).toEqual({
      requestURI: "/apis/oauth.openshift.io/v1/oauthaccesstokens/redacted:1",
      objectRef: { resource: "oauthaccesstokens", name: "redacted:1" },
    });
  });

  test("a ConfigMap stays but for entries and lines that name a credential", () => {
    expect(
      redacted({
        objectRef: { resource: "configmaps" },
        requestObject: {
          kind: "ConfigMap",
          data: {
            DB_PASSWORD: "hunter2",
            "app.properties": "db.user=jane\ndb.password = hunter2\ntoken_path=/var/run/token\n",
            "app.json": '{"apiKey":"k-1","url":"https://jane:hunter2@db:5432/x"}',
            aws_access_key_id: "AKIAEXAMPLE",
          },
        },
      }),
    ).toMatchObject({
      requestObject: {
        data: {
          DB_PASSWORD: "redacted:1",
          "app.properties": "db.user=jane\ndb.password = redacted:1\ntoken_path=/var/run/token\n",
          "app.json": '{"apiKey":"redacted:2","url":"https://jane:redacted:1@db:5432/x"}',
          aws_access_key_id: "AKIAEXAMPLE",
        },
      },
    });
  });

  test("a pod keeps what makes it a pod, and loses passwords given to it", () => {
    const container = (value: string, argument: string) => ({
      name: "web",
      image: "web:1",
      env: [
        { name: "DB_PASSWORD", value },
        { name: "DB_HOST", value: "db" },
        { name: "API_TOKEN", valueFrom: { secretKeyRef: { name: "s", key: "token" } } },
      ],
      args: ["--verbose", argument],
      volumeMounts: [{ name: "token", mountPath: "/var/run/secrets" }],
    });
    const pod = (of: unknown) => ({
      objectRef: { resource: "pods" },
      requestObject: { kind: "Pod", spec: { automountServiceAccountToken: false, containers: [of] } },
    });
    expect(redacted(pod(container("hunter2", "--token=abc123")))).toEqual(
      pod(container("redacted:1", "--token=redacted:2")),
    );
  });
});

describe("texts", () => {
  const uri = (requestURI: string) => (redacted({ requestURI }) as { requestURI: string }).requestURI;
  const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2lnbmF0dXJl";

  test("credentials in a URI go, by their parameter's name, their shape or as userinfo, however encoded", () => {
    expect(uri("/api/v1/pods?access_token=abc&limit=5&continue=xyz")).toBe(
      "/api/v1/pods?access_token=redacted:1&limit=5&continue=xyz",
    );
    expect(uri("/x?%61ccess%5Ftoken=a%20b")).toBe("/x?%61ccess%5Ftoken=redacted:1");
    expect(uri(`/x?q=${jwt}`)).toBe("/x?q=redacted:1");
    expect(uri("/x/proxy/https%3A%2F%2Fjane%3Ahunter2%40host/y?a=b%20c")).toBe(
      "/x/proxy/https://jane:redacted:1@host/y?a=b%20c",
    );
    expect(uri("/x?url=https%3A%2F%2Fhost%2F%3Fpassword%3Dhunter2%26a%3Db")).toBe(
      "/x?url=https://host/?password=redacted:1&a=b",
    );
  });

  test("the command line of an exec stays, but for what shows by its shape", () => {
    const exec =
      "/api/v1/namespaces/default/pods/web/exec?command=cat&command=%2Fetc%2Fpasswd&container=web&stdin=true";
    expect(uri(exec)).toBe(exec);
    expect(uri(`/x/exec?command=curl&command=-H&command=Authorization%3A%20Bearer%20${jwt}`)).toBe(
      "/x/exec?command=curl&command=-H&command=Authorization:%20Bearer%20redacted:1",
    );
  });

  test("of the user, only an assertion in the extra facts goes, not the ids", () => {
    const user = (assertion: string) => ({
      user: {
        username: "jane",
        extra: {
          "iam.gke.io/user-assertion": [assertion],
          "authentication.kubernetes.io/credential-id": ["JTI=7f"],
          accessKeyId: ["ASIAEXAMPLE"],
        },
      },
    });
    expect(redacted(user("AKLegj..."))).toEqual(user("redacted:1"));
  });

  test("a private key goes wherever it stands, a certificate stays", () => {
    const text = (key: string) => ({
      requestObject: { spec: { pem: `-----BEGIN CERTIFICATE-----\nAA\n-----END CERTIFICATE-----\n${key}` } },
    });
    expect(redacted(text("-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"))).toEqual(
      text("redacted:1"),
    );
  });

  test("a secret told again in a message, a URI or an annotation is found there; who did what stays readable", () => {
    const event = (secret: string, inBase64: string) => ({
      ...secrets,
      auditID: "hunter2-rules",
      user: { username: "hunter2-rules" },
      requestURI: `/api/v1/secrets?fieldManager=${secret}`,
      userAgent: `curl ${secret}`,
      annotations: { "authorization.k8s.io/reason": 'bound to "hunter2-rules"', note: inBase64 },
      responseStatus: { code: 422, message: `invalid value "${secret}": no` },
    });
    expect(
      redacted({
        ...event("hunter2-rules", base64("hunter2-rules")),
        requestObject: { stringData: { a: "hunter2-rules" } },
      }),
    ).toEqual({
      ...event("redacted:1", "redacted:1"),
      requestObject: { stringData: { a: "redacted:1" } },
    });
  });
});

test("an event without secrets is the very same object", () => {
  const event = eventOf({
    objectRef: { resource: "pods" },
    requestURI: "/api/v1/pods?limit=500",
    annotations: { "authorization.k8s.io/decision": "allow" },
  });
  expect(redactEvent(event, counting().seal)).toBe(event);
  const secret = eventOf({
    objectRef: { resource: "secrets" },
    requestURI: "/api/v1/secrets",
    annotations: { "authentication.k8s.io/legacy-token": "system:serviceaccount:a:b" },
  });
  expect(redactEvent(secret, counting().seal)).toBe(secret);
});

test("what was redacted once is not redacted again", () => {
  const once = redactEvent(
    eventOf({ ...secrets, requestURI: "/x?token=abc", requestObject: { data: { a: "aHVudGVyMg==" } } }),
    counting().seal,
  );
  expect(redactEvent(once, counting().seal).raw).toBe(once.raw);
});

test("an unreadable item keeps its names and loses its values where it may hold secrets", () => {
  expect(redactUnreadable('{"kind":"Secret","data":{"password":"aHVudGVyMg==","b":"cut o', counting().seal)).toBe(
    '{"kind":"redacted:1","data":{"password":"redacted:2","b":"redacted:3',
  );
  expect(redactUnreadable("level=info msg=started", counting().seal)).toBe("level=info msg=started");
  expect(redactUnreadable('{"kind":"NoEvent","data":{"token":"abcdef"}}', counting().seal)).toBe(
    '{"kind":"NoEvent","data":{"token":"redacted:1"}}',
  );
});

test("a seal tells nothing of the secret without the key", () => {
  expect(sealWith(() => "0123456789abcdef0123456789abcdef")("hunter2")).toBe("redacted:0123456789abcdef");
});

test("no secret of a generated event is left anywhere in any spelling", () => {
  const secretText = fc.oneof(
    fc.constantFrom("s3:\ufffd is a character too", "s3:\ufeff begins no text here"),
    fc.string({ unit: "grapheme", minLength: 8, maxLength: 40 }).map((text) => `s3:${text}:§`),
  );
  const name = fc.constantFrom("password", "tls.key", "a", "config", "constructor");
  const noise = fc.jsonValue({ maxDepth: 2 });
  const wrap = fc.constantFrom<((secret: unknown) => unknown)[]>(
    (secret) => secret,
    (secret) => ({ kind: "SecretList", items: [secret] }),
    (secret) => ({ kind: "List", items: [{ kind: "List", items: [secret] }] }),
    (secret) => ({ kind: "Table", rows: [{ cells: ["db"], object: secret }] }),
    (secret) => ({ kind: "Thing", spec: { template: secret } }),
    (secret) => ({
      metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": JSON.stringify(secret) } },
    }),
    (secret) => [{ op: "replace", path: "", value: secret }],
  );
  fc.assert(
    fc.property(
      fc.dictionary(name, secretText, { minKeys: 1 }),
      wrap,
      noise,
      fc.boolean(),
      (data, wrapped, other, plain) => {
        const values = Object.values(data);
        const body = plain
          ? { kind: "Secret", stringData: data }
          : {
              kind: "Secret",
              data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
            };
        const { seal } = counting();
        const event = eventOf({
          ...secrets,
          requestURI: `/api/v1/secrets?x=${encodeURIComponent(`${values[0]}`)}`,
          requestObject: wrapped({ ...body, other }),
          responseObject: wrapped(body),
          responseStatus: { message: `invalid: ${values[0]}` },
        });
        const shown = redactEvent(event, seal).raw;
        for (const value of values) {
          for (const spelling of [
            value,
            base64(value),
            encodeURIComponent(value),
            JSON.stringify(value).slice(1, -1),
          ]) {
            expect(shown).not.toContain(spelling);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("hostile texts cost no more than their length", () => {
  const long = (unit: string) => unit.repeat(50_000);
  for (const unit of [
    "eyJ",
    "eyJaaaaaaaa.",
    "://a:",
    "a:",
    "authorization ",
    "bearer ",
    "-----BEGIN PRIVATE KEY-----",
    "?a",
    "&a=",
    "%3A",
    "\\u0041",
    "a=",
    '"a":',
  ]) {
    const event = eventOf({
      requestURI: `/token?${long(unit)}`,
      userAgent: long(unit),
      requestObject: { kind: "ConfigMap", data: { a: long(unit) } },
    });
    expect(redactEvent(event, () => "redacted:x").root.kind).toBe("object");
    expect(redactUnreadable(`token ${long(unit)}`, () => "redacted:x")).toContain("token");
  }
  const same = Array.from({ length: 3000 }, (_, at) => `AAAAAAAAAAAAAAAAAAAAAAAA${at}`);
  const many = eventOf({ ...secrets, requestObject: { stringData: { ...same } }, userAgent: long("A") });
  expect(
    redactEvent(many, (secret) => `redacted:${secret.length}`)
      .at("userAgent")
      ?.text(),
  ).toBe("redacted:too-much-to-look-through");
});

test("an object nested as deep as JSON may be hides neither the event nor its secrets", () => {
  const nested = (open: string, close: string, depth: number) =>
    JSON.parse(`${open.repeat(depth)}"tok3n-deep"${close.repeat(depth)}`);
  for (const [open, close] of [
    ['{"token":', "}"],
    ['{"data":', "}"],
    ["[", "]"],
    ['{"metadata":[', "]}"],
  ] as const) {
    const event = eventOf({
      objectRef: { resource: "secrets" },
      requestObject: { kind: "Secret", data: { a: nested(open, close, 450) }, token: nested(open, close, 450) },
      responseObject: nested(open, close, 480),
    });
    const shown = redactEvent(event, (secret) => `redacted:${secret.length}`);
    expect(shown.raw).not.toContain("tok3n-deep");
    expect(shown.at("objectRef", "resource")?.text()).toBe("secrets");
  }
});

test("what cannot be read has the values of its members sealed, in texts inside it too, however long they are", () => {
  const seal = () => "redacted:x";
  expect(redactUnreadable('{"kind":"Secret","data":{"a" : "c2VjcmV0","n":"abc"},', seal)).toBe(
    '{"kind":"redacted:x","data":{"a" : "redacted:x","n":"abc"},',
  );
  expect(redactUnreadable('{"token":"a\\\\","b":"with \\" quote', seal)).toBe('{"token":"redacted:x","b":"redacted:x');
  expect(
    redactUnreadable('ration":{\\"stringData\\":{\\"a\\":\\"one \\\\\\" two\\",\\"b\\":\\"three\\"}}"', seal),
  ).toBe('ration":{\\"stringData\\":{\\"a\\":\\"redacted:x\\",\\"b\\":\\"redacted:x\\"}}"');
  expect(redactUnreadable(`{"token":"${"a".repeat(2 ** 26)}`, seal)).toBe('{"token":"redacted:x');
  expect(redactUnreadable(`{"token":"${'\\\\"'.repeat(2 ** 20)}`, seal)).toContain("redacted:x");
});
