/** Where there is nothing: why, and what to do about it. */
import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

export interface EmptyProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly action?: ReactNode;
}

export function Empty({ title, hint, action }: EmptyProps) {
  return (
    <Stack align="center" gap="xs" py={48} px="md" ta="center">
      <Title order={2} size="h5">
        {title}
      </Title>
      {hint === undefined ? null : (
        <Text size="sm" c="dimmed" maw={560} component="div">
          {hint}
        </Text>
      )}
      {action}
    </Stack>
  );
}
