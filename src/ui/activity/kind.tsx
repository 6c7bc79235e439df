/** Activity, request by request. */
import { lazy } from "react";
import type { Activity } from "../../domain/activity.ts";
import { Sentence } from "../feed/sentence.tsx";
import type { ListKind } from "../parts/list-kind.ts";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import { activityFacetKinds, activitySeries } from "./facets.ts";
import { OutcomeMark, Who } from "./marks.tsx";
import { peopleFirst } from "./people.ts";
import { Target } from "./target.tsx";
import { TeachActivity } from "./teach.tsx";
import { WhoSwitch } from "./who-switch.tsx";

const Panel = lazy(() => import("./panel.tsx"));

export const activityKind: ListKind<Activity> = {
  title: "Activity Audit",
  list: "activities",
  path: "activities",
  params: { events: "omit" },
  facets: activityFacetKinds,
  series: activitySeries,
  usual: peopleFirst,
  id: ({ id }) => id,
  time: ({ time }) => time,
  news: "new requests",
  Panel,
  tools: <WhoSwitch />,
  teach: <TeachActivity />,
  columns: [
    { key: "time", title: "Time", width: "150px", from: 560, cell: ({ time }) => <When time={time} /> },
    { key: "who", title: "Who", width: "minmax(120px, 1.2fr)", from: 1000, cell: (item) => <Who of={item} /> },
    {
      key: "what",
      title: "What happened",
      width: "minmax(180px, 4fr)",
      cell: (item) => <Sentence of={item} list="activities" />,
    },
    {
      key: "target",
      title: "To what",
      width: "minmax(110px, 1.3fr)",
      from: 1180,
      cell: (item) => <Target of={item} />,
    },
    {
      key: "from",
      title: "From",
      width: "116px",
      from: 700,
      cell: ({ sourceIPs, time, cluster }) => {
        const address = sourceIPs.at(-1);
        return address === undefined ? null : <Value facet="sourceIP" value={address} time={time} cluster={cluster} />;
      },
    },
    {
      key: "cluster",
      title: "Cluster",
      width: "96px",
      from: 1320,
      cell: ({ cluster }) => <Value facet="cluster" value={cluster} />,
    },
    {
      key: "outcome",
      title: "Outcome",
      width: "96px",
      from: 430,
      cell: ({ outcome, code }) => <OutcomeMark outcome={outcome} code={code} />,
    },
  ],
};
