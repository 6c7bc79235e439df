/** The sources of this server, with their health. */
import { Anchor, Table, Text } from "@mantine/core";
import type { Source } from "../../api/sources/schema.ts";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import { Delay } from "./delay.tsx";
import { Pace } from "./pace.tsx";
import { sentence } from "./sentence.ts";
import { StateMark } from "./state-mark.tsx";

export interface SourceListProps {
  readonly items: readonly Source[];
  onQuarantine(source: string): void;
}

export function SourceList({ items, onQuarantine }: SourceListProps) {
  return (
    <Table.ScrollContainer
      minWidth={820}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: "group", "aria-label": "All sources" } }}
    >
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Source</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Address</Table.Th>
            <Table.Th>Last batch</Table.Th>
            <Table.Th>Events a second</Table.Th>
            <Table.Th>Received after</Table.Th>
            <Table.Th>Events</Table.Th>
            <Table.Th>Refused, 24 h</Table.Th>
            <Table.Th>Unreadable, 24 h</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ name, type, state, why, address, lastEvent, eventsPerSec, events, lastDay, ...feed }) => (
            <Table.Tr key={name}>
              <Table.Td>
                {name}{" "}
                {name === type ? null : (
                  <Text span c="dimmed" size="xs">
                    {type}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <StateMark state={state} />
                {why === null ? null : (
                  <Text size="xs" c="dimmed">
                    {sentence(why)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="mono">{address === null ? "–" : address}</Table.Td>
              <Table.Td>{lastEvent === null ? "never" : <When time={lastEvent} relative />}</Table.Td>
              <Table.Td>
                <Pace {...eventsPerSec} />
              </Table.Td>
              <Table.Td>
                <Delay of={feed} queue={feed.queue} />
              </Table.Td>
              <Table.Td>{countText(events)}</Table.Td>
              <Table.Td>{lastDay.rejected.map(({ value, count }) => `${count} ${value}`).join(", ") || "0"}</Table.Td>
              <Table.Td>
                {lastDay.quarantined === 0 ? (
                  "0"
                ) : (
                  <Anchor component="button" type="button" size="sm" onClick={() => onQuarantine(name)}>
                    {countText(lastDay.quarantined)}
                  </Anchor>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
