/** Sessions in a list: who was inside what, with which command, and for how long. */
import { lazy } from "react";
import type { Activity } from "../../domain/activity.ts";
import { commandText } from "../../domain/request-uri.ts";
import { type Session, type SessionKind, sessionResources, sessionsOf } from "../../domain/session-of.ts";
import { toolText } from "../../domain/tool.ts";
import type { Filter } from "../filter.ts";
import { icons } from "../parts/icons.tsx";
import type { ListKind } from "../parts/list-kind.ts";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import styles from "./activity.module.css";
import { activityFacetKinds, activitySeries } from "./facets.ts";
import { lastedText } from "./lasted.ts";
import { OutcomeMark, Who } from "./marks.tsx";
import { peopleFirst } from "./people.ts";
import { SessionTools } from "./session-tools.tsx";
import { Target } from "./target.tsx";
import { TeachSessions } from "./teach-sessions.tsx";

const Panel = lazy(() => import("./session-panel.tsx"));

export const kindWords: Readonly<Record<SessionKind, string>> = {
  exec: "Command",
  attach: "Attach",
  "port-forward": "Port-forward",
  proxy: "Proxy",
};
export const kindSigns = { exec: icons.terminal, attach: icons.plug, "port-forward": icons.link, proxy: icons.link };

/** Requests that open sessions, whatever else is asked for. */
function sessionsOnly(filter: Filter): Filter {
  const asked = peopleFirst(filter);
  const wanted = asked.is.resource?.filter((one) => sessionResources.includes(one)) ?? sessionResources;
  return { ...asked, is: { ...asked.is, resource: wanted.length === 0 ? sessionResources : wanted } };
}

/** What the session did, as far as the request told. */
export function whatOf({ kind, command, interactive, ports, paths }: Session): string {
  if (kind === "exec") return command.length === 0 ? "a command that is not told" : commandText(command);
  if (kind === "port-forward") return ports.length === 0 ? "ports that are not told" : `port ${ports.join(", ")}`;
  if (kind === "proxy")
    return paths.length > 3 ? `${paths.slice(0, 3).join(" ")} and ${paths.length - 3} more` : paths.join(" ");
  return interactive ? "with input" : "to watch";
}

/** Long and short on one scale: a second is a sliver, eight hours are the whole bar. */
const longest = 8 * 3_600_000;
const share = (millis: number) => Math.min(1, Math.log1p(millis / 100) / Math.log1p(longest / 100));

export function DurationBar({ of: { durationMillis, outcome } }: { readonly of: Session }) {
  const isOpen = durationMillis === null && (outcome === "done" || outcome === "unfinished");
  return (
    <span className={styles.durations}>
      <span className={styles.durationBar} aria-hidden="true">
        <span
          data-open={isOpen || undefined}
          style={{ width: `${(isOpen ? 1 : share(durationMillis ?? 0)) * 100}%` }}
        />
      </span>
      <span className={styles.durationText}>
        {outcome === "denied" ? "–" : isOpen ? "no end seen" : lastedText(durationMillis ?? 0)}
      </span>
    </span>
  );
}

export const sessionKind: ListKind<Session> = {
  title: "Sessions",
  list: "activities",
  path: "activities",
  params: { events: "omit" },
  stitch: (items) => sessionsOf(items as readonly Activity[]),
  facets: [
    ...activityFacetKinds.filter(({ facet }) => !["verb", "level", "resource"].includes(facet)),
    { facet: "resource", title: "Through", folded: true },
  ],
  series: activitySeries,
  usual: sessionsOnly,
  id: ({ id }) => id,
  time: ({ start }) => start,
  news: "new sessions",
  isLive: false,
  Panel,
  tools: <SessionTools />,
  teach: <TeachSessions />,
  columns: [
    { key: "time", title: "Began", width: "150px", from: 620, cell: ({ start }) => <When time={start} /> },
    {
      key: "who",
      title: "Who",
      width: "minmax(110px, 1.1fr)",
      cell: (item) => <Who of={{ ...item, time: item.start }} />,
    },
    {
      key: "kind",
      title: "Kind",
      width: "112px",
      from: 1120,
      cell: ({ kind }) => (
        <span className={styles.mark}>
          {kindSigns[kind]}
          {kindWords[kind]}
        </span>
      ),
    },
    {
      key: "what",
      title: "What",
      width: "minmax(110px, 2fr)",
      cell: (item) => (
        <span className={styles.mark} title={`${kindWords[item.kind]}: ${whatOf(item)}`}>
          {kindSigns[item.kind]}
          <span className="mono">{whatOf(item)}</span>
        </span>
      ),
    },
    {
      key: "target",
      title: "In",
      width: "minmax(120px, 1.6fr)",
      from: 560,
      cell: (item) => <Target of={item} isPod />,
    },
    {
      key: "container",
      title: "Container",
      width: "96px",
      from: 1460,
      cell: ({ container }) => container,
    },
    { key: "tool", title: "Tool", width: "130px", from: 1260, cell: ({ tool }) => toolText(tool) },
    {
      key: "from",
      title: "From",
      width: "110px",
      from: 1380,
      cell: ({ sourceIP, start, cluster }) =>
        sourceIP === null ? null : <Value facet="sourceIP" value={sourceIP} time={start} cluster={cluster} />,
    },
    { key: "lasted", title: "Lasted", width: "166px", from: 840, cell: (item) => <DurationBar of={item} /> },
    {
      key: "outcome",
      title: "Outcome",
      width: "96px",
      from: 420,
      cell: ({ outcome, code }) => <OutcomeMark outcome={outcome} code={code} />,
    },
  ],
};
