/** The edited rules put to the events of the last days, by the server: what would match more, what less. */
import { Button, MultiSelect, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Backtest } from "../../api/backtests/schema.ts";
import { ApiFailure, get, send } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { Result } from "./backtest-result.tsx";
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
