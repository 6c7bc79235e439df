/** Events put to the rules as they are edited: which match, what they say, and why or why not. */
import { Button, SegmentedControl, Select, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Problem } from "../parts/problem.tsx";
import type { AskedChecker } from "./asked-checker.ts";
import { mostEvents } from "./checking.ts";
import styles from "./editor.module.css";
import { type From, type Picked, picked } from "./test-events.ts";
import { EventRow, Tree, Verdicts } from "./test-rows.tsx";
import type { Check } from "./use-check.ts";
import { useJudged } from "./use-judged.ts";

export interface TestPaneProps {
  readonly checker: AskedChecker | undefined;
  readonly checked: Check["checked"];
  /** Files that are changed and not saved. */
  readonly changed: readonly string[];
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
