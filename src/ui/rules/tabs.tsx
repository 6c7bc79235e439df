/** Tabs small enough for the edge of an editor. */
import { type KeyboardEvent, type ReactNode, useRef } from "react";
import styles from "./editor.module.css";

export interface Tab<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly count?: number;
  readonly isBad?: boolean;
}

export interface TabsProps<Value extends string> {
  readonly label: string;
  readonly value: Value | undefined;
  readonly tabs: readonly Tab<Value>[];
  readonly tools?: ReactNode;
  onChange(value: Value): void;
}

export function Tabs<Value extends string>({ label, value, tabs, tools, onChange }: TabsProps<Value>) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (by === 0) return;
    const at = tabs.findIndex((tab) => tab.value === value);
    const next = tabs[(at + by + tabs.length) % tabs.length];
    if (next === undefined) return;
    onChange(next.value);
    list.current?.querySelectorAll<HTMLButtonElement>("[role=tab]")[tabs.indexOf(next)]?.focus();
  };
  return (
    <div className={styles.tabs}>
      <div ref={list} role="tablist" aria-label={label} onKeyDown={move}>
        {tabs.map((tab, index) => (
          <button
            key={tab.value}
            type="button"
            role="tab"
            className={styles.tab}
            aria-selected={tab.value === value}
            tabIndex={tab.value === value || (value === undefined && index === 0) ? 0 : -1}
            onClick={() => onChange(tab.value)}
          >
            {tab.label}
            {tab.count ? tab.isBad ? <b> {tab.count}</b> : <span> {tab.count}</span> : null}
          </button>
        ))}
      </div>
      <span className={styles.grows} />
      {tools}
    </div>
  );
}
