import { describe, expect, test } from "vitest";
import type { AuditEvent } from "../domain/audit-event.ts";
import { decode } from "../domain/decode.ts";
import { fieldCatalogue } from "../fields/index.ts";
import { type ExceptionField, exceptionYaml } from "./exception-yaml.ts";
import { exceptionsOf, type LoadMode, load, type RuleSource, type World } from "./index.ts";
import { exceptionCandidates, exceptionFile } from "./propose-exception.ts";

const world: World<AuditEvent> = {
  sources: new Map([["k8s_audit", fieldCatalogue({ falcoCompat: false })]]),
  matching: "all",
};
const lines = (...all: readonly string[]): string => [...all, ""].join("\n");

const base: RuleSource = {
  name: "base.yaml",
  text: lines(
    "- list: payments",
    "  items: [shop, till]",
    "- rule: Exec",
    "  desc: d",
    "  condition: ka.verb = create and ka.target.subresource = exec and ka.target.namespace in (payments)",
    "  output: exec (user=%ka.user.name command=%ka.exec.command)",
    "  priority: NOTICE",
    "  source: k8s_audit",
    "- rule: Known",
    "  desc: d",
    "  condition: ka.verb = create",
    "  output: o",
    "  priority: NOTICE",
    "  source: k8s_audit",
    "  exceptions:",
    "    - name: user_name",
    "      fields: [ka.user.name]",
    "      values: [[eve]]",
    "    - name: verb",
    "      fields: ka.verb",
    "      values: [watch]",
  ),
};

interface Change {
  readonly user?: string;
  readonly namespace?: string;
  readonly userAgent?: string;
  readonly groups?: readonly string[];
}

function eventOf({
  user = "alice",
  namespace = "shop",
  userAgent = "kubectl/v1.31.0 (linux/amd64)",
  groups,
}: Change): AuditEvent {
  const event = {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseStarted", auditID: "1" },
    ...{ stageTimestamp: "2026-01-01T00:00:00.000000Z", verb: "create", userAgent, sourceIPs: ["192.0.2.1"] },
    requestURI: "/api/v1/namespaces/shop/pods/api-7c9d8f6b5d-x2v9k/exec?command=sh",
    user: { username: user, groups: groups ?? ["dev", "system:authenticated"] },
    objectRef: { resource: "pods", subresource: "exec", namespace, name: "api-7c9d8f6b5d-x2v9k" },
  };
  const [part] = [...decode(new TextEncoder().encode(JSON.stringify(event)))];
  if (part?.kind !== "event") throw new Error("no event");
  return part.event;
}

const loadedWith = (text: string, mode: LoadMode = "lenient") => load([base, { name: "own.yaml", text }], world, mode);
const about = { num: 1n, time: 0n, source: "k8s_audit", hostname: "h" };

function matches(text: string, event: AuditEvent, mode?: LoadMode, name = "Exec"): boolean {
  const rule = loadedWith(text, mode).ruleSet.rules.find((one) => one.name === name);
  if (rule === undefined) throw new Error(`${name} did not load`);
  return rule.test(event, about);
}

function wish(fields: readonly ExceptionField[], text = "", rule = "Exec", name?: string) {
  const loaded = loadedWith("");
  const found = loaded.ruleSet.rules.find((one) => one.name === rule)!;
  return exceptionYaml({
    rule: found,
    ...(name !== undefined && { name }),
    fields,
    into: { name: "own.yaml", text },
    known: exceptionsOf(loaded, rule),
    lists: loaded.compiled.lists.map((list) => list.name),
  });
}

const is = (field: string, value: string | readonly string[], comp = "="): ExceptionField => ({ field, comp, value });
const alice = is("ka.user.name", "alice");

