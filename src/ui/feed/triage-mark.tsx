/** What was decided about a group: a sign and a word. */
import { Group, Text } from "@mantine/core";
import type { TriageState } from "../../domain/asked.ts";
import { icons } from "../parts/icons.tsx";

const signs = {
  open: icons.bell,
  acknowledged: icons.person,
  resolved: icons.check,
  muted: icons.mute,
} as const satisfies Record<TriageState, unknown>;

export function TriageMark({ state }: { readonly state: TriageState }) {
  return (
    <Group gap={5} wrap="nowrap" c={state === "open" ? undefined : "dimmed"}>
      {signs[state]}
      <Text size="xs" span>
        {state}
      </Text>
    </Group>
  );
}
