import { describe, expect, test } from "vitest";
import { type DetectionQuery, detectionFacets } from "../domain/asked.ts";
import type { Detection } from "../domain/detection.ts";
import { BadCursor, type Index, type State } from "../domain/store.ts";
import { prometheusSignals } from "./metrics.ts";
import { openApi } from "./openapi.ts";
import type { Parts } from "./parts.ts";
import { api } from "./server.ts";
import type { Auth } from "./session/part.ts";

const detection: Detection = {
  id: "d1",
  time: "2026-03-01T12:00:00.000001Z",
  receivedAt: "2026-03-01T12:00:01.000000Z",
  cluster: "prod",
  rule: "Attach/Exec Pod",
  priority: "Notice",
  source: "k8s_audit",
  output: "somebody is in a pod",
  fields: { "ka.user.name": "bob" },
  tags: ["k8s"],
  auditID: "a1",
  stage: "ResponseComplete",
  user: "bob",
  verb: "create",
  namespace: "shop",
  resource: "pods/exec",
  name: "web-0",
  sourceIP: "192.0.2.1",
  userAgent: "kubectl",
  policy: "Suspicious K8s Activity",
  policies: ["Suspicious K8s Activity"],
  severity: 4,
  muted: false,
  fingerprint: "f1",
  activity: "r1",
};

interface Asked {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Headers;
}

const unasked = async () => {
  throw new Error("nobody asks for this here");
};

function server(changes: Partial<Parts> = {}) {
  const asked: DetectionQuery[] = [];
  const logged: string[] = [];
  const signals = prometheusSignals();
  const app = api({
    version: "1.2.3",
    index: {
      detections: async (query) => {
        if (query.cursor === "foreign") throw new BadCursor();
        asked.push(query);
        return { items: [detection], next: "more" };
      },
      activities: async () => ({ items: [], next: null }),
      quarantined: async () => {
        throw new Error("disk broke: secret-path");
      },
    } as Partial<Index> as Parts["index"],
    onWritten: () => () => {},
    now: () => new Date("2026-03-01T12:00:00Z"),
    state: {
      tokenOwner: async (secret) =>
        secret === "admin-secret"
          ? { name: "cli", role: "admin", cluster: null }
          : secret === "ingest-secret"
            ? { name: "prod", role: "ingest", cluster: "prod" }
            : undefined,
      tokens: async () => [],
      addToken: unasked,
      removeToken: unasked,
      documents: {} as State["documents"],
    },
    // Nobody has ever logged in: who gets in by a cookie is tried beside `session/`.
    auth: {
      logins: { session: async () => undefined },
      signIn: { providers: [] },
      isProxy: () => false,
    } as unknown as Auth,
    events: { attach: async (activities) => [...activities] },
    clusters: { view: unasked, register: unasked } as unknown as Parts["clusters"],
    policies: { list: () => [], get: () => undefined, save: unasked, remove: unasked },
    sources: async () => [],
    rules: () => ({ items: [], next: null, problems: [], loadedAt: null, lists: [] }),
    ruleFiles: { files: () => [], save: unasked, remove: unasked },
    backtests: { start: unasked, get: () => undefined, cancel: () => false },
    ready: async () => ({ rules: { ok: true, reason: "3 rules" }, index: { ok: true, reason: "keeps up" } }),
    metrics: signals.page,
    bootstrapToken: "a-bootstrap-token-of-my-own",
    openMetrics: true,
    log: (_level, message, error) => logged.push(`${message}: ${error instanceof Error ? error.message : error}`),
    ...changes,
  });
  const get = async (path: string, token: string | null = "admin-secret", method = "GET"): Promise<Asked> => {
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await app.request(path, { method, headers });
    return { status: response.status, body: await response.json(), headers: response.headers };
  };
  return { app, get, asked, logged, signals };
}

const wrong = async (path: string) => {
  const { status, body } = await server().get(path);
  return { status, ...(body as { error: object }).error };
};

