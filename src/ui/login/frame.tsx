/** What stands around the ways in. */
import { Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import { icons } from "../parts/icons.tsx";
import styles from "./login.module.css";

export interface FrameProps {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly children: ReactNode;
}

export function Frame({ title, hint, children }: FrameProps) {
  useEffect(() => {
    document.title = `${title} · Tiercel`;
  }, [title]);
  return (
    <main className={styles.page}>
      <div className={styles.card}>
        <Stack gap="md">
          <div className={styles.brand}>
            {icons.falcon}
            <span>Tiercel</span>
          </div>
          <div>
            <Title order={1} size="h4">
              {title}
            </Title>
            {hint === undefined ? null : (
              <Text size="sm" c="dimmed" mt={4} component="div">
                {hint}
              </Text>
            )}
          </div>
          {children}
        </Stack>
      </div>
    </main>
  );
}
