/** `tiercel audit-policy print` and `lint`. */
import { parse } from "yaml";
import { lintPolicy, readPolicy } from "../coverage/index.ts";
import { auditPolicy, type PolicyWish, policyProblem } from "../distributions/audit-policy.ts";
import { readKubernetesVersion } from "../distributions/kubernetes-version.ts";
import { writeJson } from "../engine/alert.ts";
import type { Diagnostic } from "../text/diagnostic.ts";
import { position } from "../text/source.ts";
import { drawerFor, type ExitCode, exitCodes, type Io, UsageError } from "./io.ts";
import { readText } from "./rule-files.ts";

export interface PrintOptions extends PolicyWish {
  readonly output?: "yaml" | "json";
}

export async function printPolicy({ output = "yaml", ...wish }: PrintOptions, io: Io): Promise<ExitCode> {
  const problem = wish.kubernetes === undefined ? undefined : policyProblem(wish.kubernetes);
  if (problem !== undefined) throw new UsageError(problem);
  const text = auditPolicy(wish);
  await io.stdout.write(output === "yaml" ? text : `${JSON.stringify(parse(text), null, 2)}\n`);
  return exitCodes.fine;
}

/** The gravest of all files' answers. */
export async function lintPolicies(
  paths: readonly string[],
  { output = "text", kubernetes }: { readonly output?: "text" | "json"; readonly kubernetes?: string },
  io: Io,
): Promise<ExitCode> {
  const version = kubernetes === undefined ? undefined : readKubernetesVersion(kubernetes);
  if (kubernetes !== undefined && version === undefined)
    throw new UsageError(`\`${kubernetes}\` is no Kubernetes version`, "write it like `1.30`");
  const draw = drawerFor({ stderr: io.stdout, env: io.env });
  let answer: ExitCode = exitCodes.fine;
  for (const path of paths) {
    const read = readPolicy(await policySource(path, io));
    const told: readonly Diagnostic[] = read.ok
      ? [...read.warnings, ...lintPolicy(read.policy, version)]
      : read.problems;
    if (told.some(({ severity = "error" }) => severity === "error")) answer = exitCodes.invalid;
    else if (told.length > 0 && answer === exitCodes.fine) answer = exitCodes.findings;
    const shown = told.toSorted((a, b) => (a.place?.from ?? 0) - (b.place?.from ?? 0));
    if (output === "json") for (const one of shown) await io.stdout.write(`${writeJson(plainOf(one))}\n`);
    else {
      for (const one of shown) await io.stdout.write(`${one.severity ?? "error"}: ${draw(one)}\n\n`);
      if (shown.length === 0) await io.stderr.write(`${path}: nothing is amiss\n`);
    }
  }
  return answer;
}

/** `-` is standard input. */
export async function policySource(path: string, io: Io) {
  if (path !== "-") return { name: path, text: readText(path) };
  const chunks: Uint8Array[] = [];
  for await (const chunk of io.stdin) chunks.push(chunk);
  return { name: "standard input", text: Buffer.concat(chunks).toString("utf8") };
}

function plainOf({ code, message, place, severity = "error", notes = [], help }: Diagnostic) {
  const at = place && { file: place.source.name, ...position(place.source, place.from) };
  return { ...at, severity, code, message, ...(notes.length > 0 ? { notes } : {}), ...(help ? { help } : {}) };
}
