/** A detection, whole: the sentence first, then what was decided, why it fired, and what stands around it. */
import { ActionIcon, Badge, Button, Group, Menu, Skeleton, Stack, Tabs, Text, Title, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { auditSource, type Detection, isRuntime } from "../../domain/detection.ts";
import { textIn } from "../../domain/plain.ts";
import { ApiFailure, apiUrl, get } from "../api.ts";
import { Sentence } from "../feed/sentence.tsx";
import type { Search } from "../filter.ts";
import { Empty } from "../parts/empty.tsx";
import { icons } from "../parts/icons.tsx";
import { JsonTree } from "../parts/json-tree.tsx";
import type { PanelProps } from "../parts/list-kind.ts";
import { Problem } from "../parts/problem.tsx";
import { SeverityMark } from "../parts/severity.tsx";
import { When } from "../parts/time.tsx";
import { Value } from "../parts/value.tsx";
import { copy } from "../parts/value-menu.tsx";
import { useMay } from "../session.ts";
import { WhyFired } from "../why/why-fired.tsx";
import { Around } from "./around.tsx";
import styles from "./detail.module.css";
import { Facts, Runbook } from "./facts.tsx";
import { OutputFields } from "./output-fields.tsx";
import { ToldByOthers } from "./told-by-others.tsx";
import { Triage } from "./triage.tsx";

const ObjectHistory = lazy(async () => ({ default: (await import("../activity/object-history.tsx")).ObjectHistory }));
const ExceptionDialog = lazy(() => import("../exception/dialog.tsx"));

type Whole = Detection & { readonly event: unknown };

export default function DetectionPanel({ id, onClose, onStep }: PanelProps) {
  const { data, error, refetch } = useQuery({
    queryKey: ["detection", id],
    queryFn: ({ signal }) => get<Whole>(`detections/${encodeURIComponent(id)}`, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className={styles.panel}>
      <header className={styles.head}>
        <Group gap={4}>
          <HeadButton label="Previous (k)" onClick={() => onStep(-1)}>
            {icons.up}
          </HeadButton>
          <HeadButton label="Next (j)" onClick={() => onStep(1)}>
            {icons.down}
          </HeadButton>
        </Group>
        <Group gap={4}>
          <HeadButton label="Copy the link" onClick={() => void copy(linkTo(id))}>
            {icons.link}
          </HeadButton>
          {data === undefined ? null : (
            <Menu position="bottom-end">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" aria-label="More">
                  {icons.more}
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={icons.copy} onClick={() => void copy(JSON.stringify(data, null, 2))}>
                  Copy as JSON
                </Menu.Item>
                <Menu.Item leftSection={icons.copy} onClick={() => void copy(JSON.stringify(data.event, null, 2))}>
                  Copy the audit event
                </Menu.Item>
                <Menu.Item
                  component="a"
                  leftSection={icons.link}
                  href={apiUrl(`detections/${encodeURIComponent(id)}`)}
                  target="_blank"
                  rel="noreferrer"
                >
                  Open in the API
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
          <HeadButton label="Close (Esc)" onClick={onClose}>
            {icons.close}
          </HeadButton>
        </Group>
      </header>
      {error instanceof ApiFailure && error.status === 404 ? (
        <Empty
          title="This event is not kept any more"
          hint="It is older than what is kept, or the journal was judged again by other rules."
        />
      ) : error ? (
        <Problem error={error} retry={refetch} />
      ) : data === undefined ? (
        <Waiting />
      ) : (
        <Content detection={data} />
      )}
    </div>
  );
}

interface HeadButtonProps {
  readonly label: string;
  onClick(): void;
  readonly children: ReactNode;
}

function HeadButton({ label, onClick, children }: HeadButtonProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} onClick={onClick}>
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

/** Without the list's filter, which may mean another time by tomorrow. */
function linkTo(id: string): string {
  const url = new URL(location.href);
  url.search = "";
  url.searchParams.set("range", "all");
  url.searchParams.set("sel", id);
  return url.href;
}

const parts = ["why", "fields", "event", "around", "history"] as const;
type Part = (typeof parts)[number];

function Content({ detection }: { readonly detection: Whole }) {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const may = useMay("editor");
  const [excepts, setExcepts] = useState(false);
  const { event } = detection;
  const part: Part = parts.find((one) => one === search.part) ?? "why";
  const toPart = (next: string | null) =>
    void navigate({
      to: ".",
      replace: true,
      search: ((former: Search) => ({ ...former, part: next === "why" ? undefined : next })) as never,
    });
  const { resource, name } = detection;
  const isOfRule = detection.source === auditSource;
  const hasObject = resource !== null && name !== null && name !== "";
  return (
    <>
      <Stack gap="sm" px="md" pb="sm">
        <Group gap="sm">
          <SeverityMark value={detection.severity} />
          <Text size="xs" span>
            <When time={detection.time} />
          </Text>
          <Value facet="cluster" value={detection.cluster}>
            <Text size="xs" c="dimmed" span>
              {detection.cluster}
            </Text>
          </Value>
          {detection.muted ? (
            <Badge size="sm" variant="outline" color="gray" leftSection={icons.mute}>
              muted by policy
            </Badge>
          ) : null}
        </Group>
        <Title order={2} size="h4" className={styles.sentence}>
          <Sentence of={detection} list="detections" />
        </Title>
        <Triage detection={detection}>
          {isOfRule ? (
            <Tooltip label="It takes an editor to change rules" disabled={may}>
              <Button size="compact-xs" variant="light" disabled={!may} onClick={() => setExcepts(true)}>
                Make an exception
              </Button>
            </Tooltip>
          ) : null}
          <Runbook policy={detection.policy} />
        </Triage>
        <Facts detection={detection} />
        <Text size="xs" className={styles.output}>
          {detection.output}
        </Text>
      </Stack>
      <Tabs value={part} onChange={toPart} keepMounted={false} classNames={{ tab: styles.tab }}>
        <Tabs.List className={styles.tabList}>
          <Tabs.Tab value="why">Why it fired</Tabs.Tab>
          <Tabs.Tab value="fields">Fields</Tabs.Tab>
          <Tabs.Tab value="event">{isRuntime(detection) ? "Alert" : "Audit event"}</Tabs.Tab>
          <Tabs.Tab value="around">Around it</Tabs.Tab>
          <Tabs.Tab value="history">History</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="why" className={styles.part}>
          {isOfRule ? <WhyFired rule={detection.rule} event={event} /> : <ToldByOthers detection={detection} />}
        </Tabs.Panel>
        <Tabs.Panel value="fields" className={styles.part}>
          <OutputFields detection={detection} />
        </Tabs.Panel>
        <Tabs.Panel value="event" className={styles.part}>
          <JsonTree value={event} label={isRuntime(detection) ? "Alert" : "Audit event"} />
        </Tabs.Panel>
        <Tabs.Panel value="around" className={styles.part}>
          <Around detection={detection} />
        </Tabs.Panel>
        <Tabs.Panel value="history" className={styles.part}>
          {hasObject ? (
            <Suspense fallback={<Skeleton height={120} />}>
              <ObjectHistory
                cluster={detection.cluster}
                resource={resource.split("/")[0] ?? resource}
                namespace={detection.namespace}
                name={name}
                apiGroup={textIn(event, "objectRef", "apiGroup") ?? null}
                at={detection.activity}
              />
            </Suspense>
          ) : (
            <Text size="sm" c="dimmed">
              This request names no single object: there is no history to tell.
            </Text>
          )}
        </Tabs.Panel>
      </Tabs>
      {excepts ? (
        <Suspense fallback={null}>
          <ExceptionDialog detection={detection} event={event} onClose={() => setExcepts(false)} />
        </Suspense>
      ) : null}
    </>
  );
}

function Waiting() {
  return (
    <Stack gap="sm" p="md" role="status" aria-label="Loading the event">
      <Skeleton height={14} width="40%" />
      <Skeleton height={22} />
      <Skeleton height={22} width="70%" />
      <Skeleton height={90} />
      <Skeleton height={160} />
    </Stack>
  );
}
