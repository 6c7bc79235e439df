/** Rules loaded for a command that shows or tries them; what is wrong with them is told first. */
import type { AuditEvent } from "../domain/audit-event.ts";
import { type RuleChoice, ruleWorld } from "../engine/audit-world.ts";
import { type Loaded, load, type RuleSource } from "../engine/index.ts";
import { drawerFor, type Io } from "./io.ts";

/** Undefined when there are errors; they have been drawn on stderr. */
export async function loadedRules(
  files: readonly RuleSource[],
  choice: RuleChoice,
  io: Io,
): Promise<Loaded<AuditEvent> | undefined> {
  const loaded = load(files, ruleWorld(choice), choice.falcoCompat ? "falco" : "lenient");
  if (loaded.ok) return loaded;
  const draw = drawerFor(io);
  for (const diagnostic of loaded.diagnostics) {
    if (diagnostic.severity === "error") await io.stderr.write(`${draw(diagnostic)}\n`);
  }
  return undefined;
}
