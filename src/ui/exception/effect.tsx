/** What the exception would have done to what was kept: asked of the server, which judges its journal anew. */
import { Alert, Button, Group, Progress, SegmentedControl, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import type { BacktestRule, BacktestSample } from "../../api/backtests/schema.ts";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { effectOf } from "./effect.ts";
import styles from "./exception.module.css";
import type { BacktestRun } from "./use-backtest.ts";

export interface EffectProps {
  readonly run: BacktestRun;
  readonly days: number;
  onDays(days: number): void;
  /** What stands chosen now; undefined while nothing can be tried. */
  readonly file: { readonly name: string; readonly text: string } | undefined;
  readonly rule: string;
}

export function EffectOnHistory({ run, days, onDays, file, rule }: EffectProps) {
  const { test, isRunning, error, wish } = run;
  const isOld = file !== undefined && wish !== undefined && (wish.files[0]?.text !== file.text || wish.days !== days);
  const found = test?.rules.find((one) => one.rule === rule);
  return (
    <section aria-label="What it would have done">
      <Group gap="xs" mb="xs">
        <Title order={3} size="h6">
          On what happened
        </Title>
        <SegmentedControl
          size="xs"
          aria-label="How far back"
          value={String(days)}
          onChange={(value) => onDays(Number(value))}
          data={[
            { value: "1", label: "1 day" },
            { value: "7", label: "7 days" },
            { value: "30", label: "30 days" },
          ]}
        />
        <Button
          size="xs"
          variant="light"
          leftSection={icons.history}
          disabled={file === undefined || isRunning}
          onClick={() => file && run.start({ files: [file], days, rules: [rule] })}
        >
          {test === undefined ? "Try it" : "Try again"}
        </Button>
        {isRunning ? (
          <Button size="xs" variant="subtle" onClick={run.cancel}>
            Stop
          </Button>
        ) : null}
      </Group>
      {error ? <Problem error={error} /> : null}
      {isRunning ? (
        <Stack gap={4}>
          <Progress
            value={(test?.progress ?? 0) * 100}
            size="sm"
            animated
            aria-label="How much has been gone through"
          />
          <Text size="xs" c="dimmed" role="status">
            {(test?.events ?? 0).toLocaleString("en")} audit events judged
          </Text>
        </Stack>
      ) : null}
      {test?.state === "failed" ? <Problem error={new Error(test.why ?? "the back-test failed")} /> : null}
      {test?.state === "cancelled" ? (
        <Text size="xs" c="dimmed">
          Stopped after {test.events.toLocaleString("en")} events.
        </Text>
      ) : null}
      {test?.state === "done" && found !== undefined ? (
        <Outcome found={found} days={wish?.days ?? days} isOld={isOld} events={test.events} />
      ) : null}
      {test === undefined && !isRunning ? (
        <Text size="xs" c="dimmed">
          The server judges what it has kept once more, with the exception and without it.
        </Text>
      ) : null}
    </section>
  );
}

interface OutcomeProps {
  readonly found: BacktestRule;
  readonly days: number;
  readonly isOld: boolean;
  readonly events: number;
}

function Outcome({ found, days, isOld, events }: OutcomeProps) {
  const { tone, words } = effectOf(found, days);
  const { removed, kept } = found.samples;
  return (
    <Stack gap="xs">
      <Alert
        p="xs"
        variant="light"
        role="status"
        color={tone === "good" ? "green" : tone === "warn" ? "orange" : "gray"}
        icon={tone === "good" ? icons.check : tone === "warn" ? icons.warning : icons.info}
        styles={{ message: { color: "var(--mantine-color-text)" } }}
      >
        <Text size="sm" fw={600}>
          {words}
        </Text>
        <Text size="xs">
          {events.toLocaleString("en")} audit events were judged.
          {isOld ? " This was before your last change: try again." : ""}
        </Text>
      </Alert>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        <Samples title="Would be gone" samples={removed} none="Nothing would be gone." />
        <Samples title="Would still be told" samples={kept} none="Nothing would be left." />
      </SimpleGrid>
      {kept.length > 0 && found.topUsers.length > 0 ? (
        <Text size="xs">
          <b>Most of what is left:</b>{" "}
          {found.topUsers
            .slice(0, 5)
            .map(({ value, count }) => `${value} (${count.toLocaleString("en")})`)
            .join(", ")}
        </Text>
      ) : null}
    </Stack>
  );
}

interface SamplesProps {
  readonly title: string;
  readonly samples: readonly BacktestSample[];
  readonly none: string;
}

const mostSamples = 5;

function Samples({ title, samples, none }: SamplesProps) {
  return (
    <section aria-label={title}>
      <Title order={4} size="h6" c="dimmed" mb={2}>
        {title}
      </Title>
      {samples.length === 0 ? (
        <Text size="xs" c="dimmed">
          {none}
        </Text>
      ) : (
        <ul className={styles.samples}>
          {samples.slice(0, mostSamples).map(({ id, time, output }) => (
            <li key={id}>
              <span className={styles.sampleTime}>
                <When time={time} />
              </span>
              {output}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
