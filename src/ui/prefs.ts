/** How somebody likes to see times and colours: kept in this browser alone. */
import { useSyncExternalStore } from "react";

export interface Prefs {
  readonly zone: "local" | "utc";
  readonly times: "relative" | "absolute";
}

const key = "tiercel-prefs";
const usual: Prefs = { zone: "local", times: "absolute" };
const listeners = new Set<() => void>();
let current: Prefs = read();

function read(): Prefs {
  try {
    return { ...usual, ...JSON.parse(localStorage.getItem(key) ?? "{}") };
  } catch {
    // A browser that keeps nothing, or what is no JSON: as usual.
    return usual;
  }
}

export function setPrefs(change: Partial<Prefs>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // It holds for this page then.
  }
  for (const told of listeners) told();
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