describe("candidates", () => {
  test("are who, what, and what the rule reads, with the event's values and who vouches for them", () => {
    const [, , rule] = [0, 0, loadedWith("").ruleSet.rules[0]!];
    expect(
      exceptionCandidates(rule, eventOf({})).map(({ field, from, comp, proposed, trust, suggested }) =>
        [from, field, comp, String(proposed), trust, suggested ? "suggested" : ""].join(" ").trimEnd(),
      ),
    ).toEqual([
      "who ka.user.name = alice server suggested",
      "who ka.user.groups intersects dev server",
      "who ka.sourceip.last = 192.0.2.1 server",
      "who ka.sourceips in 192.0.2.1 client",
      "who ka.useragent startswith kubectl/ client",
      "what ka.target.namespace = shop server suggested",
      "what ka.target.name startswith api- client",
      "what ka.target.resource = pods server",
      "what ka.target.subresource = exec server",
      "what ka.verb = create server",
      "output ka.exec.command = sh client",
    ]);
  });

  test("leave out what is sealed: the rules judge what stood there before", () => {
    const event = eventOf({ userAgent: "curl redacted:0123456789abcdef" });
    const fields = exceptionCandidates(loadedWith("").ruleSet.rules[0]!, event).map(({ field }) => field);
    expect(fields).not.toContain("ka.useragent");
    expect(fields).toContain("ka.user.name");
  });

  test("go into a file that loads after the rule", () => {
    const at = (file: string) => ({ origin: { file, line: 1 } });
    expect(exceptionFile(at("rules/base.yaml"), ["mine.yaml"])).toBe("exceptions.yaml");
    expect(exceptionFile(at("mine.yaml"), ["mine.yaml"])).toBe("mine.yaml");
    expect(exceptionFile(at("a.yaml"), ["a.yaml"])).toBe("exceptions.yaml");
  });
});

