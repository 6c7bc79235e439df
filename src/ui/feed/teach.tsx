/** Where nothing was detected yet: whether anything comes in at all, and how to see a first event. */
import { Anchor, Code, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "../api.ts";
import { Empty } from "../parts/empty.tsx";

interface Sources {
  readonly items: readonly { readonly address: string | null; readonly events: number }[];
}

export function Teach() {
  const { data } = useQuery({ queryKey: ["sources"], queryFn: () => get<Sources>("sources"), refetchInterval: 5000 });
  const events = data?.items.reduce((sum, { events }) => sum + events, 0) ?? 0;
  const address = data?.items.find((source) => source.address !== null)?.address ?? "http://127.0.0.1:7765";
  const integrations = (
    <Anchor component={Link} to="/integrations" size="sm">
      Connect a cluster
    </Anchor>
  );
  if (events > 0)
    return (
      <Empty
        title="Nothing was detected yet"
        hint={`${events.toLocaleString("en")} audit events came in, and no rule of an enabled policy matched one. Activity Audit shows what they were.`}
        action={
          <Anchor component={Link} to="/activity" size="sm">
            Look at the activity
          </Anchor>
        }
      />
    );
  return (
    <Empty
      title="No audit event has come in"
      hint={
        <>
          <Text size="sm">
            Point the API server's audit webhook at <Code>{address}/k8s_audit</Code>, or post a saved audit log:
          </Text>
          <Code block mt="xs" ta="left">
            curl --data-binary @audit.log {address}/k8s_audit
          </Code>
        </>
      }
      action={integrations}
    />
  );
}
