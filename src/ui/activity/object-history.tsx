/** An object's versions, newest first: who wrote each, when, and what it changed. */
import { Anchor, Button, Text, UnstyledButton } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useMemo, useRef, useState } from "react";
import type { Activity } from "../../domain/activity.ts";
import { actorOf } from "../../domain/actor.ts";
import type { Page } from "../../domain/asked.ts";
import { historyOf, type ObjectVersion } from "../../domain/object-history.ts";
import { past } from "../../domain/sentence-words.ts";
import { toolOf, toolText } from "../../domain/tool.ts";
import { get } from "../api.ts";
import { Empty } from "../parts/empty.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import { Problem } from "../parts/problem.tsx";
import { When } from "../parts/time.tsx";
import styles from "./activity.module.css";
import { later, quarter } from "./around.ts";
import { Changes } from "./changes.tsx";
import { OutcomeMark, Who } from "./marks.tsx";
import { Notes, Waiting } from "./panel-head.tsx";

export interface ObjectHistoryProps {
  readonly cluster: string;
  /** Empty or absent for the core group. */
  readonly apiGroup?: string | null;
  /** `deployments`; a subresource behind it is left out. */
  readonly resource: string;
  readonly namespace?: string | null;
  readonly name: string;
  /** The id of the activity whose version stands out. */
  readonly at?: string;
}

const pageSize = 100;
const groupOf = (group: string | null | undefined) => (group === "core" ? "" : (group ?? ""));

export function ObjectHistory({ cluster, apiGroup, resource, namespace, name, at }: ObjectHistoryProps) {
  const kind = resource.split("/", 1)[0] ?? resource;
  const asked = useInfiniteQuery({
    queryKey: ["object", cluster, kind, namespace, name],
    queryFn: ({ pageParam, signal }) =>
      get<Page<Activity>>(
        "activities",
        {
          ...{ cluster: [cluster], resource: [kind], name: [name], verb: ["create", "update", "patch", "delete"] },
          // A Namespace is its own namespace once it is there, and in none while it is made.
          ...(namespace && kind !== "namespaces" ? { namespace: [namespace] } : {}),
          ...{ limit: pageSize, cursor: pageParam },
        },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
  const versions = useMemo(() => {
    const items = asked.data?.pages.flatMap((page) => page.items) ?? [];
    return historyOf(
      apiGroup === undefined ? items : items.filter((one) => groupOf(one.apiGroup) === groupOf(apiGroup)),
    );
  }, [asked.data, apiGroup]);
  if (asked.error) return <Problem error={asked.error} retry={asked.refetch} />;
  if (asked.data === undefined) return <Waiting lines={6} />;
  if (versions.length === 0)
    return (
      <Empty
        title="No write to it was seen"
        hint="Nothing that was audited created, changed or deleted it. Either nobody did since events come in, or the audit policy leaves such requests out."
      />
    );
  return (
    <>
      {versions.map((version) => (
        <Version key={version.activity} version={version} cluster={cluster} isAt={version.activity === at} />
      ))}
      {asked.hasNextPage ? (
        <Button
          variant="default"
          size="compact-sm"
          loading={asked.isFetchingNextPage}
          onClick={() => void asked.fetchNextPage()}
        >
          Older versions
        </Button>
      ) : null}
    </>
  );
}

const verbs: Readonly<Record<string, string>> = {
  create: "create",
  update: "replace",
  patch: "change",
  delete: "delete",
};

function did({ verb, outcome, subresource, patch }: ObjectVersion): string {
  const word = subresource === "scale" ? "scale" : patch === "server-side apply" ? "apply" : (verbs[verb] ?? verb);
  const part = subresource === null || subresource === "scale" ? "" : ` (${subresource})`;
  return `${outcome === "done" ? past(word) : outcome === "unfinished" ? `asked to ${word}` : `tried to ${word}`} it${part}`;
}

function Version({
  version,
  cluster,
  isAt,
}: {
  readonly version: ObjectVersion;
  readonly cluster: string;
  readonly isAt: boolean;
}) {
  const [aside, setAside] = useState(false);
  const [whole, setWhole] = useState(false);
  const element = useRef<HTMLElement>(null);
  useEffect(() => {
    if (isAt) element.current?.scrollIntoView({ block: "nearest" });
  }, [isAt]);
  const { time, outcome, code, changes, notes, object, patch, userAgent, activity, from } = version;
  const search = { sel: activity, from: later(time, -quarter), to: later(time, quarter) };
  return (
    <article ref={element} className={styles.version} data-at={isAt || undefined} aria-label={`Version of ${time}`}>
      <div className={styles.versionHead}>
        <When time={time} />
        <Who of={{ ...version, cluster, actor: actorOf(version.user, [], userAgent, null) }} />
        <b>{did(version)}</b>
        <OutcomeMark outcome={outcome} code={code} />
        {patch === null ? null : (
          <Text size="xs" c="dimmed" span>
            {patch}
          </Text>
        )}
        <Text size="xs" c="dimmed" span>
          with {toolText(toolOf(userAgent))}
        </Text>
        <Anchor component={Link} to="/activity" search={search as never} size="xs">
          the request
        </Anchor>
      </div>
      {changes.length > 0 ? (
        <Changes changes={changes} />
      ) : from === "stored" && version.verb !== "create" && notes.length === 0 ? (
        <Text size="sm" c="dimmed">
          Nothing changed but what the API server keeps for itself.
        </Text>
      ) : null}
      {version.aside.length === 0 ? null : (
        <>
          <UnstyledButton fz="xs" c="dimmed" td="underline" onClick={() => setAside(!aside)} aria-expanded={aside}>
            {aside ? "Hide" : "Show"} {version.aside.length === 1 ? "one field" : `${version.aside.length} fields`} that
            the API server keeps for itself
          </UnstyledButton>
          {aside ? <Changes changes={version.aside} /> : null}
        </>
      )}
      <Notes notes={notes} />
      {object === null ? null : (
        <div>
          <UnstyledButton fz="xs" c="dimmed" td="underline" onClick={() => setWhole(!whole)} aria-expanded={whole}>
            {whole ? "Hide" : "Show"} the object {from === "sent" ? "as it was sent" : "as it stood then"}
          </UnstyledButton>
          {whole ? <JsonTree value={object} label="Object" /> : null}
        </div>
      )}
    </article>
  );
}
