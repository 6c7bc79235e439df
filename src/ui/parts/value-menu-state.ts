/** Which value's menu is open: one for the whole page, since there are many values and few menus. */
import type { Filter } from "../filter.ts";

export interface AskedValue {
  readonly facet: string;
  readonly value: string;
  readonly list: "detections" | "activities" | undefined;
  readonly time: string | undefined;
  readonly cluster: string | undefined;
  readonly anchor: HTMLElement;
}

/** The list in view, which values filter directly. */
export interface Filtered {
  readonly list: "detections" | "activities";
  readonly facets: readonly string[];
  change(change: (filter: Filter) => Filter): void;
}

let asked: AskedValue | undefined;
let filtered: Filtered | undefined;
const listeners = new Set<() => void>();

const changed = () => {
  for (const told of listeners) told();
};

export function openValueMenu(value: AskedValue): void {
  asked = value;
  changed();
}

export function closeValueMenu(): void {
  asked = undefined;
  changed();
}

export const valueMenu = {
  subscribe: (listener: () => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  },
  current: () => asked,
};

/** Makes a list the one that values filter; answers how to end that. */
export function setFiltered(list: Filtered): () => void {
  filtered = list;
  return () => {
    if (filtered === list) filtered = undefined;
  };
}

export const filteredList = (): Filtered | undefined => filtered;
