/** Every way in, to choose from. */
import { SimpleGrid, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Source, SourceKindView } from "../../api/sources/schema.ts";
import { get } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { WayIn } from "./way-in.tsx";
import styles from "./ways-in.module.css";

export interface WaysInProps {
  /** Those that are configured. */
  readonly sources: readonly Source[];
  /** The type looked at, if one is. */
  readonly chosen: string | undefined;
  onChoose(type: string | undefined): void;
}

export function WaysIn({ sources, chosen, onChoose }: WaysInProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ["source-kinds"],
    queryFn: ({ signal }) => get<{ readonly items: readonly SourceKindView[] }>("source-kinds", {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (error) return <Problem error={error} retry={refetch} />;
  if (data === undefined) return <Skeleton height={120} role="status" aria-label="Loading the ways in" />;
  const kinds = data.items.filter(({ type }) => type !== "demo");
  const kind = kinds.find(({ type }) => type === chosen);
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xs">
        {kinds.map(({ type, title, for: whose }) => {
          const running = sources.filter((source) => source.type === type).length;
          return (
            <UnstyledButton key={type} className={styles.way} onClick={() => onChoose(type)}>
              <Text size="sm" fw={600}>
                {title}
              </Text>
              <Text size="xs" c="dimmed" lineClamp={2}>
                {whose.replaceAll("`", "")}
              </Text>
              <Text size="xs" className={styles.type}>
                <span className="mono">{type}</span>
                {running === 0 ? "" : running === 1 ? " · configured" : ` · ${running} configured`}
              </Text>
            </UnstyledButton>
          );
        })}
      </SimpleGrid>
      <WayIn kind={kind} sources={sources} onClose={() => onChoose(undefined)} />
    </>
  );
}
