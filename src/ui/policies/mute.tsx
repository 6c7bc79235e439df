/** Muting a policy: until when, and why. */
import { Button, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { When } from "../parts/time.tsx";
import { tell } from "../parts/toast.tsx";
import type { PolicyView } from "./api.ts";

export interface MuteEditorProps {
  readonly muted: PolicyView["muted"];
  readonly mayEdit: boolean;
  onChange(muted: PolicyView["muted"]): void;
}

const hours: readonly (readonly [string, string])[] = [
  ["1", "1 hour"],
  ["8", "8 hours"],
  ["24", "1 day"],
  ["168", "1 week"],
  ["720", "30 days"],
];

export function MuteEditor({ muted, mayEdit, onChange }: MuteEditorProps) {
  const [long, setLong] = useState("8");
  const [reason, setReason] = useState("");
  if (muted !== undefined) {
    const isOver = Date.parse(muted.until) <= Date.now();
    return (
      <Group gap="md">
        <Text size="sm">
          {isOver ? "Was muted until " : "Muted until "}
          <When time={muted.until} relative={false} />
          {muted.by === "" ? "" : ` by ${muted.by}`}: {muted.reason}
        </Text>
        {mayEdit ? (
          <Button size="compact-sm" variant="default" onClick={() => onChange(undefined)}>
            {isOver ? "Forget it" : "Unmute"}
          </Button>
        ) : null}
      </Group>
    );
  }
  if (!mayEdit)
    return (
      <Text size="sm" c="dimmed">
        Not muted
      </Text>
    );
  const mute = () => {
    if (reason.trim() === "") return tell("Say why it is muted: whoever comes next wants to know", "bad");
    onChange({ until: new Date(Date.now() + Number(long) * 3_600_000).toISOString(), by: "", reason: reason.trim() });
  };
  return (
    <Group gap="xs" align="end">
      <NativeSelect
        label="For"
        w={120}
        value={long}
        data={hours.map(([value, label]) => ({ value, label }))}
        onChange={(event) => setLong(event.currentTarget.value)}
      />
      <TextInput
        label="Because"
        flex={1}
        miw={180}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button variant="default" onClick={mute}>
        Mute
      </Button>
    </Group>
  );
}
