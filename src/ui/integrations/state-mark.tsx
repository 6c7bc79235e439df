/** How a cluster or a source is doing: a sign, a word and a colour. */
import { Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { icons } from "../parts/icons.tsx";

const marks: Readonly<Record<string, { readonly word: string; readonly icon: ReactNode; readonly colour: string }>> = {
  connected: { word: "Connected", icon: icons.check, colour: "var(--tone-good)" },
  starting: { word: "Starting", icon: icons.clock, colour: "var(--mantine-color-dimmed)" },
  waiting: { word: "Waiting", icon: icons.clock, colour: "var(--mantine-color-dimmed)" },
  silent: { word: "Silent", icon: icons.mute, colour: "var(--tone-warn)" },
  lagging: { word: "Behind", icon: icons.warning, colour: "var(--tone-warn)" },
  warning: { word: "Warning", icon: icons.warning, colour: "var(--tone-warn)" },
  failing: { word: "Error", icon: icons.high, colour: "var(--tone-bad)" },
  error: { word: "Error", icon: icons.high, colour: "var(--tone-bad)" },
  stopped: { word: "Stopped", icon: icons.pause, colour: "var(--mantine-color-dimmed)" },
};

export function StateMark({ state }: { readonly state: string }) {
  const { word, icon, colour } = marks[state] ?? { word: state, icon: icons.info, colour: "inherit" };
  return (
    <Group gap={6} wrap="nowrap" c={colour}>
      {icon}
      <Text size="sm" fw={600} span>
        {word}
      </Text>
    </Group>
  );
}