describe("an exception", () => {
  test("is an item that Falco's `override` appends, in a new file", () => {
    const { text, snippet, name, warnings } = wish([alice, is("ka.target.namespace", "shop")]);
    expect(text).toBe(
      lines(
        "- rule: Exec",
        "  exceptions:",
        "    - name: user_name_and_namespace",
        "      fields: [ka.user.name, ka.target.namespace]",
        "      comps: [=, =]",
        "      values:",
        "        - [alice, shop]",
        "  override:",
        "    exceptions: append",
      ),
    );
    expect({ snippet, name, warnings }).toEqual({ snippet: text, name: "user_name_and_namespace", warnings: [] });
    for (const mode of ["lenient", "falco"] as const) {
      expect(loadedWith(text, mode).diagnostics).toEqual([]);
      expect(matches(text, eventOf({}), mode)).toBe(false);
      expect(matches(text, eventOf({ user: "bob" }), mode)).toBe(true);
      expect(matches(text, eventOf({ namespace: "till" }), mode)).toBe(true);
    }
  });

  test("stands behind the rule's others, comments and all left as they are; its values behind their like", () => {
    const before = lines(
      "# What we know of.",
      "- rule: Exec # the noisy one",
      "  exceptions:",
      '    - name: "user_name"   # people',
      "      fields: [ka.user.name]",
      "      comps: [=]",
      "      values:",
      "        # since March",
      "        - [ 'bob' ] # on call",
      "  override: {exceptions: append}",
      "# the end",
    );
    const first = wish([alice], before).text;
    expect(first).toBe(before.replace("# on call\n", "# on call\n        - [alice]\n"));
    const second = wish([is("ka.target.namespace", ["shop", "till"], "in")], first).text;
    expect(second).toBe(
      first.replace(
        "        - [alice]\n",
        lines(
          "        - [alice]",
          "    - name: namespace",
          "      fields: [ka.target.namespace]",
          "      comps: [in]",
          "      values:",
          "        - [[shop, till]]",
        ),
      ),
    );
    expect(loadedWith(second).diagnostics).toEqual([]);
    expect(matches(second, eventOf({ user: "carol" }))).toBe(false);
  });

  test("grows in lists between brackets too", () => {
    const before =
      "- {rule: Exec, exceptions: [{name: user_name, fields: [ka.user.name], values: [[bob]]}], override: {exceptions: append}}\n";
    expect(wish([alice], before).text).toBe(before.replace("[[bob]]", "[[bob], [alice]]"));
  });

  test("adds values alone to what the rule has from another file, one by one where it has no list of fields", () => {
    const listed = wish([alice], "", "Known");
    expect(listed.text).toBe(
      lines(
        "- rule: Known",
        "  exceptions:",
        "    - name: user_name",
        "      values:",
        "        - [alice]",
        "  override:",
        "    exceptions: append",
      ),
    );
    expect(loadedWith(listed.text, "falco").diagnostics).toEqual([]);
    expect(matches(listed.text, eventOf({}), "falco", "Known")).toBe(false);
    const single = wish([is("ka.verb", ["create", "get"], "in")], "", "Known");
    expect(single.text).toContain("    - name: verb\n      values:\n        - create\n        - get\n");
    expect(loadedWith(single.text, "falco").diagnostics).toEqual([]);
    expect(matches(single.text, eventOf({}), "falco", "Known")).toBe(false);
  });

  test("takes another name where its own goes by other fields", () => {
    const { name, text } = wish([is("ka.target.namespace", "shop")], "", "Known", "user_name");
    expect(name).toBe("user_name_2");
    expect(loadedWith(text, "falco").diagnostics).toEqual([]);
  });

  test("is not written twice", () => {
    const once = wish([alice]).text;
    const again = wish([alice], once);
    expect(again.text).toBe(once);
    expect(again.warnings.map(({ code }) => code)).toEqual(["there-already"]);
  });

  test("finds its place in a file with Windows' line ends, without an end of line, with a second document", () => {
    const files = [
      "- list: mine\r\n  items: [a]\r\n",
      "- list: mine\n  items: [a]",
      "- list: mine\n  items: [a]\n---\n- list: other\n  items: [b]\n",
      "- list: mine\n  items: [a]\n...\n",
      "  - list: mine\n    items: [a]\n",
      "- macro: mine\n  condition: |+\n    ka.verb = get\n\n",
      "\ufeff# nothing yet\n",
      "[{list: mine, items: [a]}]\n",
    ];
    for (const before of files) {
      const { text, problem } = wish([alice], before);
      expect({ before, problem }).toEqual({ before, problem: undefined });
      expect(text.startsWith(before.trimEnd())).toBe(true);
      expect(matches(text, eventOf({}))).toBe(false);
      expect(loadedWith(text).diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
      if (before.includes("\r")) expect(text.replaceAll("\r\n", "")).not.toContain("\n");
    }
  });

  test("is refused where the file is no YAML, or a value cannot stand in a rule", () => {
    expect(wish([alice], "- rule: [").problem).toMatchObject({ code: "no-yaml" });
    expect(wish([alice], "rule: x\n").problem).toMatchObject({ code: "no-yaml" });
    expect(wish([is("ka.user.name", "a\0b")]).problem).toEqual({
      code: "unwritable-value",
      message: "the value of `ka.user.name` cannot be written in a rule: it holds a NUL",
      help: "go by another field, or by how the value begins",
    });
    expect(wish([is("ka.useragent", "x".repeat(256))]).problem?.message).toContain("longer than the 255 bytes");
    expect(wish([]).problem).toMatchObject({ code: "no-field" });
  });
});

describe("warnings", () => {
  const codes = (...fields: readonly ExceptionField[]) => wish(fields).warnings.map(({ code }) => code);

  test.each<[string, readonly ExceptionField[], readonly string[]]>([
    ["who and where are fine", [alice, is("ka.target.namespace", "shop")], []],
    ["a user agent is whatever one says", [is("ka.useragent", "kubectl/", "startswith")], ["client-chosen"]],
    ["so is a name", [is("ka.target.name", "api-", "startswith")], ["client-chosen"]],
    ["with the user it is not alone", [alice, is("ka.useragent", "kubectl/", "startswith")], []],
    ["what the rule looks for anyway silences it", [is("ka.verb", "create")], ["silences-rule"]],
    ["in whatever words", [is("ka.target.namespace", ["till", "shop"], "in")], ["silences-rule"]],
    ["one of two does not", [is("ka.target.namespace", "shop")], []],
    ["nor does a kind of request, but for everybody", [is("ka.response.code", "101")], ["everybody"]],
    ["everybody is authenticated", [is("ka.user.groups", ["system:authenticated"], "intersects")], ["silences-rule"]],
    ["anything begins with nothing", [is("ka.user.name", "", "startswith")], ["silences-rule"]],
    ["Falco lacks some fields", [is("ka.sourceip.last", "192.0.2.1")], ["own-field"]],
    ["a pointer to the agent is the agent", [is("jevt.value[/userAgent]", "x")], ["client-chosen"]],
    ["a pointer to the user is the user", [is("jevt.value[/user/username]", "alice")], []],
  ])("%s", (_title, fields, expected) => expect(codes(...fields)).toEqual(expected));
});

describe("odd values", () => {
  const odd = [
    ...[
      "",
      " ",
      " lead",
      "trail ",
      "a b",
      "a,b",
      "a(b)",
      "(a)",
      "[a]",
      "{a: b}",
      "a=b",
      "#a",
      "a #b",
      "a: b",
      ":",
      "-",
      "- a",
    ],
    ...[
      "'",
      '"',
      "it's",
      'say "hi"',
      "'quoted'",
      '"quoted"',
      "\\",
      "a\\",
      "a\\\\",
      'a\\"',
      "\\n",
      "C:\\x y",
      "a\nb",
      "\n",
      "a\tb",
    ],
    ...[
      "%",
      "%ka.verb",
      "100%",
      "true",
      "null",
      "~",
      "yes",
      "no",
      "10",
      "0x10",
      "1e5",
      "1.5",
      "-1",
      "2026-01-01",
      "*",
      "&a",
      "!a",
    ],
    ...[
      "|",
      ">",
      "?",
      "@a",
      "`a`",
      "ünï cödé",
      "日本",
      "😀 x",
      "a\u00a0b",
      "a\u2028b",
      "\ufeffa",
      "a\u0085b",
      "a\x07b",
      "a\x7fb",
    ],
    ...[
      "payments",
      "in payments now",
      "(payments)",
      "a payments",
      "payments,x",
      "and",
      "not a",
      "or",
      "exists",
      "oneof",
      "oneof x",
    ],
    ...[
      "ka.verb",
      "val(ka.verb)",
      "toupper(ka.verb)",
      "concat(a, b)",
      "system:serviceaccount:ns:name",
      "a'b\"c",
      "x' or ka.verb exists",
    ],
    'x" or ka.verb = "create',
  ];

  test.each(odd.map((value) => [JSON.stringify(value), value]))("%s is excepted, and nothing else", (_shown, value) => {
    for (const field of [is("ka.user.name", value), is("ka.user.name", [value, "zed"], "in")]) {
      const { text, problem } = wish([field]);
      expect(problem).toBe(undefined);
      for (const mode of ["lenient", "falco"] as const) {
        const told = loadedWith(text, mode).diagnostics.filter(
          // That a value looks like a field's name is all there may be to say.
          ({ code }) => code !== "field-as-text" && code !== "call-as-text",
        );
        expect(told).toEqual([]);
        expect(matches(text, eventOf({ user: value }), mode)).toBe(false);
        expect(matches(text, eventOf({ user: `${value}x` }), mode)).toBe(true);
        expect(matches(text, eventOf({ user: "shop" }), mode)).toBe(true);
      }
    }
  });

  test("whatever they are made of, and whatever file they come into", () => {
    const alphabet = [..."ab \\\"'()[]{},=:#%|>-*&!?\n\t@`~ü😀", "payments", "\\x41", "\\ "];
    let state = 7;
    const chance = (below: number) => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return Math.floor((state / 0x80000000) * below);
    };
    let text = "";
    const values: string[] = [];
    for (let n = 0; n < 60; n++) {
      const value = Array.from({ length: 1 + chance(8) }, () => alphabet[chance(alphabet.length)]).join("");
      const written = wish([is("ka.user.name", value), is("ka.target.namespace", "shop")], text);
      expect({ value, problem: written.problem }).toEqual({ value, problem: undefined });
      text = written.text;
      values.push(value);
    }
    for (const mode of ["lenient", "falco"] as const) {
      expect(loadedWith(text, mode).diagnostics).toEqual([]);
      for (const user of values)
        expect({ user, matches: matches(text, eventOf({ user }), mode) }).toEqual({ user, matches: false });
      expect(matches(text, eventOf({}), mode)).toBe(true);
    }
  });

  test("rules with odd names and exceptions with odd names are found again", () => {
    const name = 'It\'s: "odd", #1';
    const own = lines(
      `- rule: ${JSON.stringify(name)}`,
      "  desc: d",
      "  condition: ka.verb = create",
      "  output: o",
      "  priority: INFO",
      "  source: k8s_audit",
    );
    const rule = loadedWith(own).ruleSet.rules.find((one) => one.name === name)!;
    const into = (text: string) => ({ name: "own.yaml", text });
    const first = exceptionYaml({ rule, name: "a: #b", fields: [alice], into: into(own), lists: [] });
    const second = exceptionYaml({
      rule,
      name: "a: #b",
      fields: [is("ka.user.name", "bob")],
      into: into(first.text),
      lists: [],
    });
    expect(second.text.split("\n").filter((line) => line.includes("a: #b")).length).toBe(1);
    for (const user of ["alice", "bob"]) expect(matches(second.text, eventOf({ user }), "falco", name)).toBe(false);
    expect(matches(second.text, eventOf({ user: "carol" }), "falco", name)).toBe(true);
  });
});
