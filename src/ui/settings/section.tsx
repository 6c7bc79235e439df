/** A part of the settings with a heading of its own. */
import { Group, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export interface SectionProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}

export function Section({ title, hint, actions, children }: SectionProps) {
  return (
    <section style={{ marginBottom: 28 }}>
      <Group justify="space-between" align="flex-start" gap="xs" mb="xs">
        <div>
          <Title order={2} size="h5">
            {title}
          </Title>
          {hint === undefined ? null : (
            <Text size="sm" c="dimmed" maw={640} component="div">
              {hint}
            </Text>
          )}
        </div>
        {actions}
      </Group>
      {children}
    </section>
  );
}
