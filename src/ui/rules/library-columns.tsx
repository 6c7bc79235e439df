/** What a row of the rules library shows. */
import { priorities } from "../../domain/detection.ts";
import type { Column } from "../parts/rows.tsx";
import { SeverityMark } from "../parts/severity.tsx";
import { Sparkline } from "../parts/sparkline.tsx";
import { When } from "../parts/time.tsx";
import { countText } from "../times.ts";
import styles from "./library.module.css";
import type { LibraryRule } from "./library-filter.ts";

export function columnsOf(range: string, isCounting: boolean): readonly Column<LibraryRule>[] {
  return [
    {
      key: "name",
      title: "Rule",
      width: "minmax(0, 2.6fr)",
      cell: ({ name, enabled, own, changedIn }) => (
        <span className={enabled ? styles.name : styles.off}>
          {name}
          {enabled ? null : <small> off</small>}
          {own ? <small> yours</small> : null}
          {changedIn.length > 0 ? <small title={changedIn.join(", ")}> changed</small> : null}
        </span>
      ),
    },
    {
      key: "priority",
      title: "Priority",
      width: "110px",
      from: 560,
      cell: ({ priority }) => (
        <span className={styles.priority}>
          <SeverityMark value={priorities.indexOf(priority)} short /> {priority}
        </span>
      ),
    },
    {
      key: "policies",
      title: "Policies",
      width: "minmax(0, 1.6fr)",
      from: 700,
      cell: ({ policies }) => {
        const on = policies.filter(({ enabled }) => enabled).map(({ name }) => name);
        const off = policies.length - on.length;
        return (
          <span title={policies.map(({ name, enabled }) => `${name}${enabled ? "" : " (off)"}`).join("\n")}>
            {on.join(", ") || <span className={styles.dim}>{off > 0 ? "none that is on" : "none"}</span>}
          </span>
        );
      },
    },
    {
      key: "tags",
      title: "Tags",
      width: "minmax(0, 1.6fr)",
      from: 1080,
      cell: ({ tags }) => (
        <span className={styles.dim} title={tags.join("\n")}>
          {tags.join(" ")}
        </span>
      ),
    },
    {
      key: "file",
      title: "File",
      width: "minmax(0, 1.3fr)",
      from: 860,
      cell: ({ file, line }) => (
        <span className="mono" title={`${file}:${line}`}>
          {file.split("/").at(-1)}:{line}
        </span>
      ),
    },
    {
      key: "last",
      title: "Last fired",
      width: "96px",
      from: 460,
      cell: ({ last }) =>
        isCounting ? null : last === null ? <span className={styles.dim}>never</span> : <When time={last} relative />,
    },
    {
      key: "spark",
      title: range,
      width: "104px",
      from: 560,
      cell: ({ spark, count, name }) =>
        count === 0 ? null : <Sparkline counts={spark} label={`${name}: ${count} detections in ${range}`} />,
    },
    {
      key: "count",
      title: "Count",
      width: "56px",
      cell: ({ count }) => (
        <span className={count === 0 ? styles.zero : styles.number}>{isCounting ? "" : countText(count)}</span>
      ),
    },
  ];
}
