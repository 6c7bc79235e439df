import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Running, startServer, tiercel } from "./serve.kit.ts";

const run = promisify(execFile);

let dir: string;
const servers: Running[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "tiercel-serve-"));
});
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.signal("SIGKILL");
    await server.ended;
  }
  rmSync(dir, { recursive: true, force: true });
});

async function started(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const server = await startServer(dir, args, env);
  servers.push(server);
  return server;
}

async function stopped(server: Running) {
  server.signal("SIGTERM");
  return (await server.ended).code;
}

/** Waits, without a clock of its own, until what was taken in is judged. */
async function eventually<T>(ask: () => Promise<T>, holds: (answer: T) => boolean): Promise<T> {
  return vi
    .waitUntil(
      async () => {
        const answer = await ask();
        return holds(answer) ? { answer } : false;
      },
      { timeout: 60_000, interval: 50 },
    )
    .then(({ answer }) => answer);
}

const exec = (auditID: string, user = "alice") =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    level: "Request",
    auditID,
    stage: "ResponseStarted",
    requestURI: "/api/v1/namespaces/shop/pods/web/exec?command=sh",
    verb: "create",
    user: { username: user, groups: ["system:authenticated"] },
    sourceIPs: ["192.0.2.1"],
    userAgent: "kubectl",
    objectRef: { resource: "pods", subresource: "exec", namespace: "shop", name: "web", apiVersion: "v1" },
    responseStatus: { code: 101 },
    requestReceivedTimestamp: "2026-03-01T12:00:00.000001Z",
    stageTimestamp: "2026-03-01T12:00:00.000002Z",
  });

const id = (digit: number) => `00000000-0000-4000-8000-00000000000${digit}`;

