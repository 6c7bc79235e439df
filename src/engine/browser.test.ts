import { resolve } from "node:path";
import { createContext, runInContext } from "node:vm";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

test("the engine runs where nothing of Node is", async () => {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: false,
      lib: {
        entry: resolve(import.meta.dirname, "testing/page.kit.ts"),
        formats: ["iife"],
        name: "engine",
        fileName: "page",
      },
    },
  });
  const [output] = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[];
  const [chunk, ...others] = output!.output;
  expect(others).toEqual([]);
  expect(chunk.imports).toEqual([]);

  // Beside the language itself only what every browser has.
  const realm = createContext({ TextEncoder, TextDecoder });
  runInContext(chunk.code, realm);
  const rules = [
    "- macro: by_eve",
    "  condition: ka.user.name = eve",
    "- rule: watched",
    "  desc: what Eve does",
    "  condition: by_eve and ka.verb regex '(cr|x)eate'",
    "  output: seen %ka.user.name %ka.verb",
    "  priority: INFO",
    "  source: k8s_audit",
    "- rule: broken",
    "  desc: d",
    "  condition: ka.usr.name = eve",
    "  output: o",
    "  priority: INFO",
    "  source: k8s_audit",
  ].join("\n");
  const event = {
    ...{ kind: "Event", apiVersion: "audit.k8s.io/v1", level: "Metadata", stage: "ResponseComplete", auditID: "1" },
    ...{ stageTimestamp: "2026-01-01T00:00:00.000000Z", verb: "create", user: { username: "eve" } },
  };
  const call = `JSON.stringify(engine.judge(${JSON.stringify(rules)}, ${JSON.stringify(JSON.stringify(event))}))`;
  expect(JSON.parse(String(runInContext(call, realm)))).toEqual({
    alerts: ["watched: seen eve create"],
    problems: [["unknown-field", "did you mean `ka.user.name`?"]],
    ok: false,
  });
});
