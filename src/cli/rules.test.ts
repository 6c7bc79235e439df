import { expect, test } from "vitest";
import { folderOf } from "./files.kit.ts";
import { type TestIoOptions, testIo } from "./io.kit.ts";
import { run } from "./run.ts";

const sound = `
- list: makers
  items: [alice, bob]
- macro: made
  condition: ka.verb = create
- rule: Pod made
  desc: Somebody made a pod.
  condition: made and ka.target.resource = pods and ka.req.pod.host_network = true and not ka.user.name in (makers)
  output: pod %ka.target.name by %ka.user.name
  priority: NOTICE
  source: k8s_audit
  tags: [b, a]
`;
const broken = `
- rule: R
  desc: d
  condition: ka.verb = create and ka.usr.name = bob
  output: o
  priority: INFO
  source: k8s_audit
`;
const event = {
  kind: "Event",
  apiVersion: "audit.k8s.io/v1",
  level: "Metadata",
  auditID: "a",
  stage: "ResponseComplete",
  stageTimestamp: "2024-05-06T07:08:09Z",
  verb: "create",
  user: { username: "carol" },
  objectRef: { resource: "pods", name: "p", namespace: "shop" },
};
const files = { "sound.yaml": sound, "broken.yaml": broken, "event.json": JSON.stringify(event) };

async function ran(folder: string, args: readonly string[], options: TestIoOptions = {}) {
  const io = testIo(options);
  const exit = await run(["rules", ...args.map((arg) => arg.replace("@", `${folder}/`))], io);
  const told = (text: string) => text.replaceAll(`${folder}/`, "@");
  return { exit, out: told(io.out()), err: told(io.err()) };
}

const lines = (...all: string[]) => `${all.join("\n")}\n`;

test("validate answers a sound file as Falco does", async () => {
  const folder = folderOf(files);
  expect(await ran(folder, ["validate", "@sound.yaml"])).toEqual({ exit: 0, out: "@sound.yaml: Ok\n", err: "" });
  expect(await ran(folder, ["validate", "-o", "json", "@sound.yaml"])).toEqual({
    exit: 0,
    out: '{"falco_load_results":[{"errors":[],"name":"@sound.yaml","schema_valid":true,"schema_warnings":[],"successful":true,"warnings":[]}]}\n',
    err: "",
  });
});

test("validate draws mistakes on stderr, while stdout is Falco's word for word", async () => {
  const { exit, out, err } = await ran(folderOf(files), ["validate", "@broken.yaml"]);
  expect(exit).toBe(1);
  expect(out).toBe(
    lines(
      "@broken.yaml: Invalid",
      "1 Errors:",
      "In rules content: (@broken.yaml:0:0)",
      "    rule 'R': (@broken.yaml:1:2)",
      "    rule condition: (@broken.yaml:3:13)",
      '    condition expression: ("ka.verb = create ...":4:35)',
      "------",
      "ka.verb = create and ka.usr.name = bob",
      "                                     ^",
      "------",
      "LOAD_ERR_COMPILE_CONDITION (Error compiling condition): filter_check called with nonexistent field ka.usr.name",
      "",
    ),
  );
  expect(err).toBe(
    lines(
      "error: @broken.yaml:4:35: no field is called `ka.usr.name` [unknown-field]",
      "4 |   condition: ka.verb = create and ka.usr.name = bob",
      "                                      ^^^^^^^^^^^",
      "help: did you mean `ka.user.name`?",
    ),
  );
  expect((await ran(folderOf(files), ["validate", "--no-diagnostics", "@broken.yaml"])).err).toBe("");
  expect((await ran(folderOf(files), ["validate", "-ojson", "@broken.yaml"])).err).toBe("");
  expect((await ran(folderOf(files), ["validate", "-ojson", "--diagnostics", "@broken.yaml"])).err).toBe(err);
});

test("validate goes on after a broken file, and says no more of warnings than Falco's stdout does", async () => {
  const folder = folderOf({ ...files, "warned.yaml": "- list: unused\n  items: [x]\n" });
  const { exit, out, err } = await ran(folder, ["validate", "@warned.yaml", "@sound.yaml"]);
  expect({ exit, out }).toEqual({ exit: 0, out: "@warned.yaml: Ok, with warnings\n@sound.yaml: Ok, with warnings\n" });
  expect(err).toMatch(/^warning: @warned\.yaml:1:\d+: .*unused/);
});

