/** What else to know, a line each. */
import { Text } from "@mantine/core";
import { icons } from "../parts/icons.tsx";
import styles from "./integrations.module.css";

export function Notes({ notes }: { readonly notes: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <ul className={styles.notes}>
      {notes.map((note) => (
        <li key={note}>
          {icons.info}
          <Text size="sm" span>
            {note}
          </Text>
        </li>
      ))}
    </ul>
  );
}
