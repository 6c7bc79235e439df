/** Times as people read them. */

const pad = (value: number, length = 2) => String(value).padStart(length, "0");

/** `2026-03-01 12:00:05` in the zone wished for; with milliseconds where asked. */
export function clockText(time: string | Date, zone: "local" | "utc", millis = false): string {
  const at = typeof time === "string" ? new Date(time) : time;
  if (Number.isNaN(at.getTime())) return String(time);
  const utc = zone === "utc";
  const [year, month, day] = utc
    ? [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()]
    : [at.getFullYear(), at.getMonth(), at.getDate()];
  const [hours, minutes, seconds] = utc
    ? [at.getUTCHours(), at.getUTCMinutes(), at.getUTCSeconds()]
    : [at.getHours(), at.getMinutes(), at.getSeconds()];
  const text = `${year}-${pad(month + 1)}-${pad(day)} ${pad(hours)}:${pad(minutes)}:${pad(seconds)}`;
  return millis ? `${text}.${pad(at.getMilliseconds(), 3)}` : text;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 d ago`. */
export function agoText(time: string, now: Date): string {
  const seconds = (now.getTime() - new Date(time).getTime()) / 1000;
  const ahead = seconds < 0;
  const of = Math.abs(seconds);
  const text =
    of < 60
      ? `${Math.floor(of)} s`
      : of < 3600
        ? `${Math.floor(of / 60)} min`
        : of < 48 * 3600
          ? `${Math.floor(of / 3600)} h`
          : `${Math.floor(of / 86400)} d`;
  if (of < 5) return "just now";
  return ahead ? `in ${text}` : `${text} ago`;
}

/** `350 ms`, `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function durationText(millis: number): string {
  if (millis < 1000) return `${Math.round(millis)} ms`;
  const seconds = millis / 1000;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (hours === 0) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${hours} h ${minutes % 60} min`;
}

/** `1,234`, `12.3 k`, `1.2 M`. */
export function countText(count: number): string {
  if (count < 10_000) return count.toLocaleString("en");
  if (count < 1_000_000) return `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)} k`;
  return `${(count / 1_000_000).toFixed(1)} M`;
}
