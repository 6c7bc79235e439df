/** What Falco saw inside the pod while a session was open. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { noValue, type Page } from "../../domain/asked.ts";
import { type Detection, isRuntime } from "../../domain/detection.ts";
import { textIn } from "../../domain/plain.ts";
import type { Session } from "../../domain/session-of.ts";
import { get } from "../api.ts";
import { Problem } from "../parts/problem.tsx";
import { SeverityMark } from "../parts/severity.tsx";
import { When } from "../parts/time.tsx";
import styles from "./activity.module.css";
import { later } from "./around.ts";
import { Section, Waiting } from "./panel-head.tsx";

/** Nodes' clocks and API servers' differ by so much at least. */
const skewMillis = 2000;
const most = 200;

/** `until` is the session's end, or now. */
export function SessionRuntime({ session, until }: { readonly session: Session; readonly until: string }) {
  const { cluster, namespace, name, start, container } = session;
  const { data, error, refetch } = useQuery({
    queryKey: ["runtime-of", cluster, namespace, name, start, until],
    queryFn: ({ signal }) =>
      get<Page<Detection>>(
        "detections",
        {
          ...{ cluster: [cluster], namespace: [namespace ?? noValue], name: [name ?? noValue], resource: ["pods"] },
          ...{ verb: [noValue], from: later(start, -skewMillis), to: later(until, skewMillis), limit: most },
        },
        signal,
      ),
  });
  const items = data?.items.filter(isRuntime).reverse() ?? [];
  return (
    <Section title="Inside the container meanwhile">
      {error ? (
        <Problem error={error} retry={refetch} />
      ) : data === undefined ? (
        <Waiting lines={2} />
      ) : items.length === 0 ? (
        <Text size="sm" c="dimmed">
          No runtime alert of this pod came. Where Falco watches the cluster, let it post to <code>/falco</code>.
        </Text>
      ) : (
        <ul className={styles.lines} aria-label="Runtime alerts">
          {items.map((item) => (
            <RuntimeLine key={item.id} item={item} of={container} />
          ))}
        </ul>
      )}
      {data?.next == null ? null : (
        <Text size="sm" c="dimmed">
          There are more than {most}; these are the latest.
        </Text>
      )}
    </Section>
  );
}

function RuntimeLine({ item, of }: { readonly item: Detection; readonly of: string | null }) {
  const command = textIn(item.fields, "proc.cmdline");
  const container = textIn(item.fields, "container.name") ?? textIn(item.fields, "k8s.container.name");
  const isOther = of !== null && container !== undefined && container !== of;
  return (
    <li className={styles.line} data-bare>
      <SeverityMark value={item.severity} />
      <span>
        <Link to="/" search={{ sel: item.id, range: "all" } as never}>
          {item.rule}
        </Link>{" "}
        <When time={item.time} />
        {isOther ? ` in container ${container}` : ""}
        {command === undefined ? null : <pre className={styles.command}>{command}</pre>}
      </span>
    </li>
  );
}
