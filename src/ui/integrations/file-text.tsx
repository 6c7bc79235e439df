/** A file to be copied or saved. */
import { Button, Code, Group, Text } from "@mantine/core";
import { icons } from "../parts/icons.tsx";
import { copy } from "../parts/value-menu.tsx";

export interface FileTextProps {
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly text: string;
}

export function FileText({ name, title, hint, text }: FileTextProps) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = name;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div>
      <Group justify="space-between" align="end" mb={4} wrap="nowrap">
        <div style={{ minWidth: 0, overflowWrap: "anywhere" }}>
          <Text size="sm" fw={600} className="mono">
            {title}
          </Text>
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        </div>
        <Button.Group style={{ flex: "none" }}>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={icons.copy}
            onClick={() => void copy(text)}
            aria-label={`Copy ${name}`}
          >
            Copy
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            leftSection={icons.download}
            onClick={save}
            aria-label={`Save ${name}`}
          >
            Save
          </Button>
        </Button.Group>
      </Group>
      <Code block mah={200} style={{ overflow: "auto" }} tabIndex={0}>
        {text}
      </Code>
    </div>
  );
}
