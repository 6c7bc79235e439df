/** The sources of this server, with their health. */
import { Table, Text } from "@mantine/core";
import type { Source } from "../../api/sources/schema.ts";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import { StateMark } from "./state-mark.tsx";

export function SourceList({ items }: { readonly items: readonly Source[] }) {
  return (
    <Table.ScrollContainer minWidth={640} tabIndex={0} aria-label="Sources">
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Source</Table.Th>
            <Table.Th>State</Table.Th>
            <Table.Th>Address</Table.Th>
            <Table.Th>Last batch</Table.Th>
            <Table.Th>Batches</Table.Th>
            <Table.Th>Events</Table.Th>
            <Table.Th>Quarantined</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map(({ name, type, state, why, address, lastEvent, batches, events, quarantined }) => (
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
                    {why}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="mono">{address === null ? "–" : address}</Table.Td>
              <Table.Td>{lastEvent === null ? "never" : <When time={lastEvent} relative />}</Table.Td>
              <Table.Td>{countText(batches)}</Table.Td>
              <Table.Td>{countText(events)}</Table.Td>
              <Table.Td>{countText(quarantined)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
