/** The top of a panel: what it is about in one sentence, and the ways out of it. */
import { ActionIcon, Group, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { icons } from "../parts/icons.tsx";
import type { PanelProps } from "../parts/list-kind.ts";
import { copy } from "../parts/value-menu.tsx";
import styles from "./activity.module.css";

export function PanelHead({
  left,
  children,
  onClose,
  onStep,
}: Omit<PanelProps, "id"> & { readonly left: ReactNode; readonly children: ReactNode }) {
  return (
    <header className={styles.head}>
      <div className={styles.headLine}>
        <Group gap={14}>{left}</Group>
        <Group gap={2} wrap="nowrap">
          <Tooltip label="The one before (k)">
            <ActionIcon variant="subtle" color="gray" aria-label="The one before" onClick={() => onStep(-1)}>
              <span className={styles.mark} style={{ transform: "rotate(180deg)" }}>
                {icons.chevronDown}
              </span>
            </ActionIcon>
          </Tooltip>
          <Tooltip label="The next one (j)">
            <ActionIcon variant="subtle" color="gray" aria-label="The next one" onClick={() => onStep(1)}>
              {icons.chevronDown}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Copy a link to this">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Copy a link to this"
              onClick={() => void copy(location.href)}
            >
              {icons.link}
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Close (Esc)">
            <ActionIcon variant="subtle" color="gray" aria-label="Close" onClick={onClose}>
              {icons.close}
            </ActionIcon>
          </Tooltip>
        </Group>
      </div>
      <h2 className={styles.sentence}>{children}</h2>
    </header>
  );
}

export function Section({
  title,
  side,
  children,
}: {
  readonly title: string;
  readonly side?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className={styles.section}>
      <h3 className={styles.sectionTitle}>
        {title}
        {side}
      </h3>
      {children}
    </section>
  );
}

export function Waiting({ lines = 4 }: { readonly lines?: number }) {
  return (
    <div className={styles.waiting} role="status" aria-label="Loading">
      {Array.from({ length: lines }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={at} />
      ))}
    </div>
  );
}

export function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map((note) => (
        <li key={note}>
          {icons.info}
          <span>{note}</span>
        </li>
      ))}
    </ul>
  );
}
