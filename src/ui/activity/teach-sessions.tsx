/** Where there are no sessions: what would make one. */
import { Code, Text } from "@mantine/core";
import { Empty } from "../parts/empty.tsx";

export function TeachSessions() {
  return (
    <Empty
      title="No session yet"
      hint={
        <>
          <Text size="sm">
            Whoever runs a command in a pod, attaches to one, forwards its ports or goes through the API server's proxy
            has a session: with its command, its beginning and end, and what the same person did next. This makes one:
          </Text>
          <Code block mt="xs" ta="left">
            kubectl exec -it deploy/web -- sh
          </Code>
        </>
      }
    />
  );
}
