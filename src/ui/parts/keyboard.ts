/** Keys that work anywhere on a page, but not while somebody types. */
import { useEffect, useRef } from "react";

/** By `KeyboardEvent.key`; `*` is asked first, and says true where it was its key. False means: not mine. */
export type Keys = Readonly<Record<string, (key: string, event: KeyboardEvent) => unknown>>;

export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  current.current = keys;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event)) return;
      const any = current.current["*"]?.(event.key, event);
      if (any !== true) {
        const act = current.current[event.key];
        if (act === undefined || act(event.key, event) === false) return;
      }
      event.preventDefault();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

const layers = "[role=menu], [role=dialog], [role=listbox]";

function isTyping({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"))
    return true;
  // Menus and dialogs have keys of their own; Escape closes them and nothing below.
  if (target.closest(layers) !== null || (key === "Escape" && document.querySelector(layers) !== null)) return true;
  return (key === "Enter" || key === " ") && target.matches("button, a, [role=button], summary");
}
