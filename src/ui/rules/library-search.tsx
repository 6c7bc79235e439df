/** Words to look for among the rules; they narrow the list a moment after the last letter. */
import { TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Filter } from "../filter.ts";
import { icons } from "../parts/icons.tsx";
import styles from "./library.module.css";

const patienceMillis = 200;

export function SearchText({ filter, onChange }: { readonly filter: Filter; onChange(filter: Filter): void }) {
  const [text, setText] = useState(filter.text ?? "");
  useEffect(() => setText(filter.text ?? ""), [filter.text]);
  useEffect(() => {
    if (text === (filter.text ?? "")) return;
    const timer = setTimeout(() => onChange({ ...filter, text: text === "" ? undefined : text }), patienceMillis);
    return () => clearTimeout(timer);
  }, [text, filter, onChange]);
  return (
    <TextInput
      data-search
      size="xs"
      className={styles.search}
      leftSection={icons.search}
      aria-label="Search"
      placeholder="Search names, conditions, tags ( / )"
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}
