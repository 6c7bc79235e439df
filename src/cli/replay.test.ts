import { utimesSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { folderOf } from "./files.kit.ts";
import { type TestIoOptions, testIo } from "./io.kit.ts";
import { run } from "./run.ts";

const rules = `
- rule: Pod made
  desc: A pod.
  condition: ka.verb = create and ka.target.resource = pods
  output: pod %ka.target.name by %ka.user.name
  priority: NOTICE
  source: k8s_audit
  tags: [b, a]
- rule: Anything by Bob
  desc: Bob.
  condition: ka.user.name = bob
  output: bob and "number" %evt.num
  priority: CRITICAL
  source: k8s_audit
- rule: Off
  desc: Disabled.
  condition: ka.verb exists
  output: off
  priority: DEBUG
  source: k8s_audit
  enabled: false
`;

const event = (user: string, name: string, second = 1) =>
  JSON.stringify({
    kind: "Event",
    apiVersion: "audit.k8s.io/v1",
    auditID: "a",
    stage: "ResponseComplete",
    stageTimestamp: `2024-05-06T07:08:0${second}.5Z`,
    verb: "create",
    user: { username: user },
    objectRef: { resource: "pods", name },
  });

const files = {
  "rules.yaml": rules,
  "events.json": `${event("alice", "a")}\n${event("bob", "b", 2)}\n`,
};

async function replayed(folder: string, args: readonly string[], options: TestIoOptions = {}) {
  const io = testIo(options);
  const exit = await run(["replay", ...args.map((arg) => arg.replace("@", `${folder}/`))], io);
  const told = (text: string) => text.replaceAll(`${folder}/`, "@").split("\n").slice(0, -1);
  return { exit, out: told(io.out()), err: told(io.err()) };
}

test("alerts are lines of text as Falco prints them, and the summary is talk", async () => {
  expect(await replayed(folderOf(files), ["-r", "@rules.yaml", "@events.json"])).toEqual({
    exit: 0,
    out: ["07:08:01.500000000: Notice pod a by alice", "07:08:02.500000000: Notice pod b by bob"],
    err: [
      "Events read: 2",
      "Events detected: 2",
      "Rule counts by severity:",
      "   NOTICE: 2",
      "Triggered rules by rule name:",
      "   Pod made: 2",
    ],
  });
});

test("JSON has one object a line, keys sorted, with the time of the event and the name of the host", async () => {
  const { out } = await replayed(folderOf(files), ["-r", "@rules.yaml", "-o", "json", "--all", "@events.json"]);
  expect(out).toEqual([
    '{"hostname":"myhost","output":"07:08:01.500000000: Notice pod a by alice","output_fields":{"evt.time":1714979281500000000,"ka.target.name":"a","ka.user.name":"alice"},"priority":"Notice","rule":"Pod made","source":"k8s_audit","tags":["a","b"],"time":"2024-05-06T07:08:01.500000000Z"}',
    '{"hostname":"myhost","output":"07:08:02.500000000: Notice pod b by bob","output_fields":{"evt.time":1714979282500000000,"ka.target.name":"b","ka.user.name":"bob"},"priority":"Notice","rule":"Pod made","source":"k8s_audit","tags":["a","b"],"time":"2024-05-06T07:08:02.500000000Z"}',
    '{"hostname":"myhost","output":"07:08:02.500000000: Critical bob and \\"number\\" 2","output_fields":{"evt.num":2,"evt.time":1714979282500000000},"priority":"Critical","rule":"Anything by Bob","source":"k8s_audit","tags":[],"time":"2024-05-06T07:08:02.500000000Z"}',
  ]);
});

test("Falco's settings for alerts are options, and FALCO_HOSTNAME is heard", async () => {
  const args = ["-q", "-r", "@rules.yaml", "-o", "json", "--time-format-iso-8601", "--json-include-message-property"];
  const less = ["--no-json-include-tags-property", "--no-json-include-output-fields-property", "-"];
  const more = ["--append-output", "verb=%ka.verb", "--append-field", "ka.stage"];
  const options = { stdin: event("alice", "a"), env: { FALCO_HOSTNAME: "here" } };
  expect((await replayed(folderOf(files), [...args, ...less, ...more], options)).out).toEqual([
    '{"hostname":"here","message":"pod a by alice verb=create","output":"2024-05-06T07:08:01.500000000+0000: Notice pod a by alice verb=create","priority":"Notice","rule":"Pod made","source":"k8s_audit","time":"2024-05-06T07:08:01.500000000Z"}',
  ]);
  const [json = ""] = (await replayed(folderOf(files), ["-r", "@rules.yaml", "-ojson", ...more, "-"], options)).out;
  expect(JSON.parse(json).output_fields).toEqual({
    "evt.time": 1714979281500000000,
    "ka.stage": "ResponseComplete",
    "ka.target.name": "a",
    "ka.user.name": "alice",
    "ka.verb": "create",
  });
});

test("rules are switched on and off in order, and left out below a priority", async () => {
  const folder = folderOf(files);
  const texts = async (...args: string[]) => {
    const { out } = await replayed(folder, ["-q", "-r", "@rules.yaml", "--all", ...args, "@events.json"]);
    return out.map((line) => line.slice(20));
  };
  expect(await texts("--disable", "*", "--enable", "Off")).toEqual(["Debug off", "Debug off"]);
  expect(await texts("--disable", "tag=a")).toEqual(['Critical bob and \\"number\\" 2']);
  expect(await texts("--enable", "O*", "--priority", "info", "--disable", "*Bob")).toEqual([
    "Notice pod a by alice",
    "Notice pod b by bob",
  ]);
});

test("--fail-on answers 1 to an alert as severe, --strict to what is unreadable", async () => {
  const folder = folderOf({ ...files, "bad.json": "no\n" });
  const exit = async (...args: string[]) => (await replayed(folder, ["-r", "@rules.yaml", "--all", ...args])).exit;
  expect(await exit("--fail-on", "critical", "@events.json")).toBe(1);
  expect(await exit("--fail-on", "alert", "@events.json")).toBe(0);
  expect(await exit("--strict", "@events.json")).toBe(0);
  expect(await exit("--strict", "@bad.json")).toBe(1);
  expect(await exit("@bad.json")).toBe(0);
});

test("an unreadable item is told with its place, counted, and costs only itself", async () => {
  const half = event("bob", "x").slice(0, 60);
  const folder = folderOf({
    ...files,
    "mixed.json": `${half}\n${event("alice", "a")}\n{"kind":"Pod"}\n${event("bob", "b")}`,
  });
  const { exit, out, err } = await replayed(folder, ["-r", "@rules.yaml", "@mixed.json"]);
  expect(exit).toBe(0);
  expect(out).toEqual(["07:08:01.500000000: Notice pod a by alice", "07:08:01.500000000: Notice pod b by bob"]);
  expect(err.slice(0, 4)).toEqual([
    expect.stringMatching(/^@mixed\.json:1: no JSON: /),
    "@mixed.json:3: not an audit event: its kind is `Pod`",
    "Events read: 2",
    "Items not readable: 2",
  ]);
});

test("lists, arrays, pretty-printed and packed files are all read; a folder oldest first", async () => {
  const list = JSON.stringify({ kind: "EventList", items: [JSON.parse(event("u", "list"))] });
  const folder = folderOf({
    "rules.yaml": rules,
    "logs/z.log": `[${event("u", "array")},[${event("u", "deeper")}]]`,
    "logs/a.log.gz": gzipSync(`${list}\n${event("u", "line")}`),
    "logs/m.json": JSON.stringify(JSON.parse(event("u", "pretty")), null, 2),
    "logs/below/x.json": event("u", "not read"),
  });
  for (const [index, name] of ["z.log", "a.log.gz", "m.json"].entries()) {
    utimesSync(join(folder, "logs", name), 1000 + index, 1000 + index);
  }
  const { out } = await replayed(folder, ["-q", "-r", "@rules.yaml", "@logs"]);
  expect(out.map((line) => line.split(" ")[3])).toEqual(["array", "deeper", "list", "line", "pretty"]);
});

test("packed standard input is unpacked though it comes byte by byte, and damage is told", async () => {
  const packed = gzipSync(`${event("u", "a")}\n${event("u", "b")}\n`);
  const stdin = [...packed].map((byte) => Uint8Array.of(byte));
  const folder = folderOf(files);
  expect((await replayed(folder, ["-q", "-r", "@rules.yaml"], { stdin })).out).toHaveLength(2);
  const cut = await replayed(folder, ["-r", "@rules.yaml", "-"], { stdin: packed.subarray(0, -8) });
  expect(cut.exit).toBe(0);
  expect(cut.err[0]).toMatch(/^-:\d: the compressed data is damaged here, the rest of the file is lost: /);
});

test("as Falco, a line is a payload: one bad element refuses it, and pretty-printing is not understood", async () => {
  const stdin = `[${event("u", "a")},1]\n${event("u", "b")}\n${JSON.stringify(JSON.parse(event("u", "c")), null, 1)}`;
  const { out, err } = await replayed(folderOf(files), ["-r", "@rules.yaml", "--falco-compat", "-"], { stdin });
  expect(out).toEqual(["07:08:01.500000000: Notice pod b by u"]);
  expect(err[0]).toBe("-:1: data not recognized as a k8s audit event");
});

test("broken rules are told in Falco's words and in ours, and nothing is judged", async () => {
  const folder = folderOf({ ...files, "broken.yaml": rules.replace("ka.verb = create", "ka.vrb = create") });
  expect(await replayed(folder, ["-r", "@broken.yaml", "@events.json"])).toEqual({
    exit: 2,
    out: [],
    err: [
      "@broken.yaml: Invalid",
      "1 Errors:",
      "In rules content: (@broken.yaml:0:0)",
      "    rule 'Pod made': (@broken.yaml:1:2)",
      "    rule condition: (@broken.yaml:3:13)",
      '    condition expression: ("ka.vrb = create a...":4:14)',
      "------",
      expect.any(String),
      expect.any(String),
      "------",
      "LOAD_ERR_COMPILE_CONDITION (Error compiling condition): filter_check called with nonexistent field ka.vrb",
      "",
      "@broken.yaml:4:14: no field is called `ka.vrb` [unknown-field]",
      "4 |   condition: ka.vrb = create and ka.target.resource = pods",
      "                 ^^^^^^",
      "help: did you mean `ka.verb`?",
    ],
  });
});

test("a plugin that is too old is told; only as Falco does it end the run", async () => {
  const required = "- required_plugin_versions: [{name: k8saudit, version: 99.0.0}]\n";
  const folder = folderOf({ ...files, "rules.yaml": required + rules });
  const told = "Plugin 'k8saudit' version '0.18.0' is not compatible with required plugin version '99.0.0'";
  const lenient = await replayed(folder, ["-q", "-r", "@rules.yaml", "@events.json"]);
  expect(lenient).toEqual({ exit: 0, out: [expect.any(String), expect.any(String)], err: [told] });
  const strict = await replayed(folder, ["--falco-compat", "-r", "@rules.yaml", "@events.json"]);
  expect(strict).toEqual({ exit: 2, out: [], err: [told] });
});

test("a file that is not there and a terminal for input are mistakes of use, told with a way out", async () => {
  const folder = folderOf(files);
  expect(await replayed(folder, ["-r", "@rules.yaml", "@none.json"])).toEqual({
    exit: 2,
    out: [],
    err: ["tiercel: there is no file @none.json"],
  });
  expect(await replayed(folder, ["-r", "@rules.yaml"])).toEqual({
    exit: 2,
    out: [],
    err: ["tiercel: no events to judge", "help: name files or folders, or `-` to read standard input"],
  });
});

test("on a terminal the run shows how far it is, and wipes that away", async () => {
  const { err } = await replayed(folderOf(files), ["-r", "@rules.yaml", "@events.json", "@events.json"], { tty: true });
  const shown = err.join("\n").split("\r\x1b[2K");
  expect(shown[1]).toMatch(/^\d+ B of \d+ B \(\d+ %\), \d events, \d alerts, .* events\/s$/);
  expect(shown.at(-1)).toMatch(/^Events read: 4\n/);
});

test("without -r our own pack judges", async () => {
  const privileged = JSON.stringify({
    ...JSON.parse(event("mallory", "p")),
    level: "RequestResponse",
    responseStatus: { code: 201 },
    requestObject: { spec: { containers: [{ name: "c", image: "busybox", securityContext: { privileged: true } }] } },
  });
  const { out } = await replayed("", ["-q", "-o", "json", "-"], { stdin: privileged });
  expect(out.map((line) => JSON.parse(line).rule)).toEqual(["Create Privileged Pod"]);
});

test("a byte order mark before pretty-printed JSON is passed over", async () => {
  const marked = `\uFEFF${JSON.stringify(JSON.parse(event("ann", "web")), null, 1)}\n`;
  const { out, err } = await replayed(folderOf({ "rules.yaml": rules, "a.json": marked }), [
    "-r",
    "@rules.yaml",
    "@a.json",
  ]);
  expect(out).toEqual(["07:08:01.500000000: Notice pod web by ann"]);
  expect(err[0]).toBe("Events read: 1");
});

test("a log of many lines, odd ones among them, comes to the same in blocks as line by line, packed or not, damaged or not", async () => {
  const list = (...items: readonly string[]) =>
    `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[${items.join(",")}]}`;
  const inList = (user: string) => event(user, "listed").replace('"kind":"Event","apiVersion":"audit.k8s.io/v1",', "");
  const odd = [
    "not JSON",
    "",
    JSON.stringify(JSON.parse(event("bob", "pretty")), null, 2),
    list(inList("bob"), '{"auditID":"no time"}', inList("alice")),
    `[${event("bob", "in an array")},\n${event("alice", "in an array")}]`,
    '{"broken": "off',
    event("bob", "é\\ud83d"),
    `${event("bob", "two")}${event("bob", "on a line")}\r`,
    event("alice", "x".repeat(1_100_000)),
  ];
  const lines = Array.from({ length: 9000 }, (_, at) =>
    at % 900 === 450 ? odd[(at - 450) / 900]! : event(at % 3 === 0 ? "bob" : "alice", `n${at}`),
  );
  const text = `${[...lines, ...odd.slice(0, 3)].join("\n")}\n${event("bob", "without an end of line")}`;
  const packed = gzipSync(text);
  const damaged = Buffer.from(packed);
  damaged.fill(0, packed.length >> 1, (packed.length >> 1) + 20);
  const folder = folderOf({ ...files, "log.json": text, "log.json.gz": packed, "damaged.gz": damaged });
  for (const name of ["@log.json", "@log.json.gz", "@damaged.gz"]) {
    const args = ["-r", "@rules.yaml", "--all", name];
    const plain = await replayed(folder, args, { env: { TIERCEL_ENGINE: "plain" } });
    expect(plain.out.length).toBeGreaterThan(5000);
    expect(plain.err.some((line) => /:\d+: /.test(line))).toBe(true);
    expect(await replayed(folder, args)).toEqual(plain);
  }
});
