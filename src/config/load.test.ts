import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { drawn } from "../text/diagnostic.ts";
import { type Given, loadConfig } from "./load.ts";

const folder = fileURLToPath(new URL("../../fixtures/configs/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

const missing = (path: string): string => {
  throw Object.assign(new Error(`no ${path}`), { code: "ENOENT" });
};

function told(given: Partial<Given> & { readonly text?: string }): string {
  const { text, ...rest } = given;
  const file = text === undefined ? undefined : { name: "tiercel.yaml", text };
  const loaded = loadConfig({ file, readFile: missing, ...rest });
  return loaded.ok ? "ok" : loaded.problems.map(drawn).join("\n\n");
}

function config(given: Partial<Given> & { readonly text?: string }) {
  const { text = "", ...rest } = given;
  const loaded = loadConfig({ file: { name: "tiercel.yaml", text }, readFile: missing, ...rest });
  if (!loaded.ok) throw new Error(loaded.problems.map(drawn).join("\n"));
  return loaded.config;
}

describe("files that people write", () => {
  test.each(files.filter((name) => name.endsWith(".good.yaml")))("%s is fine", (name) => {
    const loaded = loadConfig({ file: { name, text: readFileSync(join(folder, name), "utf8") }, readFile: missing });
    expect(loaded).toMatchObject({ ok: true });
  });

  // With UPDATE=1 the drawings are written anew, to be read before they are committed.
  test.each(files.filter((name) => name.endsWith(".bad.yaml")))("%s is refused, with every mistake drawn", (name) => {
    const golden = join(folder, name.replace(/\.yaml$/, ".expected.txt"));
    const loaded = loadConfig({ file: { name, text: readFileSync(join(folder, name), "utf8") }, readFile: missing });
    const drawing = loaded.ok ? "ok\n" : `${loaded.problems.map(drawn).join("\n\n")}\n`;
    if (process.env.UPDATE) writeFileSync(golden, drawing);
    expect(drawing).toBe(readFileSync(golden, "utf8"));
  });
});

test("nothing at all gives the defaults", () => {
  expect(config({})).toMatchObject({
    data_dir: "./tiercel-data",
    sources: [{ type: "webhook", listen: "127.0.0.1:7765", insecure: false }],
    api: { listen: "127.0.0.1:7766" },
    rules: { matching: "first", selection: [], watch: true },
    log: { level: "info", format: "auto" },
  });
});

describe("the environment", () => {
  test("sets options at any depth, typed as the schema has them, over the file", () => {
    const { log, journal, clusters, data_dir, sources } = config({
      text: "log: {level: warn, format: json}\njournal: {max_age_days: 1}",
      environment: {
        TIERCEL_LOG__LEVEL: "debug",
        TIERCEL_JOURNAL__MAX_AGE_DAYS: "2.5",
        TIERCEL_CLUSTERS__0__NAME: "007",
        TIERCEL_SOURCES__0__LISTEN: "127.0.0.1:0",
        TIERCEL_DATA_DIR: "/data",
      },
    });
    expect({ log, days: journal.max_age_days, clusters, data_dir, sources: sources.length }).toEqual({
      log: { level: "debug", format: "json" },
      days: 2.5,
      clusters: [{ name: "007" }],
      data_dir: "/data",
      sources: 1,
    });
  });

  test("names a file that holds the value, its last line end left out", () => {
    const environment = { TIERCEL_CLUSTERS__0__NAME: "prod", TIERCEL_CLUSTERS__0__TOKEN_FILE: "/run/secret" };
    expect(config({ environment }).clusters).toEqual([{ name: "prod", token_file: "/run/secret" }]);
    const readFile = (path: string) => (path === "/run/level" ? "debug\n" : missing(path));
    expect(config({ environment: { TIERCEL_LOG__LEVEL_FILE: "/run/level" }, readFile }).log.level).toBe("debug");
  });

  test("that makes no sense is told by its variable", () => {
    const environment = {
      TIERCEL_LGO__LEVEL: "info",
      TIERCEL_LOG__LEVL: "info",
      TIERCEL_LOG__LEVEL: "loud",
      TIERCEL_API__LISTEN_FILE: "/nowhere",
      TIERCEL_JOURNAL__MAX_BYTES: "many",
      TIERCEL_CLUSTERS__1__NAME: "second-without-first",
    };
    expect(told({ environment })).toBe(
      [
        "TIERCEL_API__LISTEN_FILE: cannot read `/nowhere`: ENOENT [unreadable-file]\n",
        "TIERCEL_LGO__LEVEL: no option is called `lgo` [unknown-option]\nhelp: did you mean `TIERCEL_LOG`?\n",
        "TIERCEL_LOG__LEVL: no option is called `log.levl` [unknown-option]\nhelp: did you mean `TIERCEL_LOG__LEVEL`?\n",
        "TIERCEL_CLUSTERS__1__NAME: there is nothing to set at `clusters.1.name` [invalid-option]",
        "help: list items are numbered from 0, without gaps\n",
        "TIERCEL_JOURNAL__MAX_BYTES: `max_bytes` must be a number, not text [invalid-option]\n",
        "TIERCEL_LOG__LEVEL: `level` must be one of `debug`, `info`, `warn`, `error` [invalid-option]",
      ].join("\n"),
    );
  });

  test("of Kubernetes, and of our own other names, is let be", () => {
    const environment = {
      TIERCEL_PORT: "tcp://10.0.0.1:7766",
      TIERCEL_PORT_7766_TCP_ADDR: "10.0.0.1",
      TIERCEL_SERVICE_HOST: "10.0.0.1",
      TIERCEL_TOKEN: "secret",
      TIERCEL_SERVER: "http://localhost",
      TIERCEL_BOOTSTRAP_TOKEN_FILE: "/run/token",
      HOME: "/",
    };
    expect(told({ environment })).toBe("ok");
  });
});

test("flags win over the environment, and are told by their own name", () => {
  const environment = { TIERCEL_API__LISTEN: "127.0.0.1:1" };
  const flags = (listen: string) => () => [{ path: ["api", "listen"], value: listen, origin: "--listen" }];
  expect(config({ text: "api: {listen: '127.0.0.1:2'}", environment, flags: flags("127.0.0.1:3") }).api.listen).toBe(
    "127.0.0.1:3",
  );
  expect(told({ text: "api: {listen: '127.0.0.1:2'}", environment, flags: flags("here") })).toBe(
    "--listen: `listen` must be ADDR:PORT, like `127.0.0.1:7766`, `[::1]:7766`, or `:7766` for every address [invalid-option]",
  );
});

test("a file that unfolds without end is refused", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x,x]",
    ..."bcdef".split("").map((name, at) => `${name}: &${name} [${Array(10).fill(`*${"abcde"[at]}`)}]`),
  ];
  expect(told({ text: bomb.join("\n") })).toContain("its aliases unfold into too much [invalid-yaml]");
});

test("names of JavaScript's own are options like any other: unknown", () => {
  expect(told({ text: "constructor: 1\ntoString: 2" })).toContain(
    "1:1: no option is called `constructor` [unknown-option]",
  );
  expect(told({ environment: { TIERCEL_CONSTRUCTOR__NAME: "x", TIERCEL___PROTO____X: "y" } })).toContain(
    "no option is called `constructor`",
  );
  expect(({} as { x?: unknown }).x).toBeUndefined();
});