test("list tells a rule a line", async () => {
  const folder = folderOf(files);
  expect((await ran(folder, ["list", "-r", "@sound.yaml"])).out).toBe(
    lines("NAME      PRIORITY  ENABLED  TAGS", "Pod made  Notice    yes      a b"),
  );
  expect((await ran(folder, ["list", "-r", "@sound.yaml", "-o", "name"])).out).toBe("Pod made\n");
  expect((await ran(folder, ["list", "-r", "@sound.yaml", "-o", "json"])).out).toBe(
    '{"description":"Somebody made a pod.","enabled":true,"name":"Pod made","priority":"Notice","source":"k8s_audit","tags":["a","b"]}\n',
  );
});

test("describe tells all in two columns, one on a page, or everything as JSON", async () => {
  const folder = folderOf(files);
  expect((await ran(folder, ["describe", "-r", "@sound.yaml"])).out).toBe(
    lines(
      `${"Rule".padEnd(50)} Description`,
      `${"----".padEnd(50)} -----------`,
      "",
      `${"Pod made".padEnd(50)} Somebody made a pod.`,
    ),
  );
  expect((await ran(folder, ["describe", "-r", "@sound.yaml", "Pod made"])).out).toBe(
    lines(
      "Pod made",
      "Somebody made a pod.",
      "",
      "priority   Notice",
      "enabled    true",
      "tags       a, b",
      "macros     made",
      "lists      makers",
      "fields     ka.req.pod.host_network, ka.target.resource, ka.user.name, ka.verb",
      "",
      "condition",
      "made and ka.target.resource = pods and ka.req.pod.host_network = true and not ka.user.name in (makers)",
      "",
      "output",
      "pod %ka.target.name by %ka.user.name",
    ),
  );
  const json = JSON.parse((await ran(folder, ["describe", "-r", "@sound.yaml", "-o", "json"])).out);
  expect(Object.keys(json)).toEqual([
    "lists",
    "macros",
    "required_engine_version",
    "required_plugin_versions",
    "rules",
  ]);
  expect(json.rules[0].details.condition_compiled).toBe(
    "(ka.verb = create and ka.target.resource = pods and ka.req.pod.host_network = true and not ka.user.name in (alice, bob))",
  );
  expect(await ran(folder, ["describe", "-r", "@sound.yaml", "Pod mad"])).toEqual({
    exit: 2,
    out: "",
    err: "tiercel: no rule is called `Pod mad`\nhelp: did you mean `Pod made`?\n",
  });
});

test("fields are found by name, meaning and topic, and a slip is guessed", async () => {
  const folder = folderOf({});
  expect((await ran(folder, ["fields", "ka.user.groups", "-o", "name"])).out).toBe("ka.user.groups\n");
  expect((await ran(folder, ["fields", "ka.user.groups"])).out).toMatch(
    /^identity\n {2}ka\.user\.groups.*\n {6}\S.*\n {6}list of string · from level Metadata · .* · .*\n$/,
  );
  expect((await ran(folder, ["fields", "ka.user.groups", "-o", "markdown"])).out).toMatch(
    /^## identity\n\n\| field \| type \| .*\n\|---.*\n\| `ka\.user\.groups/,
  );
  expect(JSON.parse((await ran(folder, ["fields", "evt.num", "-o", "json"])).out)).toEqual([
    {
      topic: "any event",
      name: "evt.num",
      form: "evt.num",
      type: "uint64",
      doc: "The event's number within its source, from 1.",
      level: "Metadata",
      stages: ["all"],
      trust: "server",
      falco: true,
    },
  ]);
  expect((await ran(folder, ["fields", "ka.usr.name"])).err).toBe(
    "tiercel: no field speaks of `ka.usr.name`\nhelp: did you mean `ka.user.name`?\n",
  );
});

test("explain draws the condition, what was found, and where what is absent would be", async () => {
  const { exit, out, err } = await ran(folderOf(files), ["explain", "-r", "@sound.yaml", "Pod made", "@event.json"]);
  expect({ exit, err }).toEqual({ exit: 0, err: "" });
  expect(out).toBe(
    lines(
      "Pod made does not match event 1, carol create pods shop/p ResponseComplete (@event.json:1)",
      "✗ all of",
      "├─ ✓ made ka.verb = create   ka.verb is create",
      "├─ ✓ ka.target.resource = pods   ka.target.resource is pods",
      "├─ ✗ ka.req.pod.host_network = true   ka.req.pod.host_network is absent: this event was logged at level Metadata; it exists from Request",
      "└─ ✓ not",
      "   └─ ✗ ka.user.name in (alice, bob)   ka.user.name is carol",
      "",
      "what decided:",
      "  ✗ ka.req.pod.host_network = true   ka.req.pod.host_network is absent: this event was logged at level Metadata; it exists from Request",
      "",
    ),
  );
});

