/** A page that scrolls: its title, what can be done, and its content. */
import { Group, Title } from "@mantine/core";
import { type ReactNode, useEffect } from "react";
import styles from "./page.module.css";

export interface PageProps {
  readonly title: string;
  readonly actions?: ReactNode;
  /** True where the content takes the height that is there and scrolls by itself. */
  readonly fills?: boolean;
  readonly children: ReactNode;
}

export function Page({ title, actions, fills = false, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Tiercel`;
  }, [title]);
  return (
    <div className={fills ? styles.fills : styles.page}>
      <Group justify="space-between" className={styles.head} wrap="wrap" gap="xs">
        <Title order={1} size="h4">
          {title}
        </Title>
        <Group gap="xs">{actions}</Group>
      </Group>
      {fills ? children : <div className={styles.content}>{children}</div>}
    </div>
  );
}
