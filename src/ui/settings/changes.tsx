/** Our own audit trail: who changed what, when, from what to what. */
import { Badge, Button, Group, MultiSelect, Skeleton, Stack, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Change, Changes as Trail } from "../../api/changes/schema.ts";
import { get } from "../api.ts";
import { LineDiff } from "../exception/diff.tsx";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { changeSentence, type Difference, differenceOf } from "./change-words.ts";
import { Section } from "./section.tsx";

const pageSize = 50;
const kinds = [
  { value: "policy", label: "policies" },
  { value: "rules", label: "rules" },
  { value: "triage", label: "decisions about events" },
  { value: "cluster", label: "clusters" },
  { value: "user", label: "users" },
  { value: "token", label: "tokens" },
  { value: "session", label: "logins" },
];

export function Changes() {
  const [kind, setKind] = useState<string[]>([]);
  const [who, setWho] = useState("");
  const [by] = useDebouncedValue(who.trim(), 300);
  const filter = { kind, ...(by === "" ? {} : { by: [by] }) };
  const query = useInfiniteQuery({
    queryKey: ["changes", filter],
    queryFn: ({ pageParam, signal }) =>
      get<Trail>("changes", { ...filter, limit: pageSize, before: pageParam }, signal),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ items }) => (items.length < pageSize ? undefined : items.at(-1)?.seq),
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title="Changes"
      hint="Every change of rules, policies, users and tokens, and every login. Nobody can edit it here."
    >
      <Group gap="xs" mb="sm" align="flex-end">
        <MultiSelect
          size="xs"
          label="Of what"
          placeholder={kind.length === 0 ? "everything" : undefined}
          data={kinds}
          value={kind}
          onChange={setKind}
          clearable
          clearButtonProps={{ "aria-label": "Clear" }}
          miw={220}
        />
        <TextInput
          size="xs"
          label="By whom"
          placeholder="anybody"
          value={who}
          onChange={(event) => setWho(event.currentTarget.value)}
        />
      </Group>
      {query.error ? <Problem error={query.error} retry={query.refetch} /> : null}
      {query.isPending ? <Skeleton height={160} aria-label="Loading" /> : null}
      {query.isSuccess && items.length === 0 ? (
        <Empty title="Nothing was changed" hint="Change a policy or a rule, and it stands here with your name." />
      ) : null}
      <Stack gap={0} component="ol" style={{ listStyle: "none", padding: 0, margin: 0 }}>
        {items.map((change) => (
          <ChangeRow key={change.seq} change={change} />
        ))}
      </Stack>
      {query.hasNextPage ? (
        <Button
          variant="default"
          size="compact-sm"
          mt="sm"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Show older ones
        </Button>
      ) : null}
    </Section>
  );
}

function ChangeRow({ change }: { readonly change: Change }) {
  const [isOpen, setOpen] = useState(false);
  const difference = differenceOf(change);
  const isFailure = change.action === "login-failed";
  return (
    <li style={{ borderBottom: "1px solid var(--row-line)", padding: "5px 0" }}>
      <Group gap="xs" align="flex-start">
        <Text size="xs" c="dimmed" component="div" style={{ flex: "none", paddingTop: 2 }}>
          <When time={change.at} />
        </Text>
        <Text size="sm" component="div" style={{ flex: "1 1 200px", overflowWrap: "anywhere" }}>
          <b>{change.by}</b> {changeSentence(change)}{" "}
          {isFailure ? (
            <Badge size="sm" variant="outline" color="red" tt="none">
              failed
            </Badge>
          ) : null}
          {difference?.kind === "fields" && !isOpen ? <Summary difference={difference} /> : null}
        </Text>
        {difference === undefined ? null : (
          <Button
            variant="default"
            size="compact-xs"
            aria-expanded={isOpen}
            rightSection={isOpen ? icons.up : icons.down}
            onClick={() => setOpen(!isOpen)}
          >
            {isOpen ? "Less" : "What"}
          </Button>
        )}
      </Group>
      {isOpen && difference !== undefined ? <Whole difference={difference} /> : null}
    </li>
  );
}

function Summary({ difference }: { readonly difference: Extract<Difference, { kind: "fields" }> }) {
  const [first, second, ...rest] = difference.fields;
  if (first === undefined) return null;
  const words = [first, second]
    .filter((field) => field !== undefined)
    .map(({ name, before, after }) =>
      before === undefined ? `${name}: ${after}` : `${name}: ${before} → ${after ?? "(gone)"}`,
    );
  const text = words.join("; ");
  return (
    <Text span size="sm" c="dimmed" ml="xs">
      {text.length > 160 ? `${text.slice(0, 160)}…` : text}
      {rest.length > 0 ? ` and ${rest.length} more` : ""}
    </Text>
  );
}

function Whole({ difference }: { readonly difference: Difference }) {
  if (difference.kind === "text")
    return <LineDiff before={difference.before} after={difference.after} label="What was changed" />;
  return (
    <Table mt={4} verticalSpacing={2} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What</Table.Th>
          <Table.Th>Before</Table.Th>
          <Table.Th>After</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {difference.fields.map(({ name, before, after }) => (
          <Table.Tr key={name}>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{name}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{before ?? "–"}</Table.Td>
            <Table.Td style={{ overflowWrap: "anywhere" }}>{after ?? "–"}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