test("explain tells what the rule says where it matches, and JSON holds the tree", async () => {
  const folder = folderOf(files);
  const stdin = JSON.stringify({ ...event, level: "Request", requestObject: { spec: { hostNetwork: true } } });
  const { out } = await ran(folder, ["explain", "-r", "@sound.yaml", "Pod made"], { stdin });
  expect(out).toMatch(/^Pod made matches event 1, .* \(-:1\)\n✓ all of\n/);
  expect(out).toMatch(/\n\nit says: pod p by carol\n\n$/);
  const json = (
    await ran(folder, ["explain", "-r", "@sound.yaml", "Pod made", "-ojson"], { stdin: files["event.json"] })
  ).out;
  expect(JSON.parse(json)).toEqual({
    rule: "Pod made",
    enabled: true,
    event: 1,
    file: "-",
    line: 1,
    matches: false,
    condition: {
      kind: "and",
      holds: false,
      children: [
        {
          kind: "check",
          macro: "made",
          holds: true,
          text: "ka.verb = create",
          values: [{ field: "ka.verb", value: "create", shown: "create" }],
        },
        {
          kind: "check",
          holds: true,
          text: "ka.target.resource = pods",
          values: [{ field: "ka.target.resource", value: "pods", shown: "pods" }],
        },
        {
          kind: "check",
          holds: false,
          text: "ka.req.pod.host_network = true",
          values: [
            {
              field: "ka.req.pod.host_network",
              existsFrom: { level: "Request", stages: ["ResponseStarted", "ResponseComplete", "Panic"] },
              because: "this event was logged at level Metadata; it exists from Request",
            },
          ],
        },
        {
          kind: "not",
          holds: true,
          children: [
            {
              kind: "check",
              holds: false,
              text: "ka.user.name in (alice, bob)",
              values: [{ field: "ka.user.name", value: "carol", shown: "carol" }],
            },
          ],
        },
      ],
    },
  });
});

test("explain picks one event, and says when there is none such", async () => {
  const folder = folderOf({
    ...files,
    "two.json": `${JSON.stringify(event)}\n${JSON.stringify({ ...event, verb: "get" })}`,
  });
  const args = ["explain", "-r", "@sound.yaml", "Pod made", "@two.json", "--event"];
  expect((await ran(folder, [...args, "2"])).out).toMatch(/^Pod made does not match event 2, carol get pods/);
  expect((await ran(folder, [...args, "3"])).err).toBe("tiercel: there is no event 3: there are 2\n");
});

test("rule tests that hold are ticked off; one that fails says why", async () => {
  const folder = folderOf({
    ...files,
    "sound.test.yaml": `
base:
  pod: ${JSON.stringify({ ...event, level: "Request", requestObject: { spec: { hostNetwork: true } } })}
rules: [sound.yaml]
tests:
- name: carol is told
  event: pod
  expect: [{rule: Pod made, priority: notice, tags: [a, b], output: pod p by carol, fields: {ka.user.name: carol, ka.verb: create}}]
- name: alice is told
  event: {base: pod, change: {user.username: alice}}
  expect: [Pod made]
- name: nobody is told
  event: pod
  expect: []
- name: another message
  event: {file: event.json, change: {requestObject.spec.hostNetwork: true}}
  expect: [[{rule: Pod made, output_contains: dave, fields: {ka.stage: Panic, ka.nix: 1}}]]
- name: another rule
  event: pod
  expect: [Pod mode]
`,
  });
  const { exit, out, err } = await ran(folder, ["test", folder]);
  expect({ exit, err }).toEqual({ exit: 1, err: "" });
  expect(out).toBe(
    lines(
      "✓ @sound.test.yaml:6: carol is told",
      "✗ @sound.test.yaml:9: alice is told",
      "    expected `Pod made`, but nothing alerted",
      "    why `Pod made` kept silent:",
      "      ✓ ka.user.name in (alice, bob) holds and should not   ka.user.name is alice",
      "✗ @sound.test.yaml:12: nobody is told",
      "    expected nothing, but `Pod made` alerted",
      "    `Pod made` said: pod p by carol",
      "✗ @sound.test.yaml:15: another message",
      '    event 1: `Pod made`: the output lacks "dave": "pod p by carol"',
      '    event 1: `Pod made`: `ka.stage` is "ResponseComplete", expected "Panic"',
      "    event 1: `Pod made`: no field is called `ka.nix`",
      "✗ @sound.test.yaml:18: another rule",
      "    expected `Pod mode`, but `Pod made` alerted",
      "    why `Pod mode` kept silent:",
      "      no rule is called that; did you mean `Pod made`?",
      "    `Pod made` said: pod p by carol",
      "1 passed, 4 failed",
    ),
  );
});

