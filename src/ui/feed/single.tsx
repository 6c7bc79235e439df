/** Events one by one. */
import { lazy } from "react";
import type { Detection } from "../../domain/detection.ts";
import type { ListKind } from "../parts/list-kind.ts";
import { SeverityMark } from "../parts/severity.tsx";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import { detectionFacetKinds, detectionSeries } from "./facets.ts";
import { Sentence } from "./sentence.tsx";
import { Teach } from "./teach.tsx";

const Panel = lazy(() => import("../detail/panel.tsx"));

const valueIn = (facet: string, value: string | null, { time, cluster }: Detection) =>
  value === null || value === "" ? null : <Value facet={facet} value={value} time={time} cluster={cluster} />;

export const singleKind: ListKind<Detection> = {
  title: "Events",
  list: "detections",
  path: "detections",
  facets: detectionFacetKinds,
  series: detectionSeries,
  id: ({ id }) => id,
  time: ({ time }) => time,
  news: "new events",
  Panel,
  teach: <Teach />,
  columns: [
    { key: "severity", title: "Severity", width: "84px", cell: ({ severity }) => <SeverityMark value={severity} /> },
    { key: "time", title: "Time", width: "150px", from: 480, cell: ({ time }) => <When time={time} /> },
    {
      key: "what",
      title: "What happened",
      width: "minmax(200px, 4fr)",
      cell: (item) => <Sentence of={item} list="detections" />,
    },
    {
      key: "rule",
      title: "Rule",
      width: "minmax(110px, 1.3fr)",
      from: 640,
      cell: (item) => valueIn("rule", item.rule, item),
    },
    {
      key: "policy",
      title: "Policy",
      width: "minmax(110px, 1fr)",
      from: 1080,
      cell: (item) => valueIn("policy", item.policy, item),
    },
    {
      key: "cluster",
      title: "Cluster",
      width: "110px",
      from: 1000,
      cell: (item) => valueIn("cluster", item.cluster, item),
    },
    {
      key: "sourceIP",
      title: "From",
      width: "116px",
      from: 1240,
      cell: (item) => valueIn("sourceIP", item.sourceIP, item),
    },
  ],
};
