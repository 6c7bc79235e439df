/** One way in: what it needs, what it cannot see, how it is set up; and its first event as it comes. */
import { ActionIcon, Button, Code, Group, Loader, Modal, Stack, Text } from "@mantine/core";
import type { Source, SourceKindView } from "../../api/sources/schema.ts";
import { icons } from "../parts/icons.tsx";
import { When } from "../parts/time.tsx";
import { copy } from "../parts/value-menu.tsx";
import { FileText } from "./file-text.tsx";
import integrations from "./integrations.module.css";
import { sentence } from "./sentence.ts";
import { StateMark } from "./state-mark.tsx";
import styles from "./ways-in.module.css";

export interface WayInProps {
  /** Undefined where none is looked at. */
  readonly kind: SourceKindView | undefined;
  readonly sources: readonly Source[];
  onClose(): void;
}

export function WayIn({ kind, sources, onClose }: WayInProps) {
  return (
    <Modal
      opened={kind !== undefined}
      onClose={onClose}
      title={kind?.title ?? ""}
      size="xl"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {kind === undefined ? null : (
        <Whole kind={kind} running={sources.filter(({ type }) => type === kind.type)} onClose={onClose} />
      )}
    </Modal>
  );
}

interface WholeProps {
  readonly kind: SourceKindView;
  readonly running: readonly Source[];
  onClose(): void;
}

function Whole({ kind, running, onClose }: WholeProps) {
  const { type, doc, flow, permissions, blind, limits, delay, cost, steps, example } = kind;
  return (
    <Stack gap="sm">
      <Text size="sm">
        <Words text={doc} />
      </Text>
      <Facts title="What it needs" items={permissions} />
      <Facts title="What it cannot see" items={blind} />
      <Facts title="Limits" items={limits} />
      <dl className={styles.facts}>
        <dt>Way</dt>
        <dd>{flow === "push" ? "Its peer comes to Tiercel." : "Tiercel goes there and reads."}</dd>
        <dt>Delay</dt>
        <dd>
          <Words text={delay} />
        </dd>
        <dt>Cost</dt>
        <dd>
          <Words text={cost} />
        </dd>
      </dl>
      {steps.length === 0 ? null : (
        <section>
          <Heading>Setting it up</Heading>
          <ol className={styles.steps}>
            {steps.map(({ title, commands }) => (
              <li key={title}>
                <Text size="sm">{title}</Text>
                {commands === undefined ? null : <Commands of={title} text={commands} />}
              </li>
            ))}
          </ol>
        </section>
      )}
      <FileText
        name="sources.yaml"
        title="tiercel.yaml"
        hint="Beside the sources that are there. Tiercel reads it when it starts: tiercel serve -c tiercel.yaml"
        text={example}
      />
      <Group justify="space-between" className={integrations.foot}>
        <Coming type={type} running={running} />
        <Button variant={running.some(({ lastEvent }) => lastEvent !== null) ? "filled" : "default"} onClick={onClose}>
          {running.some(({ lastEvent }) => lastEvent !== null) ? "Done" : "Close"}
        </Button>
      </Group>
    </Stack>
  );
}

/** Whether a source of that kind stands, and has brought something. */
function Coming({ type, running }: { readonly type: string; readonly running: readonly Source[] }) {
  const [first] = running;
  const come = running.find(({ lastEvent }) => lastEvent !== null);
  return (
    <Group gap="xs" role="status" aria-live="polite" className={styles.coming}>
      {come?.lastEvent != null ? (
        <>
          {icons.check}
          <Text size="sm">
            The first batch has come by {come.name}: <When time={come.lastEvent} relative />
          </Text>
        </>
      ) : first === undefined ? (
        <Text size="sm" c="dimmed">
          No source of the type <span className="mono">{type}</span> is configured.
        </Text>
      ) : first.state === "failing" ? (
        <>
          <StateMark state={first.state} />
          <Text size="sm">{sentence(first.why ?? "")}</Text>
        </>
      ) : (
        <>
          <Loader size="xs" />
          <Text size="sm">Waiting for the first batch by {first.name}…</Text>
        </>
      )}
    </Group>
  );
}

function Heading({ children }: { readonly children: string }) {
  return (
    <Text size="sm" fw={600} mb={2}>
      {children}
    </Text>
  );
}

function Facts({ title, items }: { readonly title: string; readonly items: readonly string[] }) {
  if (items.length === 0) return null;
  return (
    <section>
      <Heading>{title}</Heading>
      <ul className={styles.list}>
        {items.map((item) => (
          <li key={item}>
            <Words text={item} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Commands({ of, text }: { readonly of: string; readonly text: string }) {
  return (
    <Group gap={4} wrap="nowrap" align="start" mb={6}>
      <Code block tabIndex={0} flex={1} className={styles.commands}>
        {text}
      </Code>
      <ActionIcon
        variant="subtle"
        color="gray"
        aria-label={`Copy the commands of: ${of}`}
        onClick={() => void copy(text)}
      >
        {icons.copy}
      </ActionIcon>
    </Group>
  );
}

/** A sentence whose backticks hold names and commands. */
function Words({ text }: { readonly text: string }) {
  return text.split("`").map((part, at) =>
    at % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: a sentence's parts have no names
      <code key={at} className={styles.code}>
        {part}
      </code>
    ) : (
      part
    ),
  );
}
