/** Copying a policy, as one that keeps receiving rules or as one's own. */
import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Problem } from "../parts/problem.tsx";
import { tell } from "../parts/toast.tsx";
import { duplicatePolicy, type PolicyView } from "./api.ts";

export interface DuplicateProps {
  readonly opened: boolean;
  readonly policy: PolicyView;
  onClose(): void;
}

export function DuplicateDialog({ opened, policy, onClose }: DuplicateProps) {
  const navigate = useNavigate();
  const canReceive = policy.kind === "managed" && policy.rules.length > 0;
  const [name, setName] = useState(`${policy.name} (copy)`);
  const [kind, setKind] = useState(canReceive ? "managed-ruleset" : "custom");
  const [error, setError] = useState<unknown>();
  const copy = async () => {
    try {
      const { data } = await duplicatePolicy(policy.name, { name: name.trim(), kind });
      tell(`${data.name} is made`, "good");
      onClose();
      await navigate({ to: "/policies/$name", params: { name: data.name } as never });
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Duplicate ${policy.name}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void copy();
        }}
      >
        <Stack gap="sm">
          <TextInput
            label="Name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            required
            maxLength={120}
            data-autofocus
          />
          <Radio.Group label="Its rules" value={kind} onChange={setKind}>
            <Stack gap={6} mt={4}>
              <Radio
                value="managed-ruleset"
                disabled={!canReceive}
                label="go on coming from the original, as a managed ruleset"
              />
              <Radio value="custom" label="are those of now, and yours to change" />
            </Stack>
          </Radio.Group>
          {error === undefined ? null : <Problem error={error} />}
          <Group justify="flex-end">
            <Button type="submit" disabled={name.trim() === ""}>
              Duplicate
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
