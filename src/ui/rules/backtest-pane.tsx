/** The edited rules put to the events of the last days, by the server: what would match more, what less. */
import { Button, MultiSelect, NumberInput, Progress } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Fragment, useState } from "react";
import type { Backtest, BacktestRule, BacktestSample } from "../../api/backtests/schema.ts";
import { ApiFailure, get, send } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import styles from "./editor.module.css";
import { type Edit, wholeText } from "./edits.ts";

export interface BacktestPaneProps {
  /** What is not saved yet. */
  readonly changed: readonly Edit[];
  readonly rules: readonly { readonly name: string }[];
  readonly hasErrors: boolean;
  readonly mayStart: boolean;
}

const pollMillis = 500;

export function BacktestPane({ changed, rules, hasErrors, mayStart }: BacktestPaneProps) {
  const [days, setDays] = useState<number | string>(7);
  const [only, setOnly] = useState<string[]>([]);
  const [started, setStarted] = useState<{ readonly id: string; readonly files: readonly Edit[] }>();
  const [failure, setFailure] = useState<ApiFailure>();
  const { data: test, error } = useQuery({
    queryKey: ["backtest", started?.id],
    queryFn: ({ signal }) => get<Backtest>(`backtests/${started?.id ?? ""}`, {}, signal),
    enabled: started !== undefined,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === "running" ? pollMillis : false),
    staleTime: 0,
  });
  const isRunning = started !== undefined && !error && (test === undefined || test.state === "running");
  const isOld =
    started?.files.some((file) => changed.find((one) => one.name === file.name)?.text !== file.text) ?? false;

  async function act(call: () => Promise<unknown>) {
    setFailure(undefined);
    try {
      await call();
    } catch (refused) {
      if (!(refused instanceof ApiFailure)) throw refused;
      setFailure(refused);
    }
  }
  const start = () =>
    act(async () => {
      const files = changed.map((edit) => ({ name: edit.name, text: wholeText(edit) }));
      const body = { files, days: Number(days) || 7, ...(only.length === 0 ? {} : { rules: only }) };
      const { data } = await send<{ readonly id: string }>("POST", "backtests", body);
      setStarted({ id: data.id, files: changed });
    });
  const cancel = () => act(() => send("DELETE", `backtests/${started?.id ?? ""}`));
  const nothing = changed.length === 0 && only.length === 0;

  return (
    <>
      <div className={styles.tools}>
        <NumberInput
          size="xs"
          label="Days back"
          value={days}
          onChange={setDays}
          min={1}
          max={3660}
          w={90}
          disabled={isRunning}
        />
        <MultiSelect
          size="xs"
          label="Only these rules"
          placeholder={only.length === 0 ? "All whose condition changes" : undefined}
          data={[...new Set(rules.map(({ name }) => name))]}
          value={only}
          onChange={setOnly}
          searchable
          clearable
          className={styles.grows}
          maw={420}
          disabled={isRunning}
        />
        {isRunning ? (
          <Button size="xs" variant="default" onClick={() => void cancel()}>
            Cancel
          </Button>
        ) : (
          <Button size="xs" onClick={() => void start()} disabled={!mayStart || hasErrors || nothing}>
            Start
          </Button>
        )}
      </div>
      {failure === undefined ? null : <Problem error={failure} />}
      {error ? <Problem error={error} /> : null}
      {test === undefined ? (
        <p className={styles.quiet}>
          {hasErrors
            ? "Mend the errors first: a file with errors cannot be tried."
            : nothing
              ? "Change a file of yours, or choose rules, to see what they would have made of the events of the last days."
              : "Each rule whose condition you changed is put to the events that the journal holds, as it is saved and as it is edited. Nothing is saved by it."}
        </p>
      ) : (
        <Result test={test} isOld={isOld} />
      )}
    </>
  );
}

const states = { running: "Running", done: "Done", failed: "It failed", cancelled: "Cancelled" } as const;

function Result({ test, isOld }: { readonly test: Backtest; readonly isOld: boolean }) {
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
