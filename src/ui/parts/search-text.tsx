/** Words to look for; they narrow the list a moment after the last letter. */
import { CloseButton, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import type { Filter } from "../filter.ts";
import { icons } from "./icons.tsx";
import styles from "./search-text.module.css";

export interface SearchTextProps {
  readonly filter: Filter;
  readonly placeholder: string;
  onChange(filter: Filter): void;
}

const patienceMillis = 300;

export function SearchText({ filter, placeholder, onChange }: SearchTextProps) {
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
      placeholder={placeholder}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.blur();
      }}
      rightSection={
        text === "" ? null : <CloseButton size="xs" aria-label="Clear the search" onClick={() => setText("")} />
      }
    />
  );
}
