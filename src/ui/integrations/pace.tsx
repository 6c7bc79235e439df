/** How fast events come: now, and of late. */
import { Text } from "@mantine/core";

export function Pace({ minute, quarter }: { readonly minute: number; readonly quarter: number }) {
  return (
    <span title="Over the last minute; over the last 15 minutes">
      {rate(minute)}{" "}
      <Text span size="xs" c="dimmed">
        (15 min: {rate(quarter)})
      </Text>
    </span>
  );
}

function rate(perSec: number): string {
  if (perSec === 0) return "0";
  if (perSec < 0.01) return "< 0.01";
  return perSec.toFixed(perSec < 1 ? 2 : perSec < 10 ? 1 : 0);
}
