/** `tiercel audit-policy explain`: which rule of a policy decides on an event, and what is then missing of it. */
import { type AuditPolicy, type Decision, decide, readPolicy, requestOf } from "../coverage/index.ts";
import type { AuditEvent } from "../domain/audit-event.ts";
import { writeJson } from "../engine/alert.ts";
import { position } from "../text/source.ts";
import { policySource } from "./audit-policy.ts";
import { eventFiles } from "./event-files.ts";
import { drawerFor, type ExitCode, exitCodes, type Io, paint, UsageError } from "./io.ts";
import { eventSummary } from "./rules-explain.ts";
import { savedEvents } from "./saved-events.ts";

export async function explainPolicy(
  path: string,
  events: readonly string[],
  { output = "text" }: { readonly output?: "text" | "json" },
  io: Io,
): Promise<ExitCode> {
  const read = readPolicy(await policySource(path, io));
  const draw = drawerFor(io);
  for (const one of read.ok ? read.warnings : read.problems)
    await io.stderr.write(`${one.severity ?? "error"}: ${draw(one)}\n`);
  if (!read.ok) return exitCodes.invalid;
  const { bold, dim } = paint(io.stdout, io.env);
  let count = 0;
  for await (const batch of savedEvents(eventFiles(events.length > 0 ? events : ["-"]), io, { falcoCompat: false })) {
    for (const { part, file, line } of batch) {
      if (part.kind === "rejected") await io.stderr.write(`${file}:${line}: ${part.rejected.reason}\n`);
      if (part.kind !== "event") continue;
      count++;
      const decision = decide(read.policy, requestOf(part.event));
      const missing = missingOf(part.event, decision);
      const ruleLine = lineOf(read.policy, decision);
      const { level } = decision;
      const omitStages = [...decision.omitStages];
      if (output === "json") {
        const { rule, omitManagedFields } = decision;
        const told = { rule: rule === undefined ? null : rule + 1, policyLine: ruleLine ?? null };
        await io.stdout.write(
          `${writeJson({ event: count, file, line, level, omitStages, omitManagedFields, ...told, missing })}\n`,
        );
        continue;
      }
      const who = ruleLine === undefined ? "no rule fits" : `${read.policy.source.name}:${ruleLine} decides`;
      await io.stdout.write(
        [
          `${bold(level)}  ${eventSummary(part.event)} ${dim(`(${file}:${line})`)}`,
          `  ${who}${omitStages.length > 0 ? dim(`, no event at ${omitStages.join(", ")}`) : ""}`,
          ...missing.map((what) => `  missing: ${what}`),
          "\n",
        ].join("\n"),
      );
    }
  }
  if (count === 0) throw new UsageError("there is no audit event in what was given");
  return exitCodes.fine;
}

function lineOf(policy: AuditPolicy, { rule }: Decision): number | undefined {
  const place = rule === undefined ? undefined : policy.rules[rule]?.place;
  return place && position(place.source, place.from).line;
}

/** What rules could not read of the event, by the level (reference 04 §1.6) and the stage; nothing where all is there. */
function missingOf(event: AuditEvent, { level, omitStages }: Decision): readonly string[] {
  if (level === "None") return ["the whole event: None records nothing"];
  const stage = event.at("stage")?.text() ?? "";
  if ([...omitStages].some((one) => one === stage)) return [`this event: none is made at ${stage}`];
  const write = ["create", "update", "patch", "delete", "deletecollection"].includes(event.at("verb")?.text() ?? "");
  const subresource = event.at("objectRef", "subresource")?.text() ?? "";
  const streams = ["exec", "attach", "portforward", "proxy", "log"];
  const isObject = event.at("objectRef", "resource") !== undefined && !streams.includes(subresource);
  const missing: string[] = [];
  const has = (name: string) => event.at(name) !== undefined;
  if (level === "Metadata" && (has("requestObject") || (write && isObject)))
    missing.push("requestObject: it is recorded from Request on");
  if (level !== "RequestResponse" && (has("responseObject") || isObject))
    missing.push("responseObject: it is recorded at RequestResponse");
  return missing;
}
