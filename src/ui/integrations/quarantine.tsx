/** What came and could not be read: whole, as text and nothing else. */
import { Button, Code, Group, Paper, Select, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { tame } from "../../text/cells.ts";
import { get } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";

interface Quarantined {
  readonly id: string;
  readonly receivedAt: string;
  readonly source: string;
  readonly cluster: string;
  readonly reason: string;
  readonly raw: string;
}
interface PageOf {
  readonly items: readonly Quarantined[];
  readonly next: string | null;
}

/** Somebody may send megabytes; whoever looks needs the beginning. */
const shownCharacters = 4000;

/** Of all, unless one is named. */
export interface From {
  readonly cluster?: string;
  readonly source?: string;
}

export interface QuarantineViewProps {
  readonly isOpen: boolean;
  readonly from: From;
  readonly clusters: readonly string[];
  readonly sources: readonly string[];
  /** Undefined for not to look. */
  onLook(from: From | undefined): void;
}

export function QuarantineView({ isOpen, from, clusters, sources, onLook }: QuarantineViewProps) {
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isOpen) top.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <div ref={top}>
      <Group gap="xs" align="end">
        <Button size="xs" variant="default" aria-expanded={isOpen} onClick={() => onLook(isOpen ? undefined : {})}>
          {isOpen ? "Hide" : "Look at it"}
        </Button>
        {isOpen ? (
          <>
            <Which
              label="Cluster"
              all={clusters}
              value={from.cluster}
              onPick={(cluster) => onLook({ ...from, cluster })}
            />
            <Which label="Source" all={sources} value={from.source} onPick={(source) => onLook({ ...from, source })} />
          </>
        ) : null}
      </Group>
      {isOpen ? <Items from={from} /> : null}
    </div>
  );
}

function Which({
  label,
  all,
  value,
  onPick,
}: {
  readonly label: string;
  readonly all: readonly string[];
  readonly value: string | undefined;
  onPick(value: string | undefined): void;
}) {
  return (
    <Select
      size="xs"
      w={180}
      aria-label={label}
      data={[
        { value: "", label: `Every ${label.toLowerCase()}` },
        ...new Set([...all, ...(value === undefined ? [] : [value])]),
      ]}
      value={value ?? ""}
      allowDeselect={false}
      onChange={(next) => onPick(next || undefined)}
    />
  );
}

function Items({ from }: { readonly from: From }) {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["quarantine", from.cluster, from.source],
    queryFn: ({ pageParam }) =>
      get<PageOf>("quarantine", {
        limit: 20,
        cursor: pageParam,
        cluster: from.cluster === undefined ? undefined : [from.cluster],
        source: from.source === undefined ? undefined : [from.source],
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (error) return <Problem error={error} />;
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  if (data !== undefined && items.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs">
        Everything that came{from.cluster === undefined ? "" : ` from ${from.cluster}`}
        {from.source === undefined ? "" : ` by ${from.source}`} could be read.
      </Text>
    );
  return (
    <Stack gap="xs" mt="xs">
      {items.map(({ id, receivedAt, source, cluster, reason, raw }) => (
        <Paper key={id} withBorder p="xs" component="article">
          <Text size="sm">
            <When time={receivedAt} /> · {cluster} by {source}: <b>{tame(reason)}</b>
          </Text>
          {raw === "" ? null : (
            <Code block mt={4} tabIndex={0} mah={160} style={{ overflow: "auto" }}>
              {tame(raw.slice(0, shownCharacters))}
              {raw.length > shownCharacters ? `\n… ${raw.length - shownCharacters} more characters` : ""}
            </Code>
          )}
        </Paper>
      ))}
      {hasNextPage ? (
        <Button size="compact-sm" variant="default" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older ones
        </Button>
      ) : null}
    </Stack>
  );
}
