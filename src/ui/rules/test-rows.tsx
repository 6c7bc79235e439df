/** An event that was tried, what all came to, and the tree of one rule on one event. */
import { useEffect, useState } from "react";
import type { Explanation } from "../../engine/explain.ts";
import { When } from "../parts/time.tsx";
import { ExplanationTree } from "../why/explanation.tsx";
import type { AskedChecker } from "./asked-checker.ts";
import type { JudgedEvent } from "./checking.ts";
import styles from "./editor.module.css";

export function EventRow(props: {
  readonly event: JudgedEvent;
  readonly fired: string | undefined;
  readonly isChosen: boolean;
  onChoose(): void;
}) {
  const { event, fired, isChosen, onChoose } = props;
  const { title, time, rejected, matches } = event;
  const isLost = fired !== undefined && !matches.some(({ rule }) => rule === fired);
  return (
    <button type="button" className={styles.event} aria-pressed={isChosen} onClick={onChoose}>
      <span>{title}</span>
      <span className={styles.matches}>
        {time === undefined ? null : <When time={time} />}
        {rejected === undefined ? null : <span>no audit event</span>}
        {rejected === undefined && matches.length === 0 ? <span>no rule matches</span> : null}
        {matches.map(({ rule }) => (
          <b key={rule}>{rule}</b>
        ))}
        {isLost ? <span>was: {fired}</span> : null}
      </span>
    </button>
  );
}

export function Verdicts(props: {
  readonly events: readonly JudgedEvent[];
  readonly fired: readonly (string | undefined)[];
  readonly changed: readonly string[];
}) {
  const { events, fired, changed } = props;
  if (events.length === 0) return null;
  const matched = events.filter(({ matches }) => matches.length > 0).length;
  const lost = events.filter(
    ({ matches }, at) => fired[at] !== undefined && !matches.some(({ rule }) => rule === fired[at]),
  ).length;
  return (
    <span className={styles.quiet} role="status">
      {matched} of {events.length} match{lost > 0 ? `, ${lost} no longer match their rule` : ""}
      {changed.length > 0 ? `, with ${changed.join(", ")} as edited` : ""}.
    </span>
  );
}

export function Tree(props: {
  readonly checker: AskedChecker | undefined;
  readonly index: number;
  readonly rule: string;
  readonly judged: object | undefined;
}) {
  const { checker, index, rule, judged } = props;
  const [tree, setTree] = useState<{ readonly explanation: Explanation | undefined; readonly key: string }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was judged anew is explained anew
  useEffect(() => {
    let isLast = true;
    checker?.explain(index, rule).then(
      (explanation) => {
        if (isLast) setTree({ explanation, key: `${index} ${rule}` });
      },
      () => {
        if (isLast) setTree(undefined);
      },
    );
    return () => {
      isLast = false;
    };
  }, [checker, index, rule, judged]);
  if (tree?.explanation === undefined) return null;
  return <ExplanationTree key={tree.key} explanation={tree.explanation} label={`Condition of ${rule}`} />;
}
