/** How the editor's page is come to and acted on from outside: by its address, by going to a definition, by keys. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { Search } from "../filter.ts";
import type { Definition, Definitions } from "../language/definitions.ts";
import type { LanguageWorld } from "../language/extensions.ts";
import { type Override, overrideItem, overrides } from "../language/snippets.ts";
import type { Jump } from "./code.tsx";
import { rulesQuery } from "./queries.ts";

/** One object for good, so that editors need not be made anew. */
export function useWorld(definitions: Definitions, goTo: (jump: Jump) => void) {
  const now = useRef({ definitions, goTo });
  now.current = { definitions, goTo };
  return useRef<LanguageWorld>({
    definitions: () => now.current.definitions,
    goTo: ({ file, nameAt: { from, to } }: Definition) => now.current.goTo({ file, from, to }),
  }).current;
}

const one = (value: Search[string] | undefined): string | undefined => (typeof value === "string" ? value : value?.[0]);

/** `file` and `line`, or `rule`: where to begin. */
export function useAddress(search: Search, goTo: (jump: Jump) => void, definitions: Definitions) {
  const gone = useRef<string>(undefined);
  const [file, line, rule, override] = [one(search.file), one(search.line), one(search.rule), one(search.override)];
  useEffect(() => {
    const address = [file, line, rule].join(" ");
    if (gone.current === address || override !== undefined) return;
    gone.current = address;
    const defined = rule === undefined ? undefined : definitions.of("rule", rule)[0];
    if (defined !== undefined) goTo({ file: defined.file, ...defined.nameAt });
    else if (file !== undefined && line !== undefined) goTo({ file, line: Number(line) || 1 });
    else if (file !== undefined) goTo({ file, line: 1, isFocused: false });
  }, [file, line, rule, override, goTo, definitions]);
}

/** `rule` and `override`: an item that changes a rule is begun. */
export function useOverride(search: Search, mayEdit: boolean, begin: (item: string) => void) {
  const [rule, what] = [one(search.rule), one(search.override)];
  const isAsked = rule !== undefined && what !== undefined && what in overrides;
  const { data } = useQuery({ ...rulesQuery, enabled: isAsked });
  const done = useRef(false);
  useEffect(() => {
    if (!isAsked) done.current = false;
    if (!isAsked || !mayEdit || data === undefined || done.current) return;
    done.current = true;
    const known = data.items.find(({ name }) => name === rule);
    begin(overrideItem(known ?? { name: rule }, what as Override));
  }, [isAsked, mayEdit, data, rule, what, begin]);
}

export function useSaveKey(save: () => void) {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || event.altKey) return;
      event.preventDefault();
      save();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, [save]);
}