test("JUnit XML holds the same", async () => {
  const folder = folderOf({
    ...files,
    "sound.test.yaml":
      'tests:\n- {name: "a < b", event: {verb: get}, expect: []}\n- {name: c, event: {verb: get}, expect: [Pod made]}\n',
  });
  const { exit, out } = await ran(folder, ["test", "-o", "junit", "@sound.test.yaml"]);
  // The folder's other rules file is broken, so the rules of the whole folder do not load.
  expect(exit).toBe(2);
  expect(out).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="0" failures="0">\n</testsuites>\n');
  const alone = folderOf({
    "sound.yaml": sound,
    "sound.test.yaml":
      'tests:\n- {name: "a < b", event: {verb: get}, expect: []}\n- {name: c, event: {verb: get}, expect: [Pod made]}\n',
  });
  const whole = await ran(alone, ["test", "-o", "junit", "@sound.test.yaml"]);
  expect(whole.exit).toBe(1);
  expect(whole.out).toMatch(
    /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="2" failures="1">\n {2}<testsuite name="@sound\.test\.yaml" tests="2" failures="1">\n {4}<testcase classname="@sound\.test\.yaml" name="a &lt; b" file="@sound\.test\.yaml" line="2"\/>\n {4}<testcase .* name="c" .* line="3">\n {6}<failure message="expected `Pod made`, but nothing alerted">expected [\s\S]*<\/failure>\n {4}<\/testcase>\n {2}<\/testsuite>\n<\/testsuites>\n$/,
  );
});

test("a disabled rule, one of another file, and one behind another are told as such", async () => {
  const rule = (name: string, more = "") =>
    `- rule: ${name}\n  desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
  const folder = folderOf({
    "a.yaml": rule("Elsewhere"),
    "b.yaml": rule("Here") + rule("Off", "  enabled: false\n") + rule("Last"),
    "b.test.yaml": `
tests:
- {name: off, event: {verb: get}, expect: [Here, Off, Last]}
- {name: elsewhere, event: {verb: get}, expect: [Here, Last, Elsewhere]}
- {name: behind, matching: first, event: {verb: get}, expect: [Here, Last]}
`,
    "on/c.yaml": rule("One", "  enabled: false\n") + rule("Two"),
    "on/c.test.yaml": "enable: [O*]\ntests:\n- {name: in order, event: {verb: get}, expect: [One, Two]}\n",
  });
  const { out } = await ran(folder, ["test", folder]);
  expect(out).toBe(
    lines(
      "✗ @b.test.yaml:3: off",
      "    expected `Here`, `Off`, `Last`, but `Here`, `Last` alerted",
      "    why `Off` kept silent:",
      "      it is disabled; name it under `enable` to test it",
      "✗ @b.test.yaml:4: elsewhere",
      "    expected `Here`, `Last`, `Elsewhere`, but `Here`, `Last` alerted",
      "    why `Elsewhere` kept silent:",
      "      it stands in another file than the one beside this test; name the files under `rules`",
      "✗ @b.test.yaml:5: behind",
      "    expected `Here`, `Last`, but `Here` alerted",
      "    why `Last` kept silent:",
      "      it matches, but `Here` came first (`matching: first`)",
      "✓ @on/c.test.yaml:3: in order",
      "1 passed, 3 failed",
    ),
  );
});

test("a broken test file ends with its mistakes and 2", async () => {
  const folder = folderOf({
    "sound.yaml": sound,
    "sound.test.yaml": "tests:\n- {name: a, event: nobody, expect: []}\n",
  });
  expect(await ran(folder, ["test", "@sound.test.yaml"])).toEqual({
    exit: 2,
    out: "0 passed, 0 failed\n",
    err: "@sound.test.yaml:2:20: no base event is called `nobody`; there are none\n",
  });
});