interface Listed {
  readonly items: readonly Readonly<Record<string, unknown>>[];
}
const detections = async (server: Running, query = ""): Promise<Listed["items"]> => {
  const { status, body } = await server.get(`/api/v1/detections${query}`);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}\n${server.stderr()}`);
  return (body as Listed).items;
};

describe("the whole way", () => {
  test("an event posted is a detection read, and still is after a restart", async () => {
    const first = await started();
    expect(await first.post(exec(id(1)))).toMatchObject({ status: 200 });
    const [found] = await eventually(
      () => detections(first),
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject({
      time: "2026-03-01T12:00:00.000002Z",
      cluster: "default",
      rule: "Attach/Exec Pod",
      priority: "Notice",
      source: "k8s_audit",
      user: "alice",
      verb: "create",
      namespace: "shop",
      resource: "pods/exec",
      name: "web",
      auditID: id(1),
    });
    expect(found?.output).toContain("user=alice pod=web");
    expect(await stopped(first)).toBe(0);

    const second = await started();
    expect(await detections(second)).toEqual([found]);
    expect((await second.get("/readyz")).body).toMatchObject({ ready: true });
    // The same bytes again are a retry: nothing is doubled, the restart notwithstanding.
    expect(await second.post(exec(id(1)))).toMatchObject({ status: 200 });
    expect(await second.post(exec(id(2), "bob"), "/k8s-audit/prod")).toMatchObject({ status: 200 });
    const both = await eventually(
      () => detections(second),
      ({ length }) => length > 1,
    );
    expect(both.map(({ auditID, cluster }) => [auditID, cluster])).toEqual(
      expect.arrayContaining([
        [id(1), "default"],
        [id(2), "prod"],
      ]),
    );
    expect(both.length).toBe(2);
    expect((await detections(second, "?user=bob&from=2026-03-01T12:00:00Z&to=2026-03-01T12:00:01Z")).length).toBe(1);
    expect((await detections(second, "?to=2026-03-01T12:00:00.000002Z")).length).toBe(0);
    expect(await stopped(second)).toBe(0);
  });

  test("what cannot be read is taken in, kept in quarantine, told of, its secrets sealed", async () => {
    const server = await started();
    expect(await server.post('{"kind":"Event","token":"very-secret-value" oops')).toMatchObject({ status: 200 });
    const quarantine = async () => ((await server.get("/api/v1/quarantine")).body as Listed).items;
    const [item] = await eventually(quarantine, ({ length }) => length > 0);
    expect(item).toMatchObject({ source: "webhook", cluster: "default", reason: expect.any(String) });
    expect(String(item?.raw)).not.toContain("very-secret-value");
    expect((await detections(server)).map(({ rule }) => rule)).toEqual(["Audit Event Not Readable"]);
    expect(await stopped(server)).toBe(0);
  });

  test("the line it prints posts an event that a rule detects", async () => {
    const server = await started();
    const line =
      server
        .stderr()
        .split("\n")
        .find((text) => text.includes("curl -sS") && text.includes("/k8s_audit -d")) ?? "";
    await run("sh", ["-c", line]);
    const [found] = await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject({ rule: "Attach/Exec Pod", user: "alice" });
    expect(await stopped(server)).toBe(0);
  });

  test("the demo fills the API and each source shows its health", async () => {
    const server = await started(["--demo"]);
    await eventually(
      () => detections(server),
      ({ length }) => length >= 3,
    );
    const { items } = (await server.get("/api/v1/sources")).body as Listed;
    expect(items.map(({ name, type, state }) => ({ name, type, state }))).toEqual([
      { name: "webhook", type: "webhook", state: "connected" },
      { name: "demo", type: "demo", state: "connected" },
    ]);
    expect(items[1]?.batches).toBeGreaterThan(0);
    expect(await stopped(server)).toBe(0);
  });

  test("a stopped server's journal is whole, and judged again it comes to the same", async () => {
    const server = await started();
    await server.post(exec(id(1)));
    const before = await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    const refused = await tiercel(["journal", "rejudge", "--data", dir], { cwd: dir });
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("in use by another Tiercel")]);
    expect(await detections(server)).toEqual(before);
    await stopped(server);
    expect(await tiercel(["journal", "verify", "--data", dir], { cwd: dir })).toEqual({
      code: 0,
      stdout: "1 entries in 1 segments: all as it was written\n",
      stderr: "",
    });
    const judged = await tiercel(["journal", "rejudge", "--data", dir], { cwd: dir });
    expect([judged.code, judged.stdout]).toEqual([
      0,
      expect.stringMatching(/^1 entries, 1 events judged in .*: 1 detections, 1 activities, 0 quarantined\n$/),
    ]);
    expect(await detections(await started())).toEqual(before);
  });
});

describe("rules", () => {
  const rule = (name: string) =>
    `- rule: ${name}\n  desc: d\n  condition: ka.verb = create\n  output: by %ka.user.name\n  priority: WARNING\n  source: k8s_audit\n`;

  test("of one's own replace the pack; a broken one is told of and the others judge", async () => {
    const file = join(dir, "mine.yaml");
    writeFileSync(file, `${rule("Mine")}${rule("Broken").replace("ka.verb", "ka.vreb")}`);
    const server = await started(["-r", file]);
    expect(server.stderr()).toContain("no field is called `ka.vreb`");
    expect(server.stderr()).toContain("mine.yaml:9:14");
    await server.post(exec(id(1)));
    const [found] = await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    expect(found).toMatchObject({ rule: "Mine", output: "by alice" });
    const { items, problems } = (await server.get("/api/v1/rules")).body as Listed & { problems: readonly unknown[] };
    expect([items.map(({ name }) => name), problems.length]).toEqual([["Mine"], 1]);
  });

  test("are loaded again when their file changes and on SIGHUP; where none loads, the former go on", async () => {
    const file = join(dir, "mine.yaml");
    writeFileSync(file, rule("Before"));
    const server = await started(["-r", file]);
    const names = async () => ((await server.get("/api/v1/rules")).body as Listed).items.map(({ name }) => name);
    writeFileSync(file, rule("After"));
    expect(await eventually(names, ([name]) => name === "After")).toEqual(["After"]);
    writeFileSync(file, "- rule: [\n");
    server.signal("SIGHUP");
    await eventually(
      async () => server.stderr(),
      (text) => text.includes("the former ones go on"),
    );
    expect(await names()).toEqual(["After"]);
    await server.post(exec(id(1)));
    const [found] = await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    expect(found?.rule).toBe("After");
  });
});

test("readiness tells of a disk without room", async () => {
  const server = await started([], { TIERCEL_JOURNAL__MIN_FREE_BYTES: String(2 ** 52) });
  expect(await server.get("/readyz")).toMatchObject({
    status: 503,
    body: { ready: false, checks: { journal: { ok: false, reason: expect.stringContaining("batches are refused") } } },
  });
  expect((await server.post(exec(id(1)))).status).toBe(503);
});

describe("who may", () => {
  test("the token it makes is private, stays the same, and is never logged", async () => {
    const server = await started();
    const file = join(dir, "admin-token");
    const token = readFileSync(file, "utf8").trim();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect((await server.get("/api/v1/detections")).status).toBe(200);
    expect((await server.get("/api/v1/detections", "wrong")).status).toBe(401);
    expect(server.stderr()).not.toContain(token);
    await stopped(server);
    await started();
    expect(readFileSync(file, "utf8").trim()).toBe(token);
  });

  test("a bootstrap token opens the API; too short a one keeps the server from starting", async () => {
    const server = await started([], { TIERCEL_BOOTSTRAP_TOKEN: "0123456789abcdef" });
    expect((await server.get("/api/v1/detections", "0123456789abcdef")).status).toBe(200);
    await stopped(server);
    const refused = await tiercel(["serve", "--data", dir], {
      cwd: dir,
      env: { TIERCEL_BOOTSTRAP_TOKEN: "0123456789abcde" },
    });
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("TIERCEL_BOOTSTRAP_TOKEN has 15 characters"),
    ]);
  });

  test("with tokens on, a cluster sends by the token of the configuration", async () => {
    writeFileSync(
      join(dir, "tiercel.yaml"),
      "sources: [{type: webhook, token_required: true}]\nclusters: [{name: prod, token: a-token-of-the-cluster}]\n",
    );
    const server = await started();
    expect((await server.post(exec(id(1)))).status).toBe(401);
    const send = (token: string) =>
      fetch(`${server.ingest}/k8s_audit`, {
        method: "POST",
        body: exec(id(1)),
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await send("a-token-of-nobody-at-all")).status).toBe(401);
    expect((await send("a-token-of-the-cluster")).status).toBe(200);
    const [found] = await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    expect(found?.cluster).toBe("prod");
  });
});

describe("what keeps it from starting is told, with a remedy, and ends with 2", () => {
  const refusal = async (args: readonly string[]) => {
    const free = ["--ingest", "127.0.0.1:0", "--listen", "127.0.0.1:0"];
    const { code, stderr } = await tiercel(["serve", "--data", join(dir, "data"), ...free, ...args], { cwd: dir });
    return { code, said: stderr.split("\n").filter((line) => line !== "" && !line.startsWith("{")) };
  };

  test("an ingest address that others reach, without a token", async () => {
    const { code, said } = await refusal(["--ingest", ":7765"]);
    expect([code, said[0]]).toEqual([2, expect.stringContaining("`insecure: true` lets anybody send made-up events")]);
  });

  test("a port that is taken", async () => {
    mkdirSync(join(dir, "other"));
    const other = await startServer(join(dir, "other"));
    servers.push(other);
    const address = other.api.replace("http://", "");
    expect(await refusal(["--listen", address])).toEqual({
      code: 2,
      said: [
        `tiercel: the API cannot listen on ${address}: another program does already`,
        "help: choose another with `--listen`; port 0 takes any free one",
      ],
    });
    const ingest = other.ingest.replace("http://", "");
    expect((await refusal(["--ingest", ingest])).said[0]).toBe(
      `tiercel: source webhook cannot listen on ${ingest}: another program does already`,
    );
  });

  test("a data folder that cannot be", async () => {
    writeFileSync(join(dir, "file"), "");
    const { code, said } = await refusal(["--data", join(dir, "file", "data")]);
    expect([code, said]).toEqual([
      2,
      [
        expect.stringMatching(/^tiercel: the data folder .* cannot be used: ENOTDIR/),
        expect.stringContaining("`--data`"),
      ],
    ]);
  });

  test("a data folder in use", async () => {
    await started();
    expect(await refusal(["--data", dir])).toMatchObject({
      code: 2,
      said: [expect.stringMatching(/another (process|Tiercel)/)],
    });
  });

  test("a configuration with a mistake", async () => {
    writeFileSync(join(dir, "bad.yaml"), "log: {levle: info}\n");
    expect(await refusal(["-c", "bad.yaml"])).toEqual({
      code: 2,
      said: [
        "tiercel: bad.yaml:1:7: no option is called `levle` [unknown-option]",
        "1 | log: {levle: info}",
        "          ^^^^^",
        "help: did you mean `level`?",
      ],
    });
  });

  test("rules of which none loads", async () => {
    writeFileSync(join(dir, "rules.yaml"), "- rule: Nothing\n");
    const { code, said } = await refusal(["-r", "rules.yaml"]);
    expect([code, said[0], said[1]]).toEqual([
      2,
      "tiercel: no rule could be loaded",
      expect.stringMatching(/^rules.yaml:1:\d+: /),
    ]);
  });
});

describe("asking from the command line", () => {
  test("detections and activity as tables and as JSON", async () => {
    const server = await started();
    await server.post(exec(id(1)));
    await eventually(
      () => detections(server),
      ({ length }) => length > 0,
    );
    const ask = (...args: readonly string[]) => tiercel([...args, "--server", server.api, "--data", dir], { cwd: dir });
    expect(await ask("detections", "-u", "alice", "-p", "notice")).toEqual({
      code: 0,
      stdout:
        "TIME                  PRIORITY  CLUSTER  RULE             USER   NAMESPACE  NAME\n" +
        "2026-03-01T12:00:00Z  Notice    default  Attach/Exec Pod  alice  shop       web\n",
      stderr: "",
    });
    expect(await ask("detections", "--since", "1h")).toEqual({ code: 0, stdout: "", stderr: "nothing was found\n" });
    const { stdout } = await ask("activity", "-o", "ndjson", "--resource", "pods/exec");
    expect(JSON.parse(stdout)).toMatchObject({ user: "alice", resource: "pods", subresource: "exec", detections: 1 });
    expect(await ask("detections", "-p", "urgent")).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("`priority` must be one of Emergency, Alert"),
    });
  });

  test("without a server, or without a token, it ends with 3 and says what to do", async () => {
    const server = await started();
    const stranger = mkdtempSync(join(dir, "elsewhere-"));
    const { code, stderr } = await tiercel(["detections"], { cwd: stranger, env: { TIERCEL_SERVER: server.api } });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/does not let us in.*\nhelp: set TIERCEL_TOKEN/)]);
    await stopped(server);
    const gone = await tiercel(["detections"], { cwd: stranger, env: { TIERCEL_SERVER: server.api } });
    expect([gone.code, gone.stderr]).toEqual([
      3,
      expect.stringMatching(/ECONNREFUSED\nhelp: start one with `tiercel serve`/),
    ]);
  });
});
