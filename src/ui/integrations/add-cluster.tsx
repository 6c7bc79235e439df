/** Adding a cluster: its name, then how its auditing is turned on, then its first event. */
import { Alert, Button, Group, Loader, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ClusterView, MadeCluster } from "../../api/clusters/schema.ts";
import { send } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { EnablePlan } from "./enable-plan.tsx";
import { FileText } from "./file-text.tsx";
import styles from "./integrations.module.css";

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
        <Connect made={made} cluster={clusters.find(({ name }) => name === made.name)} onClose={close} />
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
            {existing?.hasToken ? "Make a new token" : "Make its token"}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Connect({
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
        Whoever has it can send events as {made.name}, and read nothing.
        <FileText name="token" title="Token" hint="What the cluster's API servers send." text={made.token} />
      </Alert>
      <EnablePlan made={made} />
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
