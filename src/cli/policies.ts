/** `tiercel policies`: those of a running server as a file, a file's put into place, and what differs. */
import { existsSync } from "node:fs";
import type { PolicyView, PolicyViews } from "../api/policies/schema.ts";
import { type Policy, refusedEdit, scopeText } from "../policies/index.ts";
import { drawn } from "../text/diagnostic.ts";
import { unifiedDiff } from "../text/unified-diff.ts";
import { asker, reaching, type ServerChoice } from "./client.ts";
import { type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { policiesYaml, readPolicies } from "./policy-files.ts";
import { readText } from "./rule-files.ts";

type Ask = ReturnType<typeof asker>;

const listed = async (ask: Ask): Promise<readonly PolicyView[]> =>
  ((await ask("GET", "/api/v1/policies")) as PolicyViews).items;
const bare = ({ version: _, ...policy }: PolicyView): Policy => policy;

export function policiesList(choice: ServerChoice, io: Io): Promise<ExitCode> {
  const ask = asker(choice, io);
  return reaching(io, async () => {
    for (const { name, kind, severity, enabled, rules, scope, muted } of await listed(ask)) {
      const on = rules.filter((rule) => rule.enabled).length;
      const state = !enabled ? "off" : muted && Date.parse(muted.until) > io.now().getTime() ? "muted" : "on";
      const parts = [state.padEnd(5), String(severity ?? "-").padEnd(2), kind.padEnd(15), name];
      const more = rules.length === 0 ? scopeText(scope) : `${on} of ${rules.length} rules, ${scopeText(scope)}`;
      await io.stdout.write(`${parts.join(" ")}  (${more})\n`);
    }
    return exitCodes.fine;
  });
}

export function policiesExport(
  { output, ...choice }: ServerChoice & { readonly output: "yaml" | "json" },
  io: Io,
): Promise<ExitCode> {
  const ask = asker(choice, io);
  return reaching(io, async () => {
    const policies = (await listed(ask)).map(bare);
    await io.stdout.write(output === "json" ? `${JSON.stringify({ policies }, null, 2)}\n` : policiesYaml(policies));
    return exitCodes.fine;
  });
}

export interface FileFlags extends ServerChoice {
  readonly file: string;
}

/** What the file says against what stands; the exit code is 1 where they differ. */
export function policiesDiff({ file, ...choice }: FileFlags, io: Io): Promise<ExitCode> {
  const wanted = fromFile(file);
  const ask = asker(choice, io);
  return reaching(io, async () => {
    const there = new Map((await listed(ask)).map((policy) => [policy.name, policy]));
    let differs = false;
    for (const written of wanted) {
      const policy = completed(written, [...there.values()]);
      const now = there.get(policy.name);
      const text = unifiedDiff(
        now === undefined ? "" : policiesYaml([bare(now)]),
        policiesYaml([policy]),
        `server: ${policy.name}`,
        `${file}: ${policy.name}`,
      );
      if (text === "") continue;
      differs = true;
      await io.stdout.write(text);
    }
    return differs ? exitCodes.findings : exitCodes.fine;
  });
}

/** Puts what differs into place; `prune` removes own policies that the file does not have. */
export function policiesApply(
  {
    file,
    dryRun = false,
    prune = false,
    ...choice
  }: FileFlags & { readonly dryRun?: boolean; readonly prune?: boolean },
  io: Io,
): Promise<ExitCode> {
  const wanted = fromFile(file);
  const ask = asker(choice, io);
  return reaching(io, async () => {
    const there = await listed(ask);
    const whole = wanted.map((policy) => completed(policy, there));
    // All of the file can stand, or none of it is put into place.
    for (const policy of whole) refuse(policy, there);
    const said = (what: string, name: string) => io.stdout.write(`${dryRun ? "would be " : ""}${what} ${name}\n`);
    for (const policy of whole) {
      const now = there.find(({ name }) => name === policy.name);
      if (now !== undefined && policiesYaml([bare(now)]) === policiesYaml([policy])) continue;
      if (!dryRun) {
        const condition = now === undefined ? { isNew: true } : { etag: String(now.version) };
        await ask("PUT", `/api/v1/policies/${encodeURIComponent(policy.name)}`, policy, condition);
      }
      await said(now === undefined ? "made   " : "changed", policy.name);
    }
    const kept = new Set(wanted.map(({ name }) => name));
    for (const { name, kind } of prune ? there : []) {
      if (kind === "managed" || kept.has(name)) continue;
      if (!dryRun) await ask("DELETE", `/api/v1/policies/${encodeURIComponent(name)}`);
      await said("removed", name);
    }
    return exitCodes.fine;
  });
}

/**
 * With what a file need not say: a mute's author, and of ours and their copies the rules that came since the file was
 * written; of ours the description too, which comes with the program.
 */
function completed(policy: Policy, there: readonly PolicyView[]): Policy {
  const now = there.find(({ name }) => name === policy.name);
  const { muted } = policy;
  const stood = muted !== undefined && now?.muted?.until === muted.until && now.muted.reason === muted.reason;
  const authored = stood ? { ...policy, muted: now.muted } : policy;
  if (policy.kind === "custom") return authored;
  const source = policy.kind === "managed" ? now : there.find(({ name }) => name === policy.of);
  const named = new Map(policy.rules.map((rule) => [rule.name, rule]));
  const received = (source?.rules ?? []).map((rule) => named.get(rule.name) ?? { name: rule.name, enabled: true });
  const unknown = policy.rules.filter(({ name }) => !received.some((rule) => rule.name === name));
  const description = policy.kind === "managed" && now !== undefined ? { description: now.description } : {};
  return { ...authored, ...description, rules: [...received, ...unknown] };
}

/** Throws what the server would refuse, before anything is changed. */
function refuse(policy: Policy, there: readonly PolicyView[]): void {
  const ours = (wanted: string | undefined) => there.find(({ name, kind }) => kind === "managed" && name === wanted);
  const told = (what: string, help: string) => new UsageError(`policy \`${policy.name}\`: ${what}`, help);
  const shipped = ours(policy.name);
  if (policy.kind === "managed") {
    if (shipped === undefined) throw told("is no policy of ours", "give it the kind `custom`");
    const refused = refusedEdit(policy, bare(shipped));
    if (refused !== undefined) throw told(refused, "duplicate it, and change the copy");
    return;
  }
  if (shipped !== undefined) throw told("is a policy of ours", "give it the kind `managed`, or another name");
  if (policy.kind === "managed-ruleset" && ours(policy.of) === undefined)
    throw told("`of` names no policy of ours", "`tiercel policies list` shows them");
}

function fromFile(file: string): readonly Policy[] {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`);
  const read = readPolicies({ name: file, text: readText(file) });
  if (read.ok) return read.policies;
  throw new UsageError(read.problems.map(drawn).join("\n\n"));
}
