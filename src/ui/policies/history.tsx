/** Who changed a policy, and when. */
import { Anchor, Paper, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Changes } from "../../api/changes/schema.ts";
import { get } from "../api.ts";
import { LineDiff } from "../exception/diff.tsx";
import { When } from "../parts/time.tsx";

const words: Readonly<Record<string, string>> = {
  create: "changed it for the first time",
  update: "changed it",
  delete: "took the changes back",
};

export function PolicyHistory({ name }: { readonly name: string }) {
  const { data } = useQuery({
    queryKey: ["changes", "policy", name],
    queryFn: () => get<Changes>("changes", { kind: ["policy"], id: [name], limit: 10 }),
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label="History">
      <Title order={2} size="h6" mb="xs">
        History
      </Title>
      <Stack gap="sm">
        {data.items.map(({ seq, at, by, action, before, after }) => (
          <div key={seq}>
            <Text size="sm">
              <When time={at} /> <b>{by}</b> {words[action] ?? action}
            </Text>
            <LineDiff before={pretty(before)} after={pretty(after)} label={`What ${by} changed at ${at}`} />
          </div>
        ))}
      </Stack>
      <Anchor
        component={Link}
        to="/settings"
        search={{ tab: "changes" } as never}
        size="sm"
        mt="xs"
        display="inline-block"
      >
        All changes
      </Anchor>
    </Paper>
  );
}

const pretty = (body: string | null): string => (body === null ? "" : `${JSON.stringify(JSON.parse(body), null, 2)}\n`);
