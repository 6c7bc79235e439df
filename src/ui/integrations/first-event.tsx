/** How to see a first event come in, before any cluster is connected. */
import { Code, Text } from "@mantine/core";
import type { Source } from "../../api/sources/schema.ts";

export function FirstEvent({ sources }: { readonly sources: readonly Source[] }) {
  const address = sources.find((source) => source.address !== null)?.address ?? "http://127.0.0.1:7765";
  return (
    <>
      <Text size="sm">
        Add a cluster whose API server you can set, choose another way in below, or post a saved audit log to see one
        appear:
      </Text>
      <Code block mt="xs" ta="left">
        curl --data-binary @audit.log {address}/k8s_audit/my-cluster
      </Code>
    </>
  );
}
