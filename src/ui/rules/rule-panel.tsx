/** One rule: what it says, where it stands, who counts it, and how to change it. */
import { ActionIcon, Badge, Button, Group, Menu, Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { priorities } from "../../domain/detection.ts";
import { ConditionText, OutputText } from "../language/condition.tsx";
import { overrides } from "../language/snippets.ts";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { SeverityMark } from "../parts/severity.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { When } from "../parts/time.tsx";
import { useMay } from "../session.ts";
import { countText } from "../times.ts";
import styles from "./library.module.css";
import type { LibraryRule } from "./library-filter.ts";
import type { LibraryRange } from "./use-library.ts";

export interface RulePanelProps {
  readonly name: string;
  /** Undefined: no rule of this name is loaded. */
  readonly rule: LibraryRule | undefined;
  readonly lists: ReadonlySet<string>;
  readonly range: LibraryRange;
  onClose(): void;
}

export function RulePanel({ name, rule, lists, range, onClose }: RulePanelProps) {
  const mayEdit = useMay("editor");
  const head = (
    <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
      <Title order={2} size="h5" className={styles.title}>
        {name}
      </Title>
      <ActionIcon variant="subtle" color="gray" aria-label="Close" onClick={onClose}>
        {icons.close}
      </ActionIcon>
    </Group>
  );
  if (rule === undefined)
    return (
      <div className={styles.panel}>
        {head}
        <Empty title="No such rule" hint="No rule of this name is loaded: it was renamed, or its file is gone." />
      </div>
    );
  const { description, priority, tags, file, line, own, changedIn, enabled, condition, output, exceptions, policies } =
    rule;
  return (
    <Stack gap="sm" className={styles.panel}>
      {head}
      <Group gap="xs">
        <SeverityMark value={priorities.indexOf(priority)} />
        <Text size="sm">{priority}</Text>
        {enabled ? null : (
          <Badge variant="outline" color="gray">
            Off
          </Badge>
        )}
        {own ? <Badge variant="outline">Your own</Badge> : null}
      </Group>
      <Text size="sm">{description.trim()}</Text>
      <Group gap="xs">
        <Button
          size="xs"
          component={Link}
          to="/"
          search={{ rule: name, range: range.value } as never}
          leftSection={icons.bell}
        >
          Its events
        </Button>
        <Button
          size="xs"
          variant="default"
          component={Link}
          to="/rules/editor"
          search={{ file, line: String(line) } as never}
          leftSection={icons.edit}
        >
          {own ? "Edit" : "Open in the editor"}
        </Button>
        {mayEdit && !own ? (
          <Menu>
            <Menu.Target>
              <Button size="xs" variant="default" rightSection={icons.chevronDown}>
                Override this rule
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Label>Begins an item in a file of your own</Menu.Label>
              {Object.entries(overrides).map(([what, label]) => (
                <Menu.Item
                  key={what}
                  component={Link}
                  to="/rules/editor"
                  {...({ search: { rule: name, override: what } } as object)}
                >
                  {label}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        ) : null}
      </Group>
      <Part title={`Fired in ${range.label}`}>
        {rule.count === 0 ? (
          <Text size="sm" c="dimmed">
            {rule.last === null ? "It never fired, as far as detections are kept." : "Not in this time."}
          </Text>
        ) : (
          <Group gap="sm">
            <Text size="sm">{countText(rule.count)}</Text>
            <Sparkline
              counts={rule.spark}
              width={220}
              height={28}
              label={`${rule.count} detections in ${range.label}`}
            />
          </Group>
        )}
        {rule.last === null ? null : (
          <Text size="sm" c="dimmed">
            Last <When time={rule.last} relative />
          </Text>
        )}
      </Part>
      <Part title="Condition">
        <ConditionText text={condition} lists={lists} />
      </Part>
      <Part title="Output">
        <OutputText text={output} />
      </Part>
      {exceptions.length === 0 ? null : (
        <Part title="Exceptions">
          <ul className={styles.list}>
            {exceptions.map(({ name: exception, fields, comps, values }) => (
              <li key={exception}>
                <b>{exception}</b>{" "}
                <span className="mono">{fields.map((field, at) => `${field} ${comps[at] ?? "="}`).join(", ")}</span>,{" "}
                {values === 1 ? "one value" : `${values} values`}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="Policies">
        {policies.length === 0 ? (
          <Text size="sm" c="dimmed">
            No policy has it.
          </Text>
        ) : (
          <ul className={styles.list}>
            {policies.map(({ name: policy, enabled: isOn }) => (
              <li key={policy}>
                <Link to="/policies/$name" params={{ name: policy } as never}>
                  {policy}
                </Link>
                {isOn ? null : " (off)"}
              </li>
            ))}
          </ul>
        )}
      </Part>
      {tags.length === 0 ? null : (
        <Part title="Tags">
          <Group gap={6}>
            {tags.map((tag) => (
              <Link key={tag} className={styles.tag} to="/rules" search={{ tag } as never}>
                {tag}
              </Link>
            ))}
          </Group>
        </Part>
      )}
      <Part title="Where">
        <Text size="sm">
          <span className="mono">
            {file}:{line}
          </span>
        </Text>
        {changedIn.length === 0 ? null : (
          <Text size="sm">
            Changed in{" "}
            {changedIn.map((one, at) => (
              <span key={one}>
                {at === 0 ? "" : ", "}
                <Link to="/rules/editor" search={{ file: one } as never}>
                  {one}
                </Link>
              </span>
            ))}
          </Text>
        )}
      </Part>
    </Stack>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3 className={styles.part}>{title}</h3>
      {children}
    </section>
  );
}
