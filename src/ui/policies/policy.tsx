/** One policy: what it counts, changed and saved. */
import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { ApiFailure } from "../api.ts";
import { LineDiff } from "../exception/diff.tsx";
import type { Search } from "../filter.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { Page } from "../parts/page.tsx";
import { Problem } from "../parts/problem.tsx";
import { tell } from "../parts/toast.tsx";
import { useMay } from "../session.ts";
import { type PolicyView, removePolicy, savePolicy, usePolicies } from "./api.ts";
import { DuplicateDialog } from "./duplicate.tsx";
import { PolicyForm } from "./form.tsx";
import { PolicyHistory } from "./history.tsx";
import { kindHints, kindWords } from "./words.ts";

const blank: PolicyView = {
  ...{ name: "", description: "", severity: 4, enabled: true, scope: [], rules: [], channels: [] },
  kind: "custom",
  version: 0,
};

export default function PolicyPage() {
  const { name = "" } = useParams({ strict: false }) as { readonly name?: string };
  const isNew = (useSearch({ strict: false }) as Search).new === "1";
  const { data: policies, error, refetch } = usePolicies();
  const found = isNew ? blank : policies?.find((policy) => policy.name === name);
  const title = isNew ? "New policy" : name;
  return (
    <Page
      title={title}
      actions={
        <Anchor component={Link} to="/policies" size="sm">
          All policies
        </Anchor>
      }
    >
      {error !== null && policies === undefined ? (
        <Problem error={error} retry={refetch} />
      ) : policies === undefined ? (
        <Skeleton height={300} aria-label="Loading" role="status" />
      ) : found === undefined ? (
        <Empty title={`There is no policy ${name}`} hint="It may have been removed or renamed." />
      ) : (
        <Edited key={isNew ? "new" : found.name} policy={found} isNew={isNew} onStale={refetch} />
      )}
    </Page>
  );
}

