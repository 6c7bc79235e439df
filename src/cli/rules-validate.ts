/** `tiercel rules validate`: answers as `falco -V` does, and draws what is wrong in our own words beside it. */

import { writeJson } from "../engine/alert.ts";
import { ruleWorld } from "../engine/audit-world.ts";
import { contentsOf, falcoWarnings, load, reportJson, reportText } from "../engine/index.ts";
import { drawerFor, type ExitCode, exitCodes, type Io, paint } from "./io.ts";
import { readRuleFiles } from "./rule-files.ts";

export interface ValidateOptions {
  readonly output?: "text" | "json";
  /** Our own diagnostics on stderr. Absent: with text output only. */
  readonly diagnostics?: boolean;
  readonly falcoCompat?: boolean;
}

/** stdout is exactly Falco's. */
export async function validate(paths: readonly string[], options: ValidateOptions, io: Io): Promise<ExitCode> {
  const { output = "text", falcoCompat = false, diagnostics = output === "text" } = options;
  const files = readRuleFiles(paths);
  const world = ruleWorld({ falcoCompat });
  const loaded = load(files, world, "falco-validate");
  if (loaded.unmetRequirement !== undefined) {
    await io.stderr.write(`Error: ${loaded.unmetRequirement}\n`);
    return exitCodes.findings;
  }
  const contents = contentsOf(loaded.files);
  if (output === "json") {
    const results = loaded.files.map((file) => reportJson(file, contents));
    await io.stdout.write(`${writeJson({ falco_load_results: results })}\n`);
  } else {
    const reports = loaded.files.map((file) => {
      const report = reportText(file, contents);
      const [headline = ""] = report.split("\n", 1);
      return headline.endsWith(": Invalid") || falcoWarnings(file).length === 0 ? report : headline;
    });
    await io.stdout.write(`${reports.join("\n")}\n`);
  }
  if (diagnostics) {
    const { red, yellow } = paint(io.stderr, io.env);
    const draw = drawerFor(io);
    for (const diagnostic of load(files, world, "lenient").diagnostics) {
      const severity = diagnostic.severity === "error" ? red("error") : yellow("warning");
      await io.stderr.write(`${severity}: ${draw(diagnostic)}\n`);
    }
  }
  return loaded.ok ? exitCodes.fine : exitCodes.findings;
}
