/** Which time a list is about: so much until now, or from one moment to another. */
import { Button, Group, Popover, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { type Filter, ranges, usualRange, withRange, withTimes } from "../filter.ts";
import { setPrefs, usePrefs } from "../prefs.ts";
import { clockText } from "../times.ts";
import { icons } from "./icons.tsx";

export function TimeRange({ filter, onChange }: { readonly filter: Filter; onChange(filter: Filter): void }) {
  const [opened, setOpened] = useState(false);
  const { zone, times } = usePrefs();
  const range = filter.range ?? usualRange;
  const isAbsolute = filter.from !== undefined || filter.to !== undefined;
  const label = isAbsolute
    ? `${filter.from === undefined ? "…" : clockText(filter.from, zone)} – ${filter.to === undefined ? "now" : clockText(filter.to, zone)}`
    : (ranges.find(({ value }) => value === range)?.label ?? `Last ${range}`);
  const choose = (next: Filter) => {
    setOpened(false);
    onChange(next);
  };
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          data-range
          size="xs"
          variant="default"
          leftSection={icons.clock}
          onClick={() => setOpened(!opened)}
          aria-expanded={opened}
        >
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Time range">
        <Group align="start" gap="lg" wrap="wrap" maw={440}>
          <Stack gap={2}>
            {ranges.map(({ value, label: name }) => (
              <Button
                key={value}
                size="compact-sm"
                variant={!isAbsolute && value === range ? "light" : "subtle"}
                justify="start"
                onClick={() => choose(withRange(filter, value))}
              >
                {name}
              </Button>
            ))}
          </Stack>
          <Absolute key={`${filter.from} ${filter.to}`} filter={filter} onChange={choose} />
        </Group>
        <Group gap="xs" mt="sm">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setPrefs({ zone: zone === "utc" ? "local" : "utc" })}
          >
            Times in {zone === "utc" ? "UTC" : "local time"}
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => setPrefs({ times: times === "relative" ? "absolute" : "relative" })}
          >
            Shown {times === "relative" ? "as 5 min ago" : "as a clock shows them"}
          </Button>
        </Group>
      </Popover.Dropdown>
    </Popover>
  );
}

function Absolute({ filter, onChange }: { readonly filter: Filter; onChange(filter: Filter): void }) {
  const { zone } = usePrefs();
  const [from, setFrom] = useState(filter.from === undefined ? "" : clockText(filter.from, zone));
  const [to, setTo] = useState(filter.to === undefined ? "" : clockText(filter.to, zone));
  const [wrong, setWrong] = useState<string>();
  const apply = () => {
    const [began, ended] = [momentOf(from, zone), momentOf(to, zone)];
    if (began === null || ended === null) return setWrong("Write 2026-03-01 12:00 or an RFC 3339 time");
    if (began !== undefined && ended !== undefined && began > ended) return setWrong("From lies behind to");
    onChange(withTimes(filter, began, ended));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <Stack gap={6} w={210}>
        <TextInput
          size="xs"
          label={`From (${zone})`}
          placeholder="2026-03-01 12:00"
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
          error={wrong}
        />
        <TextInput
          size="xs"
          label={`To (${zone})`}
          placeholder="now"
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
        <Button size="xs" type="submit">
          Apply
        </Button>
      </Stack>
    </form>
  );
}

/** RFC 3339 of what somebody typed; undefined for nothing, null for what is no time. */
export function momentOf(text: string, zone: "local" | "utc"): string | undefined | null {
  const typed = text.trim();
  if (typed === "" || typed === "now") return undefined;
  const plain = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?)?$/.test(typed);
  const whole = typed.length === 10 ? `${typed}T00:00` : typed.replace(" ", "T");
  const at = new Date(plain && zone === "utc" ? `${whole}Z` : whole);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}