function Edited({
  policy,
  isNew,
  onStale,
}: {
  readonly policy: PolicyView;
  readonly isNew: boolean;
  onStale(): Promise<unknown>;
}) {
  const navigate = useNavigate();
  const mayEdit = useMay("editor");
  const [draft, setDraft] = useState(policy);
  /** What the draft was begun from. */
  const [base, setBase] = useState(policy);
  const begin = (from: PolicyView) => {
    setBase(from);
    setDraft(from);
  };
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [asks, setAsks] = useState<"remove" | "duplicate">();
  const isChanged = isNew || JSON.stringify(draft) !== JSON.stringify(base);
  const isStale = !isNew && JSON.stringify(policy) !== JSON.stringify(base);
  // Nothing was written here yet, so there is nothing to lose.
  if (isStale && !isChanged) begin(policy);
  useUnsaved(isChanged && !isNew);
  const act = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (failure) {
      setError(failure);
      if (!isNew && failure instanceof ApiFailure && failure.code === "conflict") await onStale();
    } finally {
      setBusy(false);
    }
  };
  const save = () =>
    act(async () => {
      const { data } = await savePolicy({ ...draft, version: base.version }, isNew ? undefined : base.name);
      begin(data);
      tell(`${data.name} is ${isNew ? "made" : "saved"} and counts from now on`, "good");
      if (isNew || data.name !== policy.name)
        await navigate({ to: "/policies/$name", params: { name: data.name } as never, search: {} as never });
    });
  const remove = () =>
    act(async () => {
      setAsks(undefined);
      await removePolicy(policy);
      if (policy.kind === "managed") return tell(`${policy.name} is as it was shipped`, "good");
      tell(`${policy.name} is removed`, "good");
      await navigate({ to: "/policies" });
    });
  return (
    <Stack gap="md" maw={980}>
      {isNew ? null : (
        <Group justify="space-between">
          <Text size="sm" c="dimmed">
            <b>{kindWords[policy.kind]}.</b> {kindHints[policy.kind]}
            {policy.of === undefined ? null : (
              <>
                {" "}
                Its rules come from{" "}
                <Anchor component={Link} to="/policies/$name" params={{ name: policy.of } as never} size="sm">
                  {policy.of}
                </Anchor>
                .
              </>
            )}
          </Text>
          {mayEdit ? (
            <Group gap="xs">
              <Button size="xs" variant="default" leftSection={icons.copy} onClick={() => setAsks("duplicate")}>
                Duplicate
              </Button>
              {policy.kind === "managed" && policy.version === 0 ? null : (
                <Button size="xs" variant="default" leftSection={icons.trash} onClick={() => setAsks("remove")}>
                  {policy.kind === "managed" ? "As shipped" : "Remove"}
                </Button>
              )}
            </Group>
          ) : null}
        </Group>
      )}
      {mayEdit ? null : (
        <Alert variant="outline" color="gray" icon={icons.info}>
          You may look. Changing policies needs the role editor.
        </Alert>
      )}
      <PolicyForm policy={draft} isNew={isNew} mayEdit={mayEdit} onChange={setDraft} />
      {isStale && isChanged ? (
        <Stale
          theirs={policy}
          mine={draft}
          onTheirs={() => {
            setError(undefined);
            begin(policy);
          }}
          onMine={() => {
            setError(undefined);
            setBase(policy);
          }}
        />
      ) : error === undefined ? null : (
        <Problem error={error} />
      )}
      {mayEdit ? (
        <Group gap="xs">
          <Button
            size="sm"
            loading={busy}
            disabled={!isChanged || isStale || draft.name.trim() === ""}
            onClick={() => void save()}
          >
            {isNew ? "Make the policy" : "Save"}
          </Button>
          {isChanged && !isNew ? (
            <Button size="sm" variant="default" onClick={() => setDraft(base)}>
              Discard the changes
            </Button>
          ) : null}
        </Group>
      ) : null}
      {isNew ? null : <PolicyHistory name={policy.name} />}
      <Confirm
        opened={asks === "remove"}
        title={policy.kind === "managed" ? `Put ${policy.name} back` : `Remove ${policy.name}`}
        action={policy.kind === "managed" ? "As shipped" : "Remove"}
        danger={policy.kind !== "managed"}
        onConfirm={() => void remove()}
        onClose={() => setAsks(undefined)}
      >
        {policy.kind === "managed"
          ? "Switches, scope, channels, runbook and mute become what they were when it came."
          : "Rules that it alone names fall under All other rules from then on."}
      </Confirm>
      <DuplicateDialog opened={asks === "duplicate"} policy={policy} onClose={() => setAsks(undefined)} />
    </Stack>
  );
}

/** Somebody else was faster: both versions, and whose shall stand. */
function Stale({
  theirs,
  mine,
  onTheirs,
  onMine,
}: {
  readonly theirs: PolicyView;
  readonly mine: PolicyView;
  onTheirs(): void;
  onMine(): void;
}) {
  return (
    <Alert
      color="red"
      variant="outline"
      icon={icons.warning}
      role="alert"
      title={`${theirs.name} was changed by somebody else meanwhile`}
    >
      <Text size="sm" mb="xs">
        What stands now is marked −, what you wrote +.
      </Text>
      <LineDiff before={written(theirs)} after={written(mine)} label="What stands now and what you wrote" />
      <Group gap="xs" mt="xs">
        <Button size="compact-sm" variant="default" onClick={onTheirs}>
          Take what stands now
        </Button>
        <Button size="compact-sm" variant="default" onClick={onMine}>
          Go on with mine
        </Button>
      </Group>
    </Alert>
  );
}

const written = ({ version: _, ...policy }: PolicyView): string => `${JSON.stringify(policy, null, 2)}\n`;

/** Leaving the page with something unsaved asks first. */
function useUnsaved(isChanged: boolean): void {
  useEffect(() => {
    if (!isChanged) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [isChanged]);
}
