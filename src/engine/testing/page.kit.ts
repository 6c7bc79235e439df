/** What a page would do with the engine: load rules, judge events, tell what is wrong. Bundled and run without Node by a test. */
import { decode } from "../../domain/decode.ts";
import { fieldCatalogue } from "../../fields/index.ts";
import { load } from "../index.ts";

export function judge(rules: string, payload: string) {
  const sources = new Map([["k8s_audit", fieldCatalogue({ falcoCompat: false })]]);
  const loaded = load([{ name: "page.yaml", text: rules }], { sources, matching: "all" });
  const alerts: string[] = [];
  for (const part of decode(new TextEncoder().encode(payload))) {
    if (part.kind !== "event") continue;
    const about = { num: 1n, time: part.event.time, source: "k8s_audit", hostname: "page" };
    for (const { rule, message } of loaded.ruleSet.judge(part.event, about)) alerts.push(`${rule.name}: ${message}`);
  }
  return { alerts, problems: loaded.diagnostics.map(({ code, help }) => [code, help]), ok: loaded.ok };
}
