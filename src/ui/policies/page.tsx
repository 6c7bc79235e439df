/** Policies: which rules count, where, how gravely; each switched on or off at once. */
import { Anchor, Badge, Button, Group, Skeleton, Stack, Switch, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { scopeText } from "../../policies/scope.ts";
import { get } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { SeverityMark } from "../parts/severity.tsx";
import { tell } from "../parts/toast.tsx";
import type { FacetsAnswer } from "../parts/use-list.ts";
import { useMay } from "../session.ts";
import { countText } from "../times.ts";
import { type PolicyView, savePolicy, usePolicies } from "./api.ts";
import { isMuted, kindWords, rulesText } from "./words.ts";

const dayMillis = 86_400_000;

export default function PoliciesPage() {
  const { data: policies, error, refetch } = usePolicies();
  const navigate = useNavigate();
  const mayEdit = useMay("editor");
  const counted = useQuery({
    queryKey: ["facets", "policies-of-a-day"],
    queryFn: () =>
      get<FacetsAnswer>("detections/facets", {
        facets: ["policy"],
        facet_limit: 200,
        from: new Date(Date.now() - dayMillis).toISOString(),
      }),
  });
  const counts = new Map(counted.data?.facets.policy?.map(({ value, count }) => [value, count]));
  const actions = mayEdit ? (
    <Button
      size="xs"
      leftSection={icons.plus}
      onClick={() => void navigate({ to: "/policies/$name", params: { name: "new" }, search: { new: "1" } as never })}
    >
      New policy
    </Button>
  ) : null;
  return (
    <Page title="Policies" actions={actions}>
      <Text size="sm" c="dimmed" mb="sm">
        A rule says what is noteworthy, a policy whether that counts here. A match that no policy counts stays a fact in
        Activity Audit.
      </Text>
      {error !== null && policies === undefined ? <Problem error={error} retry={refetch} /> : null}
      {policies === undefined ? (
        error === null && (
          <Stack gap={6} role="status" aria-label="Loading">
            {Array.from({ length: 10 }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
              <Skeleton key={at} height={32} />
            ))}
          </Stack>
        )
      ) : (
        <Table.ScrollContainer minWidth={720} tabIndex={0} aria-label="Policies">
          <Table verticalSpacing={6} highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                <Table.Th w={60}>On</Table.Th>
                <Table.Th>Policy</Table.Th>
                <Table.Th w={120}>Severity</Table.Th>
                <Table.Th w={140}>Rules</Table.Th>
                <Table.Th>Where</Table.Th>
                <Table.Th w={110}>Last 24 hours</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {policies.map((policy) => (
                <PolicyRow key={policy.name} policy={policy} count={counts.get(policy.name) ?? 0} mayEdit={mayEdit} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Page>
  );
}

function PolicyRow({
  policy,
  count,
  mayEdit,
}: {
  readonly policy: PolicyView;
  readonly count: number;
  readonly mayEdit: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const { name, description, kind, enabled, severity, scope } = policy;
  const toggle = async () => {
    setBusy(true);
    try {
      await savePolicy({ ...policy, enabled: !enabled }, name);
      tell(`${name} is ${enabled ? "off" : "on"}`, "good");
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error), "bad");
    } finally {
      setBusy(false);
    }
  };
  return (
    <Table.Tr>
      <Table.Td>
        <Switch
          size="sm"
          checked={enabled}
          disabled={!mayEdit || busy}
          onChange={() => void toggle()}
          aria-label={`${name} is on`}
        />
      </Table.Td>
      <Table.Td>
        <Group gap={8}>
          <Anchor component={Link} to="/policies/$name" params={{ name } as never} fw={600} size="sm">
            {name}
          </Anchor>
          {kind === "managed" ? null : (
            <Badge size="xs" variant="default">
              {kindWords[kind]}
            </Badge>
          )}
          {isMuted(policy) ? (
            <Group gap={4} c="var(--tone-warn)">
              {icons.mute}
              <Text size="xs" span>
                muted
              </Text>
            </Group>
          ) : null}
        </Group>
        <Text size="xs" c="dimmed" lineClamp={2}>
          {description}
        </Text>
      </Table.Td>
      <Table.Td>
        {severity === null ? (
          <Text size="sm">by priority</Text>
        ) : (
          <Group gap={4} wrap="nowrap">
            <SeverityMark value={severity} />
            <Text size="xs" c="dimmed" span>
              ({severity})
            </Text>
          </Group>
        )}
      </Table.Td>
      <Table.Td>{rulesText(policy)}</Table.Td>
      <Table.Td>{scopeText(scope)}</Table.Td>
      <Table.Td>
        {count === 0 ? (
          <Text size="sm" c="dimmed">
            0
          </Text>
        ) : (
          <Anchor component={Link} to="/" search={{ policy: name } as never} size="sm">
            {countText(count)} events
          </Anchor>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
