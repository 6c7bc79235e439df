/** A policy's rules, each with its switch; of one's own also which there are. */
import { ActionIcon, Anchor, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Rules } from "../../api/rules/schema.ts";
import { get } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import type { PolicyView } from "./api.ts";

export interface RuleSwitchesProps {
  readonly policy: PolicyView;
  readonly mayEdit: boolean;
  onChange(rules: PolicyView["rules"]): void;
}

/** More than this many, and they can be searched. */
const few = 12;

export function RuleSwitches({ policy, mayEdit, onChange }: RuleSwitchesProps) {
  const { data } = useQuery({ queryKey: ["rules"], queryFn: () => get<Rules>("rules") });
  const [text, setText] = useState("");
  const known = new Map(data?.items.map((rule) => [rule.name, rule]));
  const rest = policy.name === "All other rules";
  // For the policy of all other rules: those that no policy names, and what is switched off here.
  const rules = rest
    ? [
        ...policy.rules,
        ...[...known.values()]
          .filter(
            ({ name, policies }) =>
              policies.every((one) => one.name === "All other rules") && !policy.rules.some((one) => one.name === name),
          )
          .map(({ name }) => ({ name, enabled: true })),
      ]
    : policy.rules;
  const shown = rules.filter(({ name }) => name.toLowerCase().includes(text.toLowerCase()));
  const toggle = (name: string, enabled: boolean) => {
    if (!rest) return onChange(policy.rules.map((one) => (one.name === name ? { name, enabled } : one)));
    const others = policy.rules.filter((one) => one.name !== name);
    onChange(enabled ? others : [...others, { name, enabled }]);
  };
  const isOwn = policy.kind === "custom" && mayEdit;
  const more = [...known.keys()].filter((name) => !policy.rules.some((one) => one.name === name));
  return (
    <Stack gap={4}>
      {rules.length > few ? (
        <TextInput
          size="xs"
          aria-label="Search among the rules"
          placeholder={`Search among ${rules.length} rules`}
          leftSection={icons.search}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          mb={4}
        />
      ) : null}
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed">
          {rest ? "Every rule is named by a policy." : "It names no rule yet, and counts nothing."}
        </Text>
      ) : null}
      {shown.map(({ name, enabled }) => {
        const rule = known.get(name);
        return (
          <Group key={name} gap="sm" wrap="nowrap">
            <Switch
              size="xs"
              checked={enabled}
              disabled={!mayEdit}
              aria-label={`${name} counts`}
              onChange={(event) => toggle(name, event.currentTarget.checked)}
            />
            <Anchor
              component={Link}
              to="/rules"
              search={{ rule: name } as never}
              size="sm"
              style={{ minWidth: 0 }}
              truncate
            >
              {name}
            </Anchor>
            <Text size="xs" c="dimmed" span truncate flex={1}>
              {rule === undefined
                ? data === undefined || name.startsWith("Audit ")
                  ? ""
                  : "not among the rules that are loaded"
                : `${rule.priority}${rule.enabled ? "" : ", switched off in its file"}`}
            </Text>
            {isOwn ? (
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`Take out ${name}`}
                onClick={() => onChange(policy.rules.filter((one) => one.name !== name))}
              >
                {icons.close}
              </ActionIcon>
            ) : null}
          </Group>
        );
      })}
      {isOwn ? (
        <Select
          size="xs"
          mt={4}
          aria-label="Add a rule"
          placeholder="Add a rule"
          searchable
          limit={50}
          data={more}
          value={null}
          onChange={(name) => {
            if (name !== null) onChange([...policy.rules, { name, enabled: true }]);
          }}
        />
      ) : null}
    </Stack>
  );
}
