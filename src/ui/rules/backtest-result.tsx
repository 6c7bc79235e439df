/** What a back-test found: by rule, what would be more and what less, by whom, with samples. */
import { Progress } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import type { Backtest, BacktestRule, BacktestSample } from "../../api/backtests/schema.ts";
import { icons } from "../parts/icons.tsx";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import styles from "./editor.module.css";

const states = { running: "Running", done: "Done", failed: "It failed", cancelled: "Cancelled" } as const;

export function Result({ test, isOld }: { readonly test: Backtest; readonly isOld: boolean }) {
  const { state, progress, events, compared, from, why, rules } = test;
  return (
    <>
      <div className={styles.quiet} role="status">
        {states[state]}
        {why === undefined ? "" : `: ${why}`}. {countText(events)} events since <When time={from} relative={false} />,{" "}
        {compared} {compared === 1 ? "rule" : "rules"} compared.
        {isOld ? " The files have changed since it was started." : ""}
        {state === "running" ? (
          <Progress value={progress * 100} size="sm" mt={6} aria-label="How far it has come" />
        ) : null}
      </div>
      {rules.length === 0 ? (
        state === "running" ? null : (
          <p className={styles.quiet}>
            {compared === 0
              ? "No rule's condition is another than before, so nothing can differ."
              : "No event is judged otherwise than before."}
          </p>
        )
      ) : (
        <table className={styles.sheet}>
          <thead>
            <tr>
              <th scope="col">Rule</th>
              <th scope="col" className={styles.number}>
                Before
              </th>
              <th scope="col" className={styles.number}>
                After
              </th>
              <th scope="col" className={styles.number}>
                More
              </th>
              <th scope="col" className={styles.number}>
                Less
              </th>
            </tr>
          </thead>
          <tbody>
            {rules.map((rule) => (
              <RuleResult key={rule.rule} result={rule} />
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}

function RuleResult({ result }: { readonly result: BacktestRule }) {
  const [open, setOpen] = useState(false);
  const { rule, before, after, added, removed, topUsers, topNamespaces, samples } = result;
  return (
    <Fragment>
      <tr>
        <td>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? icons.chevronDown : icons.chevronRight}
            {rule}
          </button>
        </td>
        <td className={styles.number}>{countText(before)}</td>
        <td className={styles.number}>{countText(after)}</td>
        <td className={styles.number} data-tone={added > 0 ? "more" : undefined}>
          {added > 0 ? `+${countText(added)}` : "0"}
        </td>
        <td className={styles.number} data-tone={removed > 0 ? "less" : undefined}>
          {removed > 0 ? `−${countText(removed)}` : "0"}
        </td>
      </tr>
      {open ? (
        <tr>
          <td colSpan={5}>
            <div className={styles.details}>
              <div>
                <Top title="Users" values={topUsers} />
                <Top title="Namespaces" values={topNamespaces} />
              </div>
              <div>
                <Samples title="Would match too" samples={samples.added} />
                <Samples title="Would match no more" samples={samples.removed} />
                <Samples title="Would match as before" samples={samples.kept} />
              </div>
            </div>
          </td>
        </tr>
      ) : null}
    </Fragment>
  );
}

function Top({ title, values }: { readonly title: string; readonly values: BacktestRule["topUsers"] }) {
  if (values.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {values.map(({ value, count }) => (
          <li key={value}>
            {countText(count)} · {value}
          </li>
        ))}
      </ul>
    </>
  );
}

function Samples({ title, samples }: { readonly title: string; readonly samples: readonly BacktestSample[] }) {
  if (samples.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {samples.map(({ id, time, output, activity }) => (
          <li key={id}>
            <When time={time} /> {output}{" "}
            <Link to="/activity" search={{ sel: activity, range: "all" } as never}>
              its activity
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
