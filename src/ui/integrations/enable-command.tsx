/** The one command for one's kind of cluster. */
import { Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import type { MadeCluster } from "../../api/clusters/schema.ts";
import { FileText } from "./file-text.tsx";

export function EnableCommand({ commands }: Pick<MadeCluster, "commands">) {
  const [name, setName] = useState(commands[0]?.name ?? null);
  const one = commands.find((each) => each.name === name);
  return (
    <Stack gap={6}>
      <Select
        label="Kind of cluster"
        description="The command looks at the cluster and shows its plan. Without --dry-run it asks, and does it."
        data={commands.map((each) => ({ value: each.name, label: each.title }))}
        value={name}
        onChange={setName}
        allowDeselect={false}
        searchable
      />
      {one === undefined ? null : (
        <>
          <FileText name="enable.sh" title={`tiercel enable ${one.name}`} hint={one.doc} text={one.command} />
          <Text size="xs" c="dimmed">
            Then <code>tiercel verify {one.name}</code> proves it with a real event. Or do it by hand, with the files
            below.
          </Text>
        </>
      )}
    </Stack>
  );
}
