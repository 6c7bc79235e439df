/** One session: what ran where, from when to when, and what the same person did meanwhile and afterwards. */
import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Activity } from "../../domain/activity.ts";
import { noValue, type Page } from "../../domain/asked.ts";
import { commandText } from "../../domain/request-uri.ts";
import { type Session, sessionOf, sessionsOf } from "../../domain/session-of.ts";
import { toolText } from "../../domain/tool.ts";
import { get } from "../api.ts";
import { Sentence } from "../feed/sentence.tsx";
import type { PanelProps } from "../parts/list-kind.ts";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import styles from "./activity.module.css";
import { later, quarter, useAround } from "./around.ts";
import { lastedText } from "./lasted.ts";
import { Lines } from "./lines.tsx";
import { OutcomeMark, Who } from "./marks.tsx";
import { DetectionsPart } from "./panel.tsx";
import { Notes, PanelHead, Section, Waiting } from "./panel-head.tsx";
import { kindSigns, kindWords } from "./session-kind.tsx";
import { SessionRuntime } from "./session-runtime.tsx";
import { SessionTimeline } from "./session-timeline.tsx";
import { Target } from "./target.tsx";

interface Found {
  readonly opener: Activity;
  readonly session: Session | undefined;
}

const hour = 3_600_000;

const earlier = (a: string, b: string): string => (Date.parse(a) < Date.parse(b) ? a : b);

/** The session that a request belongs to, stitched from its neighbours. */
async function sessionAround(id: string, signal: AbortSignal): Promise<Found> {
  const opener = await get<Activity>(`activities/${encodeURIComponent(id)}`, {}, signal);
  const alone = sessionOf(opener);
  if (alone === undefined) return { opener, session: undefined };
  const { user, cluster, namespace, name, resource, subresource, time } = opener;
  const near = await get<Page<Activity>>(
    "activities",
    {
      ...{ user: [user ?? noValue], cluster: [cluster], resource: [`${resource}/${subresource}`] },
      ...(namespace === null ? {} : { namespace: [namespace] }),
      ...(name === null ? {} : { name: [name] }),
      ...{ from: later(time, -hour), to: later(time, 8 * hour), events: "omit", limit: 1000 },
    },
    signal,
  );
  const session = sessionsOf(near.items).find(({ activities }) => activities.includes(id));
  return { opener, session: session ?? alone };
}

export default function SessionPanel({ id, onClose, onStep }: PanelProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ["session-of", id],
    queryFn: ({ signal }) => sessionAround(id, signal),
  });
  const session = data?.session;
  const left =
    session === undefined ? null : (
      <>
        <span className={styles.mark}>
          {kindSigns[session.kind]}
          {kindWords[session.kind]}
        </span>
        <OutcomeMark outcome={session.outcome} code={session.code} />
      </>
    );
  return (
    <>
      <PanelHead left={left} onClose={onClose} onStep={onStep}>
        {data === undefined ? error ? "Not found" : "…" : <Sentence of={data.opener} list="activities" />}
      </PanelHead>
      <div className={styles.body}>
        {error ? (
          <Problem error={error} retry={refetch} />
        ) : data === undefined ? (
          <Waiting lines={12} />
        ) : session === undefined ? (
          <Text size="sm">This request opened no session.</Text>
        ) : (
          <Whole session={session} />
        )}
      </div>
    </>
  );
}

function Whole({ session }: { readonly session: Session }) {
  const [now] = useState(() => new Date().toISOString());
  // One without an end is looked at until now, or as long as a working day.
  const until = session.end === null ? earlier(now, later(session.start, 8 * hour)) : later(session.end, quarter);
  const around = useAround(session, session.start, until);
  const items = around.data?.items.filter(({ id }) => !session.activities.includes(id)) ?? [];
  const firstAfter =
    session.end === null ? undefined : items.find(({ time }) => Date.parse(time) > Date.parse(session.end ?? ""));
  return (
    <>
      <SessionTimeline session={session} items={items} until={until} />
      <Notes notes={session.notes} />
      {session.command.length === 0 ? null : (
        <Section title="Command">
          <pre className={styles.command}>{commandText(session.command)}</pre>
        </Section>
      )}
      {session.paths.length === 0 ? null : (
        <Section title="Asked for behind the proxy">
          <pre className={styles.command}>{session.paths.join("\n")}</pre>
        </Section>
      )}
      <Section title="Session">
        <Facts session={session} />
      </Section>
      {session.kind === "exec" || session.kind === "attach" ? (
        <SessionRuntime session={session} until={session.end ?? until} />
      ) : null}
      <DetectionsPart ids={session.activities} />
      <Section
        title={session.end === null ? "The same caller since then" : "The same caller meanwhile, and 15 minutes after"}
      >
        {around.error ? (
          <Problem error={around.error} retry={around.refetch} />
        ) : around.data === undefined ? (
          <Waiting />
        ) : items.length === 0 ? (
          <Text size="sm" c="dimmed">
            Nothing else that was audited.
          </Text>
        ) : (
          <Lines
            items={items}
            since={session.start}
            before={(item) => (item === firstAfter ? <div className={styles.divider}>session over</div> : null)}
          />
        )}
      </Section>
    </>
  );
}

function Facts({ session }: { readonly session: Session }) {
  const {
    kind,
    start,
    startKnown,
    end,
    endKnown,
    durationMillis,
    container,
    activities,
    tty,
    stdin,
    cluster,
    sourceIP,
  } = session;
  const began =
    startKnown === "started" ? "when the stream opened" : "when the request came in: the opening was not sent";
  return (
    <dl className={styles.attributes}>
      <dt>Who</dt>
      <dd>
        <Who of={{ ...session, time: start }} />
      </dd>
      {session.impersonatedUser === null ? null : (
        <>
          <dt>With the rights of</dt>
          <dd>{session.effectiveUser}</dd>
        </>
      )}
      <dt>In</dt>
      <dd>
        <Target of={session} />
        {container === null ? "" : `, container ${container}`}
      </dd>
      <dt>Began</dt>
      <dd>
        <When time={start} /> ({began})
      </dd>
      <dt>Ended</dt>
      <dd>
        {end === null ? "no end was seen" : <When time={end} />}
        {endKnown === "broken off" ? " (it broke off)" : ""}
      </dd>
      <dt>Lasted</dt>
      <dd>{durationMillis === null ? "not known" : lastedText(durationMillis)}</dd>
      {kind === "exec" || kind === "attach" ? (
        <>
          <dt>Terminal</dt>
          <dd>
            {tty ? "yes" : "no"}
            {stdin ? ", with input" : ", without input"}
          </dd>
        </>
      ) : null}
      <dt>With</dt>
      <dd>{toolText(session.tool)}</dd>
      <dt>From</dt>
      <dd>
        {sourceIP === null ? "not told" : <Value facet="sourceIP" value={sourceIP} list="activities" time={start} />}
      </dd>
      <dt>Cluster</dt>
      <dd>
        <Value facet="cluster" value={cluster} list="activities" />
      </dd>
      <dt>Requests</dt>
      <dd>
        {activities.map((id, at) => (
          <Anchor
            key={id}
            component={Link}
            to="/activity"
            search={{ sel: id, from: later(start, -quarter), to: later(end ?? start, quarter) } as never}
            size="sm"
            mr={8}
          >
            {activities.length === 1 ? "the request" : `request ${at + 1}`}
          </Anchor>
        ))}
      </dd>
    </dl>
  );
}
