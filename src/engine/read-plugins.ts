/** `required_plugin_versions` as it is read (reference 01 §1.5). */
import { nearest } from "../text/nearest.ts";
import type { Collection } from "./collect.ts";
import { type FileContext, within } from "./findings.ts";
import { problems } from "./problems.ts";
import { keyPlace, looseText, type Reading, type ReadingWorld, required, scalarAt } from "./read-values.ts";
import { valueAt, type YamlNode } from "./rulefile.ts";
import { versionOf } from "./versions.ts";
import { placeOf } from "./written.ts";

export function readPluginVersions(reading: Reading, into: Collection, _: ReadingWorld, content: FileContext) {
  const { found, file, mapping, place } = reading;
  const value = valueAt(mapping, "required_plugin_versions");
  if (!value) return undefined;
  const context = within(content, "required plugin versions", "", value);
  if (value.kind !== "sequence") {
    found.add(
      problems.pluginsNotSequence({
        context,
        place: value.kind === "null" ? keyPlace(reading, "required_plugin_versions") : place,
      }),
    );
    return context;
  }
  for (const entry of value.items) {
    const errorsBefore = found.errors;
    const first = readPlugin(reading, entry, context, "required plugin versions entry");
    if (!first) continue;
    const alternatives = [first.plugin];
    const others = valueAt(first.mapping, "alternatives");
    if (others?.kind === "sequence")
      for (const other of others.items) {
        const one = readPlugin(reading, other, first.context, "required plugin versions alternative");
        if (one) alternatives.push(one.plugin);
      }
    else if (others)
      found.add(problems.alternativesNotSequence({ context: first.context, place: placeOf(file, others) }));
    if (found.errors > errorsBefore) continue;
    const names = new Set<string>();
    const at = { context: first.context, place: placeOf(file, entry) };
    for (const { name, version, place: written } of alternatives) {
      if (!versionOf(version)) found.add(problems.invalidPluginVersion({ ...at, place: written }, version, name));
      else if (names.has(name)) found.add(problems.repeatedPlugin({ ...at, place: written }, name));
      names.add(name);
    }
    if (found.errors === errorsBefore) into.plugins.push(alternatives.map(({ name, version }) => ({ name, version })));
  }
  return context;
}

function readPlugin(
  { file, found }: Reading,
  node: YamlNode,
  parent: FileContext,
  type: "required plugin versions entry" | "required plugin versions alternative",
) {
  const unnamed = within(parent, type, "", node);
  const at = { context: unnamed, place: placeOf(file, node) };
  const isEntry = type === "required plugin versions entry";
  if (node.kind !== "mapping") {
    found.add(isEntry ? problems.pluginNotMapping(at) : problems.alternativeNotMapping(at));
    return undefined;
  }
  const keys = isEntry ? ["name", "version", "alternatives"] : ["name", "version"];
  const base = { file, found, mapping: node, place: placeOf(file, node.entries[0]?.key ?? node), keys };
  const name = scalarAt({ ...base, context: unnamed, called: "the plugin" }, "name", required);
  const context = within(parent, type, name?.text ?? "", node);
  const called = name ? `the plugin \`${name.text}\`` : "the plugin";
  const version = scalarAt({ ...base, context, called }, "version", required);
  for (const { key } of node.entries) {
    const text = looseText(key);
    if (text !== undefined && !keys.includes(text))
      found.add(problems.unknownInnerKey(placeOf(file, key), text, "plugin requirement", nearest(text, keys)));
  }
  if (!name || !version) return undefined;
  return { plugin: { name: name.text, version: version.text, place: placeOf(file, version) }, mapping: node, context };
}
