/** Something secret that is shown once: to be copied now. */
import { Alert, Button, Code, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { icons } from "../parts/icons.tsx";
import { copy } from "../parts/value-menu.tsx";

export interface OnceProps {
  readonly title: string;
  readonly secret: string;
  readonly hint: ReactNode;
  onClose(): void;
}

export function Once({ title, secret, hint, onClose }: OnceProps) {
  return (
    <Alert color="blue" variant="outline" icon={icons.info} title={title} mb="md" role="status">
      <Text size="sm" mb="xs" component="div">
        {hint}
      </Text>
      <Code block style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>
        {secret}
      </Code>
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" leftSection={icons.copy} onClick={() => void copy(secret)}>
          Copy
        </Button>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Alert>
  );
}
