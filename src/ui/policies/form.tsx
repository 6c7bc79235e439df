/** A policy's form: of ours only what may be changed of it can be. */
import { Group, NativeSelect, Paper, Stack, Switch, TagsInput, Text, Textarea, TextInput, Title } from "@mantine/core";
import type { PolicyView } from "./api.ts";
import { MuteEditor } from "./mute.tsx";
import { RuleSwitches } from "./rule-switches.tsx";
import { ScopeEditor } from "./scope-editor.tsx";

export interface PolicyFormProps {
  readonly policy: PolicyView;
  readonly isNew: boolean;
  readonly mayEdit: boolean;
  onChange(policy: PolicyView): void;
}

const severityWords = [
  "0 · High",
  "1 · High",
  "2 · High",
  "3 · High",
  "4 · Medium",
  "5 · Medium",
  "6 · Low",
  "7 · Info",
];
const byPriority = "by each rule's priority";

export function PolicyForm({ policy, isNew, mayEdit, onChange }: PolicyFormProps) {
  const change = (part: Partial<PolicyView>) => onChange({ ...policy, ...part });
  const isOurs = policy.kind === "managed";
  const text = mayEdit && !isOurs;
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <Stack gap="sm">
          <Group justify="space-between" align="start" wrap="wrap">
            {isOurs ? (
              <Text size="sm" maw={640}>
                {policy.description}
              </Text>
            ) : (
              <TextInput
                label="Name"
                value={policy.name}
                disabled={!text}
                required
                flex={1}
                maxLength={120}
                data-autofocus={isNew || undefined}
                onChange={(event) => change({ name: event.currentTarget.value })}
              />
            )}
            <Switch
              label={policy.enabled ? "On" : "Off"}
              aria-label="The policy is on"
              checked={policy.enabled}
              disabled={!mayEdit}
              onChange={(event) => change({ enabled: event.currentTarget.checked })}
            />
          </Group>
          {isOurs ? null : (
            <Textarea
              label="Description"
              value={policy.description}
              disabled={!text}
              autosize
              minRows={2}
              onChange={(event) => change({ description: event.currentTarget.value })}
            />
          )}
          <Group grow align="start" wrap="wrap">
            <NativeSelect
              label="Severity"
              value={policy.severity === null ? "" : String(policy.severity)}
              disabled={!text}
              data={[
                ...severityWords.map((label, value) => ({ value: String(value), label })),
                { value: "", label: byPriority },
              ]}
              onChange={({ currentTarget: { value } }) =>
                change({ severity: value === "" ? null : (Number(value) as PolicyView["severity"]) })
              }
            />
            <TextInput
              label="Runbook"
              placeholder="https://…"
              value={policy.runbook ?? ""}
              disabled={!mayEdit}
              onChange={(event) => change({ runbook: event.currentTarget.value || undefined })}
            />
            <TagsInput
              label="Channels"
              description="Whom to tell, by name."
              inputWrapperOrder={["label", "input", "description", "error"]}
              value={[...policy.channels]}
              disabled={!mayEdit}
              onChange={(channels) => change({ channels })}
            />
          </Group>
        </Stack>
      </Paper>
      <Part title="Where it counts" hint="All of these must hold. Nothing here means: everywhere.">
        <ScopeEditor scope={policy.scope} mayEdit={mayEdit} onChange={(scope) => change({ scope })} />
      </Part>
      <Part title="Mute" hint="What it counts is kept and marked; nobody is told.">
        <MuteEditor muted={policy.muted} mayEdit={mayEdit} onChange={(muted) => change({ muted })} />
      </Part>
      <Part
        title="Rules"
        hint={
          policy.name === "All other rules"
            ? "It counts every rule that no policy names. Switch off the ones that shall not count."
            : "Each can be switched off here, and still count in other policies."
        }
      >
        <RuleSwitches policy={policy} mayEdit={mayEdit} onChange={(rules) => change({ rules })} />
      </Part>
    </Stack>
  );
}

function Part({
  title,
  hint,
  children,
}: {
  readonly title: string;
  readonly hint: string;
  readonly children: React.ReactNode;
}) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Title order={2} size="h6">
        {title}
      </Title>
      <Text size="xs" c="dimmed" mb="xs">
        {hint}
      </Text>
      {children}
    </Paper>
  );
}