describe("detections", () => {
  test("come as a page with where the next one begins, 100 at most unless asked otherwise", async () => {
    const { get, asked } = server();
    const { status, body } = await get("/api/v1/detections");
    expect({ status, body }).toEqual({ status: 200, body: { items: [detection], next: "more" } });
    expect(asked).toEqual([{ limit: 100 }]);
  });

  test("are filtered by repeated parameters, by commas, and by commas within a value", async () => {
    const { get, asked } = server();
    await get("/api/v1/detections?rule=A&rule=B,C&user=CN%3Dbob%5C,O%3Dx&priority=warning,Notice&limit=1000&cursor=x");
    expect(asked).toEqual([
      {
        limit: 1000,
        cursor: "x",
        rule: ["A", "B", "C"],
        user: ["CN=bob,O=x"],
        priority: ["Warning", "Notice"],
      },
    ]);
  });

  test("are found between two times, which reach the index in UTC with all their digits", async () => {
    const { get, asked } = server();
    await get("/api/v1/detections?from=2026-03-01T14:00:00.123456789+02:00&to=2026-03-01T12:00:01Z");
    expect(asked).toEqual([{ limit: 100, from: "2026-03-01T12:00:00.123456789Z", to: "2026-03-01T12:00:01.000000Z" }]);
  });
});

describe("a parameter that is wrong is named, with a way out", () => {
  const time = "write it like `2026-03-01T12:00:00Z`, or with an offset: `2026-03-01T14:00:00+02:00`";
  test.each([
    ["from=yesterday", "`from` must be an RFC 3339 time; it is `yesterday`", time],
    ["to=2026-02-30T00:00:00Z", "`to` must be an RFC 3339 time; it is `2026-02-30T00:00:00Z`", time],
    ["from=2026-03-01", "`from` must be an RFC 3339 time; it is `2026-03-01`", time],
    ["from=2026-03-01T12:00:00", "`from` must be an RFC 3339 time; it is `2026-03-01T12:00:00`", time],
    ["from=", "`from` is empty: leave it out to accept all", time],
    [
      "from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z",
      "`from` lies behind `to`",
      "`from` is the earlier of the two",
    ],
    ["limit=0", "`limit` cannot be `0`", "give a whole number from 1 to 1000"],
    ["limit=1001", "`limit` cannot be `1001`", "give a whole number from 1 to 1000"],
    ["limit=ten", "`limit` cannot be `ten`", "give a whole number from 1 to 1000"],
    ["limit=1&limit=2", "`limit` is given 2 times", "give it once"],
    ["cursor=foreign", "`cursor` is none of ours", "pass the `next` of the page before, unchanged"],
    ["user=", "`user` is empty: leave it out to accept all", undefined],
    ["usr=bob", "no parameter is called `usr`", "did you mean `user`?"],
    [
      "priority=urgent",
      "`priority` must be one of Emergency, Alert, Critical, Error, Warning, Notice, Informational, Debug; it is `urgent`",
      undefined,
    ],
  ])("%s", async (query, message, help) => {
    expect(await wrong(`/api/v1/detections?${query}`)).toEqual({
      status: 400,
      code: "invalid",
      message,
      ...(help === undefined ? {} : { help }),
    });
  });

  test("a list without parameters takes none", async () => {
    expect(await wrong("/api/v1/sources?limit=3")).toMatchObject({
      status: 400,
      message: "no parameter is called `limit`",
    });
  });
});

describe("tokens", () => {
  test("without one, everything under /api/v1 answers 401 and how to get one", async () => {
    const { get, asked } = server();
    for (const path of ["detections", "activities", "sources", "quarantine", "rules", "nothing"]) {
      const { status, headers, body } = await get(`/api/v1/${path}`, null);
      expect([path, status, headers.get("www-authenticate")]).toEqual([path, 401, 'Bearer realm="tiercel"']);
      expect(body).toEqual({
        error: {
          code: "unauthenticated",
          message: "this needs a token, and none was sent",
          help: expect.stringContaining("tiercel serve"),
        },
      });
    }
    expect(asked).toEqual([]);
  });

  test("nobody's is refused, an ingest token may not read, the bootstrap token may", async () => {
    const { get } = server();
    const status = async (token: string) => (await get("/api/v1/detections", token)).status;
    expect(await status("who?")).toBe(401);
    expect(await status("ingest-secret")).toBe(403);
    expect(await status("a-bootstrap-token-of-my-own")).toBe(200);
    expect(await status("a-bootstrap-token-of-my-ow")).toBe(401);
  });

  test("another scheme than bearer is refused", async () => {
    const response = await server().app.request("/api/v1/rules", {
      headers: { authorization: "Basic YWRtaW4tc2VjcmV0" },
    });
    expect(response.status).toBe(401);
  });

  test("metrics need one unless they are open; health never does", async () => {
    const closed = server({ openMetrics: false });
    expect((await closed.app.request("/metrics")).status).toBe(401);
    expect((await closed.app.request("/healthz")).status).toBe(200);
    expect((await closed.app.request("/readyz")).status).toBe(200);
    expect((await server().app.request("/metrics")).status).toBe(200);
  });
});

