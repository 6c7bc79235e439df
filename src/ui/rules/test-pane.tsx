/** Events put to the rules as they are edited: which match, what they say, and why or why not. */
import { Button, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import type { Activity } from "../../domain/activity.ts";
import type { Detection } from "../../domain/detection.ts";
import type { Explanation } from "../../engine/explain.ts";
import { get } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { ExplanationTree } from "../why/explanation.tsx";
import type { AskedChecker } from "./asked-checker.ts";
import { type JudgedEvent, mostEvents } from "./checking.ts";
import styles from "./editor.module.css";
import type { Check } from "./use-check.ts";

type From = "detections" | "activities" | "paste";

export interface TestPaneProps {
  readonly checker: AskedChecker | undefined;
  readonly checked: Check["checked"];
  /** Files that are changed and not saved. */
  readonly changed: readonly string[];
}

interface Picked {
  readonly payload: string;
  /** The rule that each event's detection was of. */
  readonly fired: readonly (string | undefined)[];
}

export function TestPane({ checker, checked, changed }: TestPaneProps) {
  const [from, setFrom] = useState<From>("detections");
  const [words, setWords] = useState("");
  const [pasted, setPasted] = useState("");
  const [text] = useDebouncedValue(words, 300);
  const [paste] = useDebouncedValue(pasted, 300);
  const recent = useQuery({
    queryKey: ["test-events", from, text],
    queryFn: ({ signal }) => picked(from, text, signal),
    enabled: from !== "paste",
  });
  const given: Picked | undefined = useMemo(
    () => (from === "paste" ? { payload: paste, fired: [] } : recent.data),
    [from, paste, recent.data],
  );
  const judged = useJudged(checker, checked, given);
  const [chosen, setChosen] = useState(0);
  const [rule, setRule] = useState<string | null>(null);
  const events = judged?.events ?? [];
  const event = events[Math.min(chosen, Math.max(events.length - 1, 0))];
  const index = Math.min(chosen, Math.max(events.length - 1, 0));
  const fired = judged?.given.fired[index];
  const known = checked?.rules.map(({ name }) => name) ?? [];
  const usual = event?.matches[0]?.rule ?? (fired !== undefined && known.includes(fired) ? fired : undefined);
  const asked = rule !== null && known.includes(rule) ? rule : usual;

  return (
    <>
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          aria-label="Which events"
          value={from}
          onChange={(next) => {
            setFrom(next as From);
            setChosen(0);
          }}
          data={[
            { value: "detections", label: "Recent detections" },
            { value: "activities", label: "Recent activity" },
            { value: "paste", label: "Pasted" },
          ]}
        />
        {from === "paste" ? null : (
          <>
            <TextInput
              size="xs"
              className={styles.grows}
              aria-label="Search events"
              placeholder="Search: a user, a name, a rule"
              value={words}
              onChange={(change) => setWords(change.currentTarget.value)}
            />
            <Button size="xs" variant="default" onClick={() => void recent.refetch()} loading={recent.isFetching}>
              Ask again
            </Button>
          </>
        )}
        <Verdicts events={events} fired={judged?.given.fired ?? []} changed={changed} />
      </div>
      {from === "paste" ? (
        <Textarea
          px={12}
          pb={8}
          aria-label="Audit events"
          description={`An audit event, an EventList, an array or JSON lines; up to ${mostEvents} events. They stay in this page.`}
          placeholder='{"kind":"Event","apiVersion":"audit.k8s.io/v1", …}'
          autosize
          minRows={3}
          maxRows={8}
          styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: 12 } }}
          value={pasted}
          onChange={(change) => setPasted(change.currentTarget.value)}
        />
      ) : null}
      {recent.error && from !== "paste" ? <Problem error={recent.error} retry={recent.refetch} /> : null}
      {events.length === 0 ? (
        <p className={styles.quiet}>
          {from === "paste"
            ? "Paste audit events to see which rules match them as the files stand here, saved or not."
            : recent.isFetching
              ? "The events are being fetched…"
              : "There are no such events."}
        </p>
      ) : (
        <div className={styles.test}>
          <ul className={styles.events} aria-label="Events">
            {events.map((one, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: an event is its place among those given
              <li key={at}>
                <EventRow
                  event={one}
                  fired={judged?.given.fired[at]}
                  isChosen={at === index}
                  onChoose={() => setChosen(at)}
                />
              </li>
            ))}
          </ul>
          {event === undefined ? null : (
            <div className={styles.outcome}>
              {event.rejected === undefined ? (
                <>
                  {event.matches.map(({ rule: name, priority, message }) => (
                    <div key={name} className={styles.message}>
                      <b>{name}</b> <span className="mono">{priority}</span>
                      <br />
                      {message}
                    </div>
                  ))}
                  <Select
                    size="xs"
                    searchable
                    label="Why, or why not, this rule"
                    placeholder="A rule"
                    data={[...new Set(known)]}
                    value={asked ?? null}
                    onChange={setRule}
                    maw={420}
                    mb={6}
                  />
                  {asked === undefined ? null : <Tree checker={checker} index={index} rule={asked} judged={judged} />}
                </>
              ) : (
                <p className={styles.quiet}>This is no audit event: {event.rejected}.</p>
              )}
            </div>
          )}
        </div>
      )}
    </>
  );
}

function EventRow(props: {
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

function Verdicts(props: {
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

function Tree(props: {
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

/** Judged again whenever the files were checked again, or other events are given. */
function useJudged(checker: AskedChecker | undefined, checked: Check["checked"], given: Picked | undefined) {
  const [judged, setJudged] = useState<{ readonly events: readonly JudgedEvent[]; readonly given: Picked }>();
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

const most = 30;

async function picked(from: From, text: string, signal: AbortSignal): Promise<Picked> {
  const asked = { limit: most, text: text === "" ? undefined : text };
  if (from === "activities") {
    const { items } = await get<{ readonly items: readonly Activity[] }>("activities", asked, signal);
    return { payload: items.map(({ event }) => JSON.stringify(event)).join("\n"), fired: [] };
  }
  const { items } = await get<{ readonly items: readonly Detection[] }>("detections", asked, signal);
  // One may be gone between the two questions.
  const whole = await Promise.allSettled(
    items.map(({ id }) => get<{ readonly event?: unknown }>(`detections/${encodeURIComponent(id)}`, {}, signal)),
  );
  const kept = items.flatMap(({ rule }, at) => {
    const answer = whole[at];
    const event = answer?.status === "fulfilled" ? answer.value.event : undefined;
    return event === undefined || event === null ? [] : [{ rule, event }];
  });
  return { payload: kept.map(({ event }) => JSON.stringify(event)).join("\n"), fired: kept.map(({ rule }) => rule) };
}
