/** `tiercel rules describe --plan`: how the fast engine asks the rules. */
import { auditCatalogue, auditSource } from "../engine/audit-world.ts";
import { describePlan, planRules } from "../engine/fast/index.ts";
import { type ExitCode, exitCodes, type Io } from "./io.ts";
import { loadedRules } from "./loaded-rules.ts";
import { readRuleFiles } from "./rule-files.ts";

export async function describeRulesPlan(rules: readonly string[] | undefined, io: Io): Promise<ExitCode> {
  const loaded = await loadedRules(readRuleFiles(rules ?? []), {}, io);
  if (loaded === undefined) return exitCodes.invalid;
  const asked = loaded.ruleSet.rules.filter(({ enabled, source }) => enabled && source === auditSource);
  const plan = planRules(asked, auditCatalogue(false), { falcoCompat: false });
  await io.stdout.write(`${describePlan(plan).join("\n")}\n`);
  return exitCodes.fine;
}
