/** Where no request is to be seen: why, and what to do about it. */
import { Anchor, Button, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { get } from "../api.ts";
import { Empty } from "../parts/empty.tsx";
import { everybody } from "./people.ts";

interface Sources {
  readonly items: readonly { readonly events: number }[];
}

export function TeachActivity() {
  const { data } = useQuery({ queryKey: ["sources"], queryFn: () => get<Sources>("sources"), refetchInterval: 5000 });
  const events = data?.items.reduce((sum, one) => sum + one.events, 0) ?? 0;
  const connect = (
    <Anchor component={Link} to="/integrations" size="sm">
      Connect a cluster
    </Anchor>
  );
  if (events === 0)
    return (
      <Empty
        title="No request has been seen"
        hint="Every request to a connected API server leaves a line here: who did what, to what, from where, and what came of it."
        action={connect}
      />
    );
  return (
    <Empty
      title="No person has asked for anything"
      hint="Requests came in, and machines made all of them: controllers, nodes, service accounts. They are left out until you ask for them."
      action={
        <Group>
          <Button
            component={Link}
            to="/activity"
            search={{ actor: [...everybody], range: "all" } as never}
            size="compact-sm"
            variant="default"
          >
            Show machines too
          </Button>
          {connect}
        </Group>
      }
    />
  );
}
