/** The keys of a list: to the next row, into it, and what to do with the value under the mark. */

import { withIs, withNot } from "../filter.ts";
import { useKeys } from "./keyboard.ts";
import { filteredList } from "./value-menu-state.ts";

export interface ListActs {
  step(by: 1 | -1): void;
  open(): void;
  close(): void;
  follow(): void;
}

export function useListKeys({ step, open, close, follow }: ListActs): void {
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
    ArrowRight: () => moveMark(1),
    ArrowLeft: () => moveMark(-1),
    Enter: open,
    Escape: close,
    l: follow,
    f: () => withMarked((facet, value) => filteredList()?.change((filter) => withIs(filter, facet, value))),
    x: () => withMarked((facet, value) => filteredList()?.change((filter) => withNot(filter, facet, value))),
    "/": () => document.querySelector<HTMLElement>("[data-search]")?.focus(),
    t: () => document.querySelector<HTMLElement>("[data-range]")?.click(),
  });
}

const values = () => [...document.querySelectorAll<HTMLElement>("[role=row][data-marked] [data-facet]")];
const current = () => values().find((one) => one === document.activeElement);

function moveMark(by: 1 | -1): boolean {
  const all = values();
  if (all.length === 0) return false;
  const at = all.indexOf(document.activeElement as HTMLElement);
  all[(at + by + all.length) % all.length]?.focus();
  return true;
}

/** The value that is focused, or the row's first. */
function withMarked(act: (facet: string, value: string) => void): boolean {
  const { facet, value } = (current() ?? values()[0])?.dataset ?? {};
  if (facet === undefined || value === undefined) return false;
  act(facet, value);
  return true;
}
