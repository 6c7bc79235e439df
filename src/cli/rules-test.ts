/** `tiercel rules test`: runs rule tests and reports them, for people or as JUnit XML. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type ExitCode, exitCodes, type Io, paint, UsageError } from "./io.ts";
import { isRuleTest } from "./rule-test.ts";
import { runRuleTests, type TestResult } from "./rule-test-run.ts";

export interface TestOptions {
  readonly output?: "text" | "junit";
}

export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<ExitCode> {
  const { results, faults } = await runRuleTests(paths.flatMap(ruleTestPaths));
  const failed = results.filter(({ failure }) => failure.length > 0);
  if (options.output === "junit") await io.stdout.write(junit(results));
  else {
    const { red, green, dim } = paint(io.stdout, io.env);
    for (const { file, line, name, failure } of results) {
      if (failure.length === 0) await io.stdout.write(`${green("✓")} ${dim(`${file}:${line}:`)} ${name}\n`);
      else {
        const lines = failure.map((one) => `    ${one}\n`).join("");
        await io.stdout.write(`${red("✗")} ${file}:${line}: ${name}\n${lines}`);
      }
    }
    await io.stdout.write(`${results.length - failed.length} passed, ${failed.length} failed\n`);
  }
  for (const fault of faults) await io.stderr.write(`${fault}\n`);
  if (faults.length > 0) return exitCodes.invalid;
  return failed.length > 0 ? exitCodes.findings : exitCodes.fine;
}

/** A file is taken at its word; a folder stands for its `*.test.yaml`, those in folders below too. */
export function ruleTestPaths(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new UsageError(`there is no file ${path}`);
  if (!stat.isDirectory()) return [path];
  const found = readdirSync(path, { recursive: true, encoding: "utf8" }).filter(isRuleTest).sort();
  if (found.length === 0) throw new UsageError(`there is no rule test in ${path}`, "rule tests end in .test.yaml");
  return found.map((name) => join(path, name));
}

function junit(results: readonly TestResult[]): string {
  const suites = [...Map.groupBy(results, ({ file }) => file)].map(([file, tests]) => {
    const cases = tests.map(({ name, line, failure }) => {
      const open = `    <testcase classname="${xml(file)}" name="${xml(name)}" file="${xml(file)}" line="${line}"`;
      if (failure.length === 0) return `${open}/>\n`;
      const [message = "", ...rest] = failure;
      const body = xml([message, ...rest].join("\n"));
      return `${open}>\n      <failure message="${xml(message)}">${body}</failure>\n    </testcase>\n`;
    });
    const failures = tests.filter(({ failure }) => failure.length > 0).length;
    return `  <testsuite name="${xml(file)}" tests="${tests.length}" failures="${failures}">\n${cases.join("")}  </testsuite>\n`;
  });
  const failures = results.filter(({ failure }) => failure.length > 0).length;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites tests="${results.length}" failures="${failures}">\n${suites.join("")}</testsuites>\n`;
}

/** What XML 1.0 cannot hold at all becomes U+FFFD. */
function xml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[one] ?? one);
}
