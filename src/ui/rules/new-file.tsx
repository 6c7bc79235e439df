/** A new rules file: what it is called, and what it begins with. */
import { Button, Group, Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { nameRefusal } from "./edits.ts";

export interface NewFileProps {
  readonly opened: boolean;
  readonly taken: readonly string[];
  onMake(name: string, isEmpty: boolean): void;
  onClose(): void;
}

export function NewFile({ opened, taken, onMake, onClose }: NewFileProps) {
  const [name, setName] = useState("");
  const [begins, setBegins] = useState("rule");
  const refusal = nameRefusal(name, taken);
  return (
    <Modal opened={opened} onClose={onClose} title="New file" closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (refusal !== undefined) return;
          onMake(name, begins === "empty");
          setName("");
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            placeholder="our-rules.yaml"
            description="Your files load after all others, in the order of their names."
            error={name === "" ? undefined : refusal}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
          <SegmentedControl
            size="xs"
            aria-label="What it begins with"
            value={begins}
            onChange={setBegins}
            data={[
              { value: "rule", label: "With a rule to change" },
              { value: "empty", label: "Empty" },
            ]}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" disabled={refusal !== undefined}>
              Begin
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
