/** The clusters: one card each, with what it sends and what is wrong with it. */
import { Anchor, Group, Paper, SimpleGrid, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { Clusters, ClusterView } from "../../api/clusters/schema.ts";
import { Sparkline } from "../parts/sparkline.tsx";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import { Delay } from "./delay.tsx";
import { Fact } from "./fact.tsx";
import { Pace } from "./pace.tsx";
import { sentence } from "./sentence.ts";
import { SilentHelp } from "./silent-help.tsx";
import { StateMark } from "./state-mark.tsx";

export interface ClusterListProps extends Clusters {
  onQuarantine(cluster: string): void;
}

const stagesOfRules = ["ResponseStarted", "ResponseComplete"];
/** Among so many there are watches, which begin with a response. */
const enoughEvents = 1000;

export function ClusterList({ items, rejected, onQuarantine }: ClusterListProps) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
        {items.map((cluster) => (
          <ClusterCard key={cluster.name} cluster={cluster} onQuarantine={() => onQuarantine(cluster.name)} />
        ))}
      </SimpleGrid>
      {rejected.length === 0 ? null : (
        <Text size="sm" mt="sm" c="var(--tone-warn)">
          Requests refused since the start: {rejected.map(({ value, count }) => `${count} ${value}`).join(", ")}
        </Text>
      )}
    </>
  );
}

function ClusterCard({ cluster, onQuarantine }: { readonly cluster: ClusterView; onQuarantine(): void }) {
  const { name, state, why, lastEvent, eventsPerSec, spark, levels, stages, events, sources, lastDay } = cluster;
  const missing = stagesOfRules.filter((stage) => !stages.some(({ value }) => value === stage));
  return (
    <Paper withBorder p="sm" component="article" aria-label={`Cluster ${name}`}>
      <Group justify="space-between" wrap="nowrap">
        <Group gap="md" wrap="nowrap" style={{ minWidth: 0 }}>
          <Text fw={700} truncate>
            {name}
          </Text>
          <StateMark state={state} />
        </Group>
        <Sparkline
          counts={spark}
          label={`Events of the last quarter of an hour, ${spark.at(-1) ?? 0} in the last half minute`}
        />
      </Group>
      {why === null ? null : (
        <Text size="sm" c="dimmed">
          {sentence(why)}
        </Text>
      )}
      {state === "silent" || state === "waiting" ? <SilentHelp cluster={name} /> : null}
      <SimpleGrid cols={{ base: 2, sm: 3 }} spacing={6} mt="xs">
        <Fact title="Last event">{lastEvent === null ? "never" : <When time={lastEvent} relative />}</Fact>
        <Fact title="Events a second">
          <Pace {...eventsPerSec} />
        </Fact>
        <Fact title="Received after">
          <Delay of={cluster} />
        </Fact>
        <Fact title="Since the start">
          {events === 1 ? "1 event" : `${countText(events)} events`}
          {events === 0 ? "" : ` by ${sources.map(({ value }) => value).join(", ")}`}
        </Fact>
        <Fact title="Levels">{shares(levels)}</Fact>
        <Fact title="Stages">{shares(stages)}</Fact>
      </SimpleGrid>
      {events >= enoughEvents && missing.length > 0 ? (
        <Text size="xs" c="var(--tone-warn)" mt={4}>
          No event of stage {missing.join(" or ")} was seen: if the audit policy omits it, rules that wait for it cannot
          fire.
        </Text>
      ) : null}
      {lastDay.truncated === 0 ? null : (
        <Text size="xs" c="var(--tone-warn)" mt={4}>
          {countText(lastDay.truncated)} events came without bodies, since they were too large for their API server
          (--audit-webhook-truncate-max-event-size): rules that look into bodies did not see those.
        </Text>
      )}
      <Group gap="md" mt="xs">
        <Anchor component={Link} to="/" search={{ cluster: name } as never} size="sm">
          Events
        </Anchor>
        <Anchor component={Link} to="/activity" search={{ cluster: name } as never} size="sm">
          Activity
        </Anchor>
        {lastDay.quarantined === 0 && cluster.quarantined === 0 ? null : (
          <Anchor component="button" type="button" size="sm" onClick={onQuarantine}>
            {lastDay.quarantined || cluster.quarantined} in quarantine
          </Anchor>
        )}
      </Group>
    </Paper>
  );
}

function shares(counted: readonly { readonly value: string; readonly count: number }[]): string {
  const total = counted.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return "–";
  return counted.map(({ value, count }) => `${value} ${Math.round((count / total) * 100)} %`).join(", ");
}
