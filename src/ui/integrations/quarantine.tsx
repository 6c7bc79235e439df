/** What came and could not be read: whole, as text and nothing else. */
import { Button, Code, Paper, Stack, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
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

export function QuarantineView({ isOpen, onOpen }: { readonly isOpen: boolean; onOpen(is: boolean): void }) {
  return (
    <>
      <Button size="compact-sm" variant="default" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
        {isOpen ? "Hide" : "Look at it"}
      </Button>
      {isOpen ? <Items /> : null}
    </>
  );
}

function Items() {
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ["quarantine"],
    queryFn: ({ pageParam }) => get<PageOf>("quarantine", { limit: 20, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  if (error) return <Problem error={error} />;
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  if (data !== undefined && items.length === 0)
    return (
      <Text size="sm" c="dimmed" mt="xs">
        Everything that came could be read.
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
