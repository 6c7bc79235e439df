/** Events grouped: one line for all of one rule, actor and target, with what was decided about them. */
import { lazy } from "react";
import type { Group } from "../../domain/asked.ts";
import type { ListKind } from "../parts/list-kind.ts";
import { SeverityMark } from "../parts/severity.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import { countText } from "../times.ts";
import { detectionFacetKinds, detectionSeries } from "./facets.ts";
import { Sentence } from "./sentence.tsx";
import { Teach } from "./teach.tsx";
import { TriageMark } from "./triage-mark.tsx";

const Panel = lazy(() => import("../detail/panel.tsx"));

export const groupedKind: ListKind<Group> = {
  title: "Events",
  list: "detections",
  path: "detections/groups",
  facets: detectionFacetKinds,
  series: detectionSeries,
  id: ({ latest }) => latest.id,
  time: ({ lastSeen }) => lastSeen,
  news: "new events",
  isLive: false,
  Panel,
  teach: <Teach />,
  columns: [
    {
      key: "severity",
      title: "Severity",
      width: "84px",
      cell: ({ latest }) => <SeverityMark value={latest.severity} />,
    },
    { key: "count", title: "Count", width: "58px", cell: ({ count }) => <b>{countText(count)}</b> },
    {
      key: "what",
      title: "What happened last",
      width: "minmax(200px, 3fr)",
      cell: ({ latest }) => <Sentence of={latest} list="detections" />,
    },
    {
      key: "rule",
      title: "Rule",
      width: "minmax(110px, 1fr)",
      from: 760,
      cell: ({ latest }) => <Value facet="rule" value={latest.rule} />,
    },
    { key: "state", title: "State", width: "112px", from: 560, cell: ({ state }) => <TriageMark state={state} /> },
    {
      key: "spark",
      title: "Over time",
      width: "96px",
      from: 960,
      cell: ({ spark, count }) => <Sparkline counts={spark} label={`${count} over time`} />,
    },
    {
      key: "first",
      title: "First seen",
      width: "150px",
      from: 1080,
      cell: ({ firstSeen }) => <When time={firstSeen} />,
    },
    { key: "last", title: "Last seen", width: "150px", from: 720, cell: ({ lastSeen }) => <When time={lastSeen} /> },
  ],
};
