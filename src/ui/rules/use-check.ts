/** What the engine says of the files as they are edited: asked a moment after each change, answered from beside the page. */
import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { type Definitions, definitionsOf, type NamedText } from "../language/definitions.ts";
import { type AskedChecker, askedChecker } from "./asked-checker.ts";
import type { Checked } from "./checking.ts";

export interface Check {
  readonly checker: AskedChecker | undefined;
  /** Of `files`, which may be those of a moment ago; undefined before the first answer. */
  readonly checked: (Checked & { readonly files: readonly NamedText[] }) | undefined;
  readonly definitions: Definitions;
  readonly error: string | undefined;
}

const patienceMillis = 250;

export function useCheck(files: readonly NamedText[]): Check {
  const [checker, setChecker] = useState<AskedChecker>();
  const [checked, setChecked] = useState<Check["checked"]>();
  const [error, setError] = useState<string>();
  const [settled] = useDebouncedValue(files, patienceMillis);
  const definitions = useMemo(() => definitionsOf(files), [files]);

  useEffect(() => {
    const made = askedChecker();
    setChecker(made);
    return () => made.close();
  }, []);

  useEffect(() => {
    if (checker === undefined || settled.length === 0) return;
    let isLast = true;
    checker.check(settled).then(
      (answer) => {
        if (!isLast) return;
        setChecked({ ...answer, files: settled });
        setError(undefined);
      },
      (failure: Error) => {
        if (isLast) setError(failure.message);
      },
    );
    return () => {
      isLast = false;
    };
  }, [checker, settled]);

  return { checker, checked, definitions, error };
}
