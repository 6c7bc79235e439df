/** What runs here, and whether it can do its work. */
import { Anchor, List, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { base, get } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { Section } from "./section.tsx";

interface Readiness {
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly reason: string }>>;
}

export function About() {
  const health = useQuery({ queryKey: ["health"], queryFn: () => get<{ readonly version: string }>("../../healthz") });
  const ready = useQuery({ queryKey: ["ready"], queryFn: () => get<Readiness>("../../readyz"), retry: false });
  return (
    <>
      <Section title={`Tiercel ${health.data?.version ?? ""}`}>
        <Text size="sm" maw={640}>
          Detects what matters in Kubernetes audit events, by Falco's rules, and keeps who did what. Apache License 2.0.
        </Text>
        <List size="sm" mt="xs">
          <List.Item>
            <Anchor size="sm" href={new URL("api/openapi.json", base).href}>
              The API, described (OpenAPI)
            </Anchor>
          </List.Item>
          <List.Item>
            <Anchor size="sm" href={new URL("metrics", base).href}>
              Numbers for Prometheus
            </Anchor>
          </List.Item>
        </List>
        {health.error ? <Problem error={health.error} retry={health.refetch} /> : null}
      </Section>
      <Section title="Health">
        {ready.isPending ? <Skeleton height={96} aria-label="Loading" /> : null}
        {ready.error ? <Problem error={ready.error} retry={ready.refetch} /> : null}
        {ready.data === undefined ? null : (
          <Table verticalSpacing={4} maw={640}>
            <Table.Tbody>
              {Object.entries(ready.data.checks).map(([name, { ok, reason }]) => (
                <Table.Tr key={name}>
                  <Table.Th scope="row">{name}</Table.Th>
                  <Table.Td style={{ color: ok ? "var(--tone-good)" : "var(--tone-bad)" }}>
                    {ok ? "fine" : "wrong"}
                  </Table.Td>
                  <Table.Td>{reason}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Section>
    </>
  );
}
