/** Integrations: which clusters send, through what, and how each is doing. */
import { Button, Skeleton, Stack, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Clusters } from "../../api/clusters/schema.ts";
import type { Source } from "../../api/sources/schema.ts";
import { get } from "../api.ts";
import type { Search } from "../filter.ts";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { useMay } from "../session.ts";
import { AddCluster } from "./add-cluster.tsx";
import { ClusterList } from "./cluster-list.tsx";
import { FirstEvent } from "./first-event.tsx";
import { type From, QuarantineView } from "./quarantine.tsx";
import { SourceList } from "./source-list.tsx";
import { WaysIn } from "./ways-in.tsx";

const refetchInterval = 5000;
const one = (value: Search[string] | undefined): string | undefined => (typeof value === "string" ? value : value?.[0]);

export default function IntegrationsPage() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const isAdmin = useMay("admin");
  const clusters = useQuery({ queryKey: ["clusters"], queryFn: () => get<Clusters>("clusters"), refetchInterval });
  const sources = useQuery({
    queryKey: ["sources"],
    queryFn: () => get<{ readonly items: readonly Source[] }>("sources"),
    refetchInterval,
  });
  const go = (to: Search) => void navigate({ to: "/integrations", search: to as never });
  const look = (from: From | undefined) => go(from === undefined ? {} : { view: "quarantine", ...from });
  const error = clusters.error ?? sources.error;
  const add = isAdmin ? (
    <Button size="xs" leftSection={icons.plus} onClick={() => go({ add: "1" })}>
      Add a cluster
    </Button>
  ) : null;
  return (
    <Page title="Integrations" actions={add}>
      {error !== null && clusters.data === undefined ? (
        <Problem error={error} retry={clusters.refetch} />
      ) : clusters.data === undefined || sources.data === undefined ? (
        <Stack gap="xs" role="status" aria-label="Loading">
          <Skeleton height={36} />
          <Skeleton height={36} />
          <Skeleton height={36} />
        </Stack>
      ) : (
        <Stack gap="xl">
          <section aria-labelledby="clusters">
            <Title order={2} size="h5" id="clusters" mb="xs">
              Clusters
            </Title>
            {clusters.data.items.length === 0 ? (
              <Empty title="No cluster is known yet" hint={<FirstEvent sources={sources.data.items} />} action={add} />
            ) : (
              <ClusterList {...clusters.data} onQuarantine={(cluster) => look({ cluster })} />
            )}
          </section>
          <section aria-labelledby="sources">
            <Title order={2} size="h5" id="sources" mb="xs">
              Sources
            </Title>
            <SourceList items={sources.data.items} onQuarantine={(source) => look({ source })} />
          </section>
          <section aria-labelledby="ways">
            <Title order={2} size="h5" id="ways" mb="xs">
              Every way in
            </Title>
            <WaysIn
              sources={sources.data.items}
              chosen={one(search.way)}
              onChoose={(way) => go(way === undefined ? {} : { way })}
            />
          </section>
          <section aria-labelledby="quarantine">
            <Title order={2} size="h5" id="quarantine" mb="xs">
              What could not be read
            </Title>
            <QuarantineView
              isOpen={search.view === "quarantine"}
              from={{ cluster: one(search.cluster), source: one(search.source) }}
              clusters={clusters.data.items.map(({ name }) => name)}
              sources={sources.data.items.map(({ name }) => name)}
              onLook={look}
            />
          </section>
        </Stack>
      )}
      <AddCluster
        opened={search.add === "1" && isAdmin}
        onClose={() => go({})}
        clusters={clusters.data?.items ?? []}
        receiver={sources.data?.items.find(({ type }) => type === "webhook")?.address ?? "http://127.0.0.1:7765"}
      />
    </Page>
  );
}