describe("health", () => {
  test("readiness tells each part's reason and is 503 while one is not ok", async () => {
    const { get } = server({
      ready: async () => ({ rules: { ok: true, reason: "3 rules" }, index: { ok: false, reason: "90 s behind" } }),
    });
    const { status, body } = await get("/readyz", null);
    expect({ status, body }).toEqual({
      status: 503,
      body: {
        ready: false,
        checks: { rules: { ok: true, reason: "3 rules" }, index: { ok: false, reason: "90 s behind" } },
      },
    });
  });

  test("what rooms count can be scraped and summed", async () => {
    const { app, signals } = server();
    signals.count("tiercel_ingest_batches_total", { source: "webhook", cluster: "a" });
    signals.count("tiercel_ingest_batches_total", { source: "webhook", cluster: "b" }, 2);
    signals.count("tiercel_ingest_batches_total", { source: "demo", cluster: "a" });
    const response = await app.request("/metrics");
    expect(response.headers.get("content-type")).toContain("text/plain");
    expect(await response.text()).toContain('tiercel_ingest_batches_total{source="webhook",cluster="b"} 2\n');
    expect(await signals.sum("tiercel_ingest_batches_total", { source: "webhook" })).toBe(3);
  });
});

describe("edges", () => {
  test("a bug of ours is logged whole and shown as internal", async () => {
    const { get, logged } = server();
    const { status, body } = await get("/api/v1/quarantine");
    expect({ status, body }).toEqual({
      status: 500,
      body: { error: { code: "internal", message: "internal error", help: "the server's log says more" } },
    });
    expect(logged).toEqual(["GET /api/v1/quarantine failed: disk broke: secret-path"]);
  });

  test("unknown addresses and other methods get the same shape", async () => {
    const { get } = server();
    expect((await get("/nothing")).body).toEqual({
      error: {
        code: "not_found",
        message: "there is nothing at this address",
        help: "/api/openapi.json lists what there is",
      },
    });
    const posted = await get("/api/v1/detections", "admin-secret", "POST");
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });

  test("every answer forbids scripts, frames, sniffing and caching, errors too", async () => {
    const { app } = server();
    for (const path of ["/", "/healthz", "/api/v1/detections", "/nothing"]) {
      const { headers } = await app.request(path);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  test("the root says what runs and loads nothing", async () => {
    const text = await (await server().app.request("/")).text();
    expect(text).toContain("<h1>Tiercel 1.2.3</h1>");
    expect(text).not.toMatch(/<script|https?:/);
  });

  test("OpenAPI names every path, parameter and bound, and is what the server serves", async () => {
    const { body } = await server().get("/api/openapi.json", null);
    expect(body).toEqual(JSON.parse(JSON.stringify(openApi("1.2.3"))));
    const paths = (body as { paths: Record<string, { get: { parameters?: { name: string; schema: unknown }[] } }> })
      .paths;
    const parameters = paths["/api/v1/detections"]?.get.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toEqual([
      "from",
      "to",
      "limit",
      "cursor",
      ...detectionFacets,
      ...detectionFacets.map((facet) => `not_${facet}`),
      "fingerprint",
      "activity",
      "text",
    ]);
    expect(parameters.find(({ name }) => name === "limit")?.schema).toEqual({
      type: "integer",
      minimum: 1,
      maximum: 1000,
      default: 100,
    });
  });
});
