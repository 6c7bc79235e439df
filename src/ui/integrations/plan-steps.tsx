/** A plan, step by step: why, where, what exactly, how it is undone, what restarts. */
import { Badge, Code, Group, Text } from "@mantine/core";
import { useState } from "react";
import type { PlanStep } from "../../api/distributions/schema.ts";
import styles from "./integrations.module.css";

/** Longer ones are folded. */
const short = 14;

export function PlanSteps({ steps }: { readonly steps: readonly PlanStep[] }) {
  return (
    <ol className={styles.plan} aria-label="Steps of the plan">
      {steps.map((step) => (
        <li key={`${step.on} ${step.title} ${step.what}`}>
          <Group gap="xs" wrap="wrap">
            <Text size="sm" fw={600}>
              {step.title}
            </Text>
            {step.on === "this machine" ? null : (
              <Badge variant="default" size="sm" tt="none">
                on {step.on}
              </Badge>
            )}
          </Group>
          <Code className={styles.what}>{step.what}</Code>
          <Detail text={step.detail} isDiff={step.kind === "file" || step.kind === "edit"} />
          {step.undo === null ? null : (
            <Text size="xs" c="dimmed">
              Undone by: {step.undo}
            </Text>
          )}
          {step.restarts === null ? null : (
            <Text size="xs" c="var(--tone-warn)">
              Restarts {step.restarts}
            </Text>
          )}
        </li>
      ))}
    </ol>
  );
}

function Detail({ text, isDiff }: DetailProps) {
  const [isOpen, setOpen] = useState(false);
  const lines = text.split("\n");
  if (text === "") return null;
  if (lines.length <= short) return <Lines text={text} isDiff={isDiff} />;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className={styles.fold}>{lines.length} lines</summary>
      {isOpen ? <Lines text={text} isDiff={isDiff} /> : null}
    </details>
  );
}

interface DetailProps {
  readonly text: string;
  readonly isDiff: boolean;
}

const Lines = ({ text, isDiff }: DetailProps) => (
  <Code block className={styles.diff} tabIndex={0}>
    {text.split("\n").map((line, at) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: a line's place is all there is
      <span key={at} className={isDiff ? toneOf(line) : undefined}>
        {line}
        {"\n"}
      </span>
    ))}
  </Code>
);

const toneOf = (line: string): string | undefined =>
  line.startsWith("+") ? styles.added : line.startsWith("-") ? styles.removed : undefined;
