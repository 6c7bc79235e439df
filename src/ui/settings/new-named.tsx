/** Something new with a name and a role: a user, a token. */
import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { roleWords } from "./roles.ts";

export interface NewNamedProps<R extends keyof typeof roleWords> {
  readonly opened: boolean;
  readonly title: string;
  readonly nameHint: string;
  readonly roles: readonly R[];
  /** For which role one may also say a cluster. */
  readonly clusterFor?: R;
  readonly action: string;
  readonly busy: boolean;
  onAdd(name: string, role: R, cluster: string | undefined): void;
  onClose(): void;
}

export function NewNamed<R extends keyof typeof roleWords>(props: NewNamedProps<R>) {
  const { opened, title, onClose } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      {/* Begins anew each time it is opened. */}
      {opened ? <Form {...props} /> : null}
    </Modal>
  );
}

function Form<R extends keyof typeof roleWords>(props: NewNamedProps<R>) {
  const { nameHint, roles, clusterFor, action, busy, onAdd, onClose } = props;
  const [name, setName] = useState("");
  const [role, setRole] = useState<R | undefined>(roles[0]);
  const [cluster, setCluster] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (role !== undefined)
      onAdd(name.trim(), role, role === clusterFor && cluster.trim() ? cluster.trim() : undefined);
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label="Name"
          description={nameHint}
          required
          withAsterisk={false}
          data-autofocus
          autoComplete="off"
          spellCheck={false}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group label="Role" value={role} onChange={(value) => setRole(value as R)}>
          <Stack gap={6} mt={6}>
            {roles.map((one) => (
              <Radio key={one} size="sm" value={one} label={one} description={roleWords[one]} />
            ))}
          </Stack>
        </Radio.Group>
        {role === clusterFor && clusterFor !== undefined ? (
          <TextInput
            label="Cluster"
            description="The only one it sends for; empty for any"
            autoComplete="off"
            value={cluster}
            onChange={(event) => setCluster(event.currentTarget.value)}
          />
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={busy}>
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
