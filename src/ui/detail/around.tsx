/** The activity around an event: by the same user, on the same object, from the same address. */
import { Anchor, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Activity } from "../../domain/activity.ts";
import type { Page } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { get, type Params } from "../api.ts";
import { Sentence } from "../feed/sentence.tsx";
import { Problem } from "../parts/problem.tsx";
import { type AroundQuestion, aroundQuestions, nearest, offsetText } from "./around.ts";
import styles from "./detail.module.css";

const asked = 500;
const atFirst = 12;

export function Around({ detection }: { readonly detection: Detection }) {
  const questions = aroundQuestions(detection);
  if (questions.length === 0)
    return (
      <Text size="sm" c="dimmed">
        This event names no user, no object and no address: nothing can be looked for around it.
      </Text>
    );
  return (
    <Stack gap="md">
      {questions.map((question) => (
        <Answer key={question.key} question={question} detection={detection} />
      ))}
    </Stack>
  );
}

function Answer({ question, detection }: { readonly question: AroundQuestion; readonly detection: Detection }) {
  const [most, setMost] = useState(atFirst);
  const { title, filter } = question;
  const { data, error, refetch } = useQuery({
    queryKey: ["around", filter],
    queryFn: ({ signal }) =>
      get<Page<Activity>>("activities", { ...(filter as Params), events: "omit", limit: asked }, signal),
  });
  return (
    <section aria-label={title}>
      <Group justify="space-between" gap="xs" mb={2} wrap="nowrap">
        <Title order={3} size="h6">
          {title}
        </Title>
        <Anchor
          component={Link}
          to="/activity"
          search={filter as never}
          size="xs"
          underline="always"
          className={styles.still}
        >
          All of it
        </Anchor>
      </Group>
      {error ? (
        <Problem error={error} retry={refetch} />
      ) : data === undefined ? (
        <Skeleton height={60} />
      ) : (
        <Lines page={data} detection={detection} most={most} onMore={() => setMost(most * 4)} />
      )}
    </section>
  );
}

function Lines({
  page,
  detection,
  most,
  onMore,
}: {
  readonly page: Page<Activity>;
  readonly detection: Detection;
  readonly most: number;
  onMore(): void;
}) {
  const { shown, earlier, later } = nearest(page.items, detection.time, most);
  if (shown.length === 0)
    return (
      <Text size="xs" c="dimmed">
        Nothing else.
      </Text>
    );
  const left = [earlier > 0 ? `${earlier} earlier` : "", later > 0 ? `${later} later` : ""].filter(Boolean).join(", ");
  return (
    <>
      <ol className={styles.around}>
        {shown.map((activity) => {
          const isThis = activity.id === detection.activity;
          return (
            <li key={activity.id} data-this={isThis || undefined} aria-current={isThis || undefined}>
              <time dateTime={activity.time} title={activity.time} className={styles.offset}>
                {isThis ? "this" : offsetText(activity.time, detection.time)}
              </time>
              <span>
                <Sentence of={activity} list="activities" />
                {activity.detections > 0 && !isThis ? <span className={styles.detected}>detected</span> : null}
              </span>
            </li>
          );
        })}
      </ol>
      {left === "" ? null : (
        <Button size="compact-xs" variant="subtle" onClick={onMore}>
          Show more ({left}
          {page.next === null ? "" : ", and others"})
        </Button>
      )}
    </>
  );
}
