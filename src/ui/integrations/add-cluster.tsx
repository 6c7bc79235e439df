/** Adding a cluster: its name, then the files and flags that its API servers need, then its first event. */
import { ActionIcon, Alert, Button, Code, Group, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ClusterView, MadeCluster } from "../../api/clusters/schema.ts";
import { send } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { copy } from "../parts/value-menu.tsx";
import { EnableCommand } from "./enable-command.tsx";
import { FileText } from "./file-text.tsx";
import styles from "./integrations.module.css";
import { Notes } from "./notes.tsx";

export interface AddClusterProps {
  readonly opened: boolean;
  readonly clusters: readonly ClusterView[];
  /** Where the webhook listens. */
  readonly receiver: string;
  onClose(): void;
}

export function AddCluster({ opened, clusters, receiver, onClose }: AddClusterProps) {
  const [made, setMade] = useState<MadeCluster>();
  const close = () => {
    setMade(undefined);
    onClose();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={made === undefined ? "Add a cluster" : `Connect ${made.name}`}
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {made === undefined ? (
        <Asked clusters={clusters} receiver={receiver} onMade={setMade} />
      ) : (
        <Files made={made} cluster={clusters.find(({ name }) => name === made.name)} onClose={close} />
      )}
    </Modal>
  );
}

function Asked({
  clusters,
  receiver,
  onMade,
}: Pick<AddClusterProps, "clusters" | "receiver"> & { onMade(made: MadeCluster): void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [address, setAddress] = useState(receiver);
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const existing = clusters.find((cluster) => cluster.name === name);
  const add = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onMade((await send<MadeCluster>("POST", "clusters", { name, receiver: address })).data);
      void queries.invalidateQueries({ queryKey: ["clusters"] });
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const isLoopback = /^https?:\/\/(127\.|localhost|\[::1\])/.test(address);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          description="It stands beside everything that this cluster sends."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          data-autofocus
        />
        <TextInput
          label="Address its API servers reach Tiercel by"
          description={
            isLoopback
              ? "This one is reached from this machine alone. API servers elsewhere need an address of this host, and Tiercel TLS and a listener there."
              : "An address or a name that the control plane's hosts can look up: not one of the cluster's own DNS."
          }
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
          required
        />
        {existing?.hasToken ? (
          <Text size="sm" c="var(--tone-warn)">
            {name} has a token already: a new one is made, and the old one ends at once.
          </Text>
        ) : null}
        {error === undefined ? null : <Problem error={error} />}
        <Group justify="flex-end">
          <Button type="submit" loading={busy} disabled={name === ""}>
            {existing?.hasToken ? "Make a new token" : "Make its files"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Files({
  made,
  cluster,
  onClose,
}: {
  readonly made: MadeCluster;
  readonly cluster: ClusterView | undefined;
  onClose(): void;
}) {
  const hasCome = cluster?.lastEvent;
  return (
    <Stack gap="sm">
      <Alert color="blue" variant="outline" icon={icons.info} title="The token is shown here once">
        It stands in webhook-config.yaml. Whoever has it can send events as {made.name}, and read nothing.
      </Alert>
      <EnableCommand commands={made.commands} />
      {made.files.map((file) => (
        <FileText key={file.name} name={file.name} title={file.path} hint={file.doc} text={file.content} />
      ))}
      <FileText
        name="flags.txt"
        title="Flags of kube-apiserver"
        hint="Added to those it has."
        text={made.flags.join("\n")}
      />
      <Notes notes={made.notes} />
      <div>
        <Text size="sm" fw={600}>
          What to do
        </Text>
        <ol className={styles.steps}>
          {made.steps.map((step) => (
            <li key={step.title}>
              <Text size="sm">{step.title}</Text>
              <Group gap={4} wrap="nowrap" align="start" mb={6}>
                <Code block tabIndex={0} flex={1} style={{ overflow: "auto" }}>
                  {step.commands}
                </Code>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Copy the commands of: ${step.title}`}
                  onClick={() => void copy(step.commands)}
                >
                  {icons.copy}
                </ActionIcon>
              </Group>
            </li>
          ))}
        </ol>
      </div>
      <Group justify="space-between" className={styles.foot}>
        <Group gap="xs" role="status" aria-live="polite">
          {hasCome ? (
            <>
              {icons.check}
              <Text size="sm">
                The first event has come: <When time={hasCome} relative />
              </Text>
            </>
          ) : (
            <>
              <Loader size="xs" />
              <Text size="sm">Waiting for its first event…</Text>
            </>
          )}
        </Group>
        <Button variant={hasCome ? "filled" : "default"} onClick={onClose}>
          {hasCome ? "Done" : "Close"}
        </Button>
      </Group>
    </Stack>
  );
}
