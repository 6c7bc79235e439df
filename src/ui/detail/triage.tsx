/** What was decided about a group of detections, and deciding it: acknowledge, resolve, mute, open again. */
import { Anchor, Button, Group, Popover, Select, Stack, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import type { Group as DetectionGroup, Page, TriageState } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import type { Change } from "../../domain/documents.ts";
import { ApiFailure, get, send } from "../api.ts";
import { TriageMark } from "../feed/triage-mark.tsx";
import { When } from "../parts/time.tsx";
import { tell } from "../parts/toast.tsx";
import { useMay } from "../session.ts";
import { countText } from "../times.ts";
import styles from "./detail.module.css";
import { mutes, untilOf } from "./mutes.ts";

export interface Decision {
  readonly state: TriageState;
  readonly until?: string;
  readonly note?: string;
}

const done: Readonly<Record<TriageState, string>> = {
  open: "Opened again",
  acknowledged: "Acknowledged",
  resolved: "Resolved: it opens again when it comes back",
  muted: "Muted",
};

/** Decides about all of a fingerprint; lists are asked anew. */
export function useDecide(fingerprint: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (decision: Decision) => send("PUT", `detections/groups/${encodeURIComponent(fingerprint)}`, decision),
    onSuccess: (_, { state }) => {
      tell(done[state], "good");
      void queries.invalidateQueries({ queryKey: ["group", fingerprint] });
      void queries.invalidateQueries({ queryKey: ["rows"] });
    },
    onError: (error) => tell(error instanceof ApiFailure ? error.message : String(error), "bad"),
  });
}

export interface TriageProps {
  readonly detection: Detection;
  /** What else can be done about it. */
  readonly children?: ReactNode;
}

export function Triage({ detection, children }: TriageProps) {
  const { fingerprint } = detection;
  const may = useMay("editor");
  const { data: group } = useQuery({
    queryKey: ["group", fingerprint],
    queryFn: async ({ signal }) =>
      (await get<Page<DetectionGroup>>("detections/groups", { fingerprint: [fingerprint], limit: 1 }, signal))
        .items[0] ?? null,
  });
  const decide = useDecide(fingerprint);
  const state = group?.state ?? "open";
  const button = (to: TriageState, word: string) => (
    <Button
      size="compact-xs"
      variant="default"
      disabled={!may}
      loading={decide.isPending && decide.variables?.state === to}
      onClick={() => decide.mutate({ state: to })}
    >
      {word}
    </Button>
  );
  return (
    <section aria-label="What was decided" className={styles.triage}>
      <Group gap="xs">
        <TriageMark state={state} />
        {group ? (
          <Text size="xs" c="dimmed">
            <Anchor
              component={Link}
              to="/"
              search={{ fingerprint, range: "all" } as never}
              size="xs"
              underline="always"
            >
              {group.count === 1 ? "seen once" : `seen ${countText(group.count)} times`}
            </Anchor>
            {group.count > 1 ? (
              <>
                , first <When time={group.firstSeen} relative />, last <When time={group.lastSeen} relative />
              </>
            ) : null}
          </Text>
        ) : null}
      </Group>
      <LastDecision fingerprint={fingerprint} state={state} />
      <Group gap={4} mt={6}>
        <Tooltip label="It takes an editor to decide" disabled={may}>
          <Group gap={4}>
            {state === "open" ? button("acknowledged", "Acknowledge") : null}
            {state === "open" || state === "acknowledged" ? button("resolved", "Resolve") : null}
            {state === "muted" ? null : (
              <Mute disabled={!may} onMute={(decision) => decide.mutate(decision)} busy={decide.isPending} />
            )}
            {state === "open" ? null : button("open", state === "muted" ? "Unmute" : "Open again")}
          </Group>
        </Tooltip>
        {children}
      </Group>
      {may ? null : (
        <Text size="xs" c="dimmed" mt={4}>
          You may look; deciding and changing rules takes an editor.
        </Text>
      )}
    </section>
  );
}

interface MuteProps {
  readonly disabled: boolean;
  readonly busy: boolean;
  onMute(decision: Decision): void;
}

function Mute({ disabled, busy, onMute }: MuteProps) {
  const [opened, setOpened] = useState(false);
  const [how, setHow] = useState<string>("1d");
  const [day, setDay] = useState("");
  const [note, setNote] = useState("");
  const until = untilOf(how, day, new Date());
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus width={280}>
      <Popover.Target>
        <Button
          size="compact-xs"
          variant="default"
          disabled={disabled}
          aria-haspopup="dialog"
          aria-expanded={opened}
          onClick={() => setOpened(!opened)}
        >
          Mute…
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Mute">
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (until === undefined) return;
            onMute({ state: "muted", until, ...(note.trim() === "" ? {} : { note: note.trim() }) });
            setOpened(false);
          }}
        >
          <Stack gap="xs">
            <Select
              size="xs"
              label="For how long"
              data={[...mutes.map(({ value, label }) => ({ value, label })), { value: "day", label: "Until a day…" }]}
              value={how}
              allowDeselect={false}
              onChange={(value) => setHow(value ?? "1d")}
              comboboxProps={{ withinPortal: false }}
            />
            {how === "day" ? (
              <TextInput
                size="xs"
                type="datetime-local"
                label="Until"
                value={day}
                onChange={(event) => setDay(event.currentTarget.value)}
                error={day !== "" && until === undefined ? "that is past" : undefined}
              />
            ) : null}
            <Textarea
              size="xs"
              label="Why"
              placeholder="For whoever looks at it next"
              autosize
              minRows={2}
              maxRows={5}
              maxLength={2000}
              value={note}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Button type="submit" size="xs" disabled={until === undefined} loading={busy}>
              Mute
            </Button>
          </Stack>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Who decided last, and what they wrote. */
function LastDecision({ fingerprint, state }: { readonly fingerprint: string; readonly state: TriageState }) {
  const { data } = useQuery({
    queryKey: ["group", fingerprint, "decided"],
    queryFn: ({ signal }) =>
      get<{ readonly items: readonly Change[] }>("changes", { kind: ["triage"], id: [fingerprint], limit: 1 }, signal),
    retry: false,
  });
  const change = data?.items[0];
  const after = change?.after == null ? undefined : readDecision(change.after);
  if (change === undefined || after === undefined) return null;
  return (
    <Text size="xs" c="dimmed" mt={4}>
      {after.state === state ? `${after.state} by` : `was ${after.state} by`} {change.by}{" "}
      <When time={change.at} relative />
      {state === "muted" && after.until !== undefined ? (
        <>
          {" "}
          until <When time={after.until} />
        </>
      ) : null}
      {after.note ? `: “${after.note}”` : ""}
    </Text>
  );
}

function readDecision(text: string): Decision | undefined {
  try {
    return JSON.parse(text) as Decision;
  } catch {
    // An older form, or no JSON at all: there is nothing to tell of it then.
    return undefined;
  }
}
