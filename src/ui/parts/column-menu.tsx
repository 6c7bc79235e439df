/** Which columns a list shows: kept in the address, as what is hidden. */
import { ActionIcon, Checkbox, Popover, Stack } from "@mantine/core";
import type { Search } from "../filter.ts";
import { icons } from "./icons.tsx";

export interface ColumnMenuProps {
  readonly columns: readonly { readonly key: string; readonly title: string }[];
  readonly hidden: ReadonlySet<string>;
  onChange(hidden: ReadonlySet<string>): void;
}

export function ColumnMenu({ columns, hidden, onChange }: ColumnMenuProps) {
  const toggle = (key: string) => {
    const next = new Set(hidden);
    if (!next.delete(key)) next.add(key);
    // One stays, or there is nothing to look at.
    if (next.size < columns.length) onChange(next);
  };
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="default" size={30} aria-label="Columns">
          {icons.columns}
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap={6}>
          {columns.map(({ key, title }) => (
            <Checkbox key={key} size="xs" label={title} checked={!hidden.has(key)} onChange={() => toggle(key)} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

export function hiddenColumns({ hide = [] }: Search): ReadonlySet<string> {
  return new Set(typeof hide === "string" ? [hide] : hide);
}
