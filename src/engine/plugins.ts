/** Whether the plugins that rules files ask for are there (reference 01 §2.4). */
import { isCompatible, versionOf } from "./versions.ts";

export interface Plugin {
  readonly name: string;
  readonly version: string;
}

/** A plugin with its alternatives: one of them must be loaded. */
export type PluginRequirement = readonly Plugin[];

/** What is wrong with the first requirement that isn't met, in Falco's words; undefined if all are. */
export function unmetRequirement(
  requirements: readonly PluginRequirement[],
  loaded: readonly Plugin[],
): string | undefined {
  for (const alternatives of requirements) {
    const unmet = unmetAlternatives(alternatives, loaded);
    if (unmet !== undefined) return unmet;
  }
  return undefined;
}

function unmetAlternatives(alternatives: PluginRequirement, loaded: readonly Plugin[]): string | undefined {
  // The first that is loaded decides, even where a later one would do.
  for (const wanted of alternatives) {
    const plugin = loaded.find((one) => one.name === wanted.name);
    if (!plugin) continue;
    const has = versionOf(plugin.version);
    if (!has) return `Plugin '${plugin.name}' has invalid version string '${plugin.version}'`;
    const required = versionOf(wanted.version);
    return required && isCompatible(has, required)
      ? undefined
      : `Plugin '${plugin.name}' version '${plugin.version}' is not compatible with required plugin version '${wanted.version}'`;
  }
  const names = alternatives.map(({ name, version }) => `${name} (>= ${version})`).join(", ");
  return `Plugin requirement not satisfied, must load one of: ${names}`;
}
