/** What a policy is, in words. */
import type { PolicyView } from "./api.ts";

export const kindWords = { managed: "Ours", "managed-ruleset": "Managed ruleset", custom: "Custom" } as const;

export const kindHints = {
  managed: "Comes with Tiercel: its scope, switches, channels, runbook and mute can be changed.",
  "managed-ruleset": "A copy of ours: it keeps receiving its rules, all else is yours.",
  custom: "Yours, whole.",
} as const;

export function rulesText({ rules, name }: PolicyView): string {
  if (rules.length === 0) return name === "All other rules" ? "all that no policy names" : "none";
  const on = rules.filter(({ enabled }) => enabled).length;
  return on === rules.length ? `${on}` : `${on} of ${rules.length}`;
}

export const isMuted = ({ muted }: PolicyView, now = Date.now()): boolean =>
  muted !== undefined && Date.parse(muted.until) > now;
