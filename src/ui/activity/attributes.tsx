/** All that is known of a request, each value a button. */
import type { ReactNode } from "react";
import type { Activity } from "../../domain/activity.ts";
import { toolOf, toolText } from "../../domain/tool.ts";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import { durationText } from "../times.ts";
import styles from "./activity.module.css";
import { actorWords, OutcomeMark, Who } from "./marks.tsx";

export function Attributes({ of }: { readonly of: Activity }) {
  const value = (facet: string, text: string | number | null, shown?: string) =>
    text === null || text === "" ? null : (
      <Value facet={facet} value={`${text}`} list="activities" time={of.time} cluster={of.cluster}>
        {shown ?? `${text}`}
      </Value>
    );
  const resource = of.resource && of.subresource ? `${of.resource}/${of.subresource}` : of.resource;
  const rows: readonly (readonly [string, ReactNode])[] = [
    ["Time", <When key="t" time={of.time} />],
    ["Who", <Who key="w" of={of} />],
    ["Kind of caller", value("actor", of.actor, actorWords[of.actor])],
    ["Groups", of.groups.length === 0 ? null : <Several key="g" texts={of.groups} />],
    ["Outcome", <OutcomeMark key="o" outcome={of.outcome} code={of.code} />],
    [
      "Answer",
      of.code === null ? null : (
        <span key="c">
          {value("code", of.code)} {of.reason}
        </span>
      ),
    ],
    ["Authorization", of.decision],
    ["Verb", value("verb", of.verb)],
    ["Resource", value("resource", resource)],
    ["API group", of.apiGroup],
    ["Namespace", value("namespace", of.namespace)],
    ["Name", value("name", of.name)],
    ["Cluster", value("cluster", of.cluster)],
    ["From", <Addresses key="a" of={of} />],
    [
      "Tool",
      of.userAgent === null ? null : (
        <span key="u">
          {toolText(toolOf(of.userAgent))} · {value("userAgent", of.userAgent)}
        </span>
      ),
    ],
    ["Dry run", of.dryRun ? "yes: nothing was stored" : null],
    ["Took", of.latencyMicros === null ? null : durationText(of.latencyMicros / 1000)],
    ["Audit level", value("level", of.level)],
    ["Stages", <Several key="s" texts={of.stages} />],
    [
      "Request",
      of.requestURI === null ? null : (
        <span key="r" className="mono">
          {of.requestURI}
        </span>
      ),
    ],
    [
      "Audit ID",
      of.auditID === null ? null : (
        <span key="i" className="mono">
          {of.auditID}
        </span>
      ),
    ],
  ];
  return (
    <dl className={styles.attributes}>
      {rows.map(([title, shown]) =>
        shown === null || shown === "" ? null : (
          <div key={title} style={{ display: "contents" }}>
            <dt>{title}</dt>
            <dd>{shown}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function Several({ texts }: { readonly texts: readonly string[] }) {
  return (
    <span className={styles.several}>
      {texts.map((text) => (
        <span key={text}>{text}</span>
      ))}
    </span>
  );
}

/** Only the last address is the API server's own word; the others came with the request. */
function Addresses({ of: { sourceIPs, time, cluster } }: { readonly of: Activity }) {
  const last = sourceIPs.at(-1);
  if (last === undefined) return "not told";
  const claimed = sourceIPs.slice(0, -1);
  return (
    <span className={styles.several}>
      <Value facet="sourceIP" value={last} list="activities" time={time} cluster={cluster} />
      {claimed.length === 0 ? null : (
        <span title="X-Forwarded-For: whoever calls can write there what they like">
          (claimed before it: {claimed.join(", ")})
        </span>
      )}
    </span>
  );
}
