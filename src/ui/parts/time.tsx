/** A moment, as whoever looks likes to see it; whole on hover. */
import { useEffect, useState } from "react";
import { usePrefs } from "../prefs.ts";
import { agoText, clockText } from "../times.ts";

export function When({ time, relative }: { readonly time: string; readonly relative?: boolean }) {
  const { zone, times } = usePrefs();
  const now = useMinute();
  const ago = relative ?? times === "relative";
  return (
    <time dateTime={time} title={`${time}\n${agoText(time, now)}`} className={ago ? undefined : "mono"}>
      {ago ? agoText(time, now) : clockText(time, zone)}
    </time>
  );
}

const tellers = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** The time of now, a little later every so often: one clock for all. */
function useMinute(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const teller = () => setNow(new Date());
    tellers.add(teller);
    ticking ??= setInterval(() => {
      for (const tell of tellers) tell();
    }, 10_000);
    return () => {
      tellers.delete(teller);
      if (tellers.size > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    };
  }, []);
  return now;
}
