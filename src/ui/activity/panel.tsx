/** One request: all that is known of it, what rules said, what its caller did next. */
import { Anchor, Group, Tabs, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Activity } from "../../domain/activity.ts";
import type { Page } from "../../domain/asked.ts";
import type { Detection } from "../../domain/detection.ts";
import { isWrite } from "../../domain/object-history.ts";
import { commandText } from "../../domain/request-uri.ts";
import { sessionOf } from "../../domain/session-of.ts";
import { get } from "../api.ts";
import { Sentence } from "../feed/sentence.tsx";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import type { PanelProps } from "../parts/list-kind.ts";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { clockText, durationText } from "../times.ts";
import styles from "./activity.module.css";
import { later, quarter, useAround } from "./around.ts";
import { Attributes } from "./attributes.tsx";
import { DetectionLines, Lines } from "./lines.tsx";
import { OutcomeMark } from "./marks.tsx";
import { Notes, PanelHead, Section, Waiting } from "./panel-head.tsx";

export default function ActivityPanel({ id, onClose, onStep }: PanelProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ["activity", id],
    queryFn: ({ signal }) => get<Activity>(`activities/${encodeURIComponent(id)}`, {}, signal),
  });
  const left =
    data === undefined ? null : (
      <>
        <OutcomeMark outcome={data.outcome} code={data.code} />
        <Text size="sm" span>
          <When time={data.time} />
        </Text>
      </>
    );
  return (
    <>
      <PanelHead left={left} onClose={onClose} onStep={onStep}>
        {data === undefined ? error ? "Not found" : "…" : <Sentence of={data} list="activities" />}
      </PanelHead>
      <div className={styles.body}>
        {error ? (
          <Problem error={error} retry={refetch} />
        ) : data === undefined ? (
          <Waiting lines={12} />
        ) : (
          <Whole of={data} />
        )}
      </div>
    </>
  );
}

function Whole({ of }: { readonly of: Activity }) {
  return (
    <Tabs defaultValue="what" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="what">What it was</Tabs.Tab>
        <Tabs.Tab value="next">What came next</Tabs.Tab>
        <Tabs.Tab value="event">Event</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="what">
        <Ways of={of} />
        <SessionPart of={of} />
        <DetectionsPart ids={[of.id]} uncounted={of.uncounted} />
        <Section title="All of it">
          <Attributes of={of} />
        </Section>
      </Tabs.Panel>
      <Tabs.Panel value="next">
        <NextPart of={of} />
      </Tabs.Panel>
      <Tabs.Panel value="event">
        <Section title={`The latest of ${of.events.length === 1 ? "one event" : `${of.events.length} events`}`}>
          <EventPart of={of} />
        </Section>
      </Tabs.Panel>
    </Tabs>
  );
}

function EventPart({ of }: { readonly of: Activity }) {
  if (of.event !== null) return <JsonTree value={of.event} label="Audit event" />;
  return (
    <Empty
      title="This event is not kept any more"
      hint={`The line of the request stays; its event is read from the journal, and ${of.eventMissing ?? "nobody knows where it lies"}.`}
    />
  );
}

/** Where to go on from here. */
function Ways({ of }: { readonly of: Activity }) {
  const { cluster, apiGroup, resource, namespace, name, id } = of;
  if (resource === null || name === null) return null;
  const search = { cluster, ...(apiGroup === null ? {} : { apiGroup }), resource, name };
  return (
    <Group gap="md" pt="xs">
      <Anchor
        component={Link}
        to="/activity/object"
        search={
          { ...search, ...(namespace === null ? {} : { namespace }), ...(isWrite(of) ? { at: id } : {}) } as never
        }
        size="sm"
      >
        <span className={styles.mark}>{icons.history} History of this object</span>
      </Anchor>
    </Group>
  );
}

function SessionPart({ of }: { readonly of: Activity }) {
  const session = sessionOf(of);
  if (session === undefined) return null;
  const { kind, command, durationMillis, notes, start } = session;
  const search = { sel: of.id, from: later(start, -quarter), to: later(start, quarter), actor: of.actor };
  return (
    <Section
      title={`Session: ${kind}`}
      side={
        <Anchor component={Link} to="/activity/sessions" search={search as never} size="xs">
          Open it
        </Anchor>
      }
    >
      {command.length === 0 ? null : <pre className={styles.command}>{commandText(command)}</pre>}
      <Text size="sm" my={4}>
        {durationMillis === null ? "No end was seen" : `Lasted ${durationText(durationMillis)}`}
      </Text>
      <Notes notes={notes} />
    </Section>
  );
}

/** What rules said of requests. */
export function DetectionsPart({
  ids,
  uncounted = [],
}: {
  readonly ids: readonly string[];
  readonly uncounted?: readonly string[];
}) {
  const { data, error, refetch } = useQuery({
    queryKey: ["detections-of", ids],
    queryFn: ({ signal }) => get<Page<Detection>>("detections", { activity: ids, limit: 100 }, signal),
  });
  return (
    <Section title="Detections of it">
      {error ? (
        <Problem error={error} retry={refetch} />
      ) : data === undefined ? (
        <Waiting lines={1} />
      ) : data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {uncounted.length === 0 ? "No rule matched." : "Nothing that an enabled policy counts."}
        </Text>
      ) : (
        <DetectionLines items={data.items} />
      )}
      {uncounted.length === 0 ? null : (
        <Text size="sm" c="dimmed" mt={4}>
          Matched, but counted by no enabled policy: {uncounted.join(", ")}
        </Text>
      )}
    </Section>
  );
}

function NextPart({ of }: { readonly of: Activity }) {
  const { data, error, refetch } = useAround(of, of.time, later(of.time, quarter));
  if (error) return <Problem error={error} retry={refetch} />;
  if (data === undefined) return <Waiting lines={8} />;
  const items = data.items.filter(({ id }) => id !== of.id);
  const millis = Date.parse(data.until) - Date.parse(of.time);
  const span = millis < 60_000 ? `${millis / 1000} seconds` : `${millis / 60_000} minutes`;
  return (
    <Section title={`What ${of.user ?? "they"} did in the ${span} after`}>
      {items.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing that was audited, until {clockText(data.until, "utc")} UTC.
        </Text>
      ) : (
        <Lines items={items} since={of.time} />
      )}
      {data.isCut ? (
        <Text size="xs" c="dimmed" mt={4}>
          Only the last {items.length} are shown: there were more.
        </Text>
      ) : null}
    </Section>
  );
}
