/** Short words about what was just done, at the corner, gone by themselves. */
import { CloseButton, Paper, Text } from "@mantine/core";
import { useSyncExternalStore } from "react";
import styles from "./toast.module.css";

export type Tone = "good" | "bad" | "plain";

interface Toast {
  readonly id: number;
  readonly message: string;
  readonly tone: Tone;
}

const listeners = new Set<() => void>();
let shown: readonly Toast[] = [];
let next = 1;

/** Trouble stays until it is closed. */
export function tell(message: string, tone: Tone = "plain"): void {
  const id = next++;
  change([...shown.slice(-3), { id, message, tone }]);
  if (tone !== "bad") setTimeout(() => close(id), 5000);
}

function close(id: number): void {
  change(shown.filter((toast) => toast.id !== id));
}

function change(toasts: readonly Toast[]): void {
  shown = toasts;
  for (const told of listeners) told();
}

export function Toasts() {
  const toasts = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {toasts.map(({ id, message, tone }) => (
        <Paper key={id} shadow="md" withBorder className={styles.toast} data-tone={tone}>
          <Text size="sm">{message}</Text>
          <CloseButton size="sm" aria-label="Close" onClick={() => close(id)} />
        </Paper>
      ))}
    </div>
  );
}
