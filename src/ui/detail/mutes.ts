/** For how long detections are muted. */

const hour = 3_600_000;

export const mutes: readonly { readonly value: string; readonly label: string; readonly millis: number }[] = [
  { value: "1h", label: "1 hour", millis: hour },
  { value: "8h", label: "8 hours", millis: 8 * hour },
  { value: "1d", label: "1 day", millis: 24 * hour },
  { value: "7d", label: "7 days", millis: 7 * 24 * hour },
  { value: "30d", label: "30 days", millis: 30 * 24 * hour },
];

/** The moment meant, RFC 3339; undefined where it is none or past. `day` is what a field of a local time holds. */
export function untilOf(how: string, day: string, now: Date): string | undefined {
  const millis = mutes.find(({ value }) => value === how)?.millis;
  const at = millis === undefined ? Date.parse(day) : now.getTime() + millis;
  return Number.isNaN(at) || at <= now.getTime() ? undefined : new Date(at).toISOString();
}
