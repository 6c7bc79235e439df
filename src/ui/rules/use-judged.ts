/** What the rules as edited make of events: asked of the worker. */
import { useEffect, useState } from "react";
import type { AskedChecker } from "./asked-checker.ts";
import type { JudgedEvent } from "./checking.ts";
import type { Picked } from "./test-events.ts";
import type { Check } from "./use-check.ts";

export interface Judged {
  readonly events: readonly JudgedEvent[];
  readonly given: Picked;
}

/** Judged again whenever the files were checked again, or other events are given. */
export function useJudged(
  checker: AskedChecker | undefined,
  checked: Check["checked"],
  given: Picked | undefined,
): Judged | undefined {
  const [judged, setJudged] = useState<Judged>();
  useEffect(() => {
    if (checker === undefined || checked === undefined || given === undefined) return;
    let isLast = true;
    checker.judge(given.payload).then(
      (events) => {
        if (isLast) setJudged({ events: given.payload.trim() === "" ? [] : events, given });
      },
      (failure: Error) => {
        if (isLast) setJudged({ events: [{ title: "", rejected: failure.message, matches: [] }], given });
      },
    );
    return () => {
      isLast = false;
    };
  }, [checker, checked, given]);
  return judged;
}
