/** Why a rule matched an event, or why another did not: the engine asked in the page, on the event as it is kept. */
import { Alert, Anchor, Select, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { icons } from "../parts/icons.tsx";
import { Problem } from "../parts/problem.tsx";
import { ruleFilesQuery } from "../rule-files.ts";
import { ExplanationTree } from "./explanation.tsx";
import { verdictOf } from "./verdict.ts";

/** The engine is 100 KB and more: nobody waits for it who does not ask why. */
export const engineQuery = {
  queryKey: ["engine"],
  queryFn: () => import("./engine.ts"),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  structuralSharing: false,
};

export interface WhyFiredProps {
  /** The rule that matched once. */
  readonly rule: string;
  /** The audit event, redacted. */
  readonly event: unknown;
}

export function WhyFired({ rule, event }: WhyFiredProps) {
  const [asked, setAsked] = useState(rule);
  const files = useQuery(ruleFilesQuery);
  const engine = useQuery(engineQuery);
  const why = useMemo(
    () => (files.data && engine.data ? engine.data.whyOf(files.data.items, asked, event) : undefined),
    [files.data, engine.data, asked, event],
  );
  const names = useMemo(
    () => (files.data && engine.data ? engine.data.ruleNames(files.data.items) : []),
    [files.data, engine.data],
  );
  const error = files.error ?? engine.error;
  if (error) return <Problem error={error} retry={() => Promise.all([files.refetch(), engine.refetch()])} />;
  if (why === undefined) return <Waiting />;
  const verdict = verdictOf(why, { asked, fired: rule, event });
  return (
    <Stack gap="xs">
      <Alert
        variant="light"
        p="xs"
        color={verdict.tone === "good" ? "green" : verdict.tone === "changed" ? "orange" : "gray"}
        icon={verdict.tone === "good" ? icons.check : verdict.tone === "changed" ? icons.warning : icons.info}
        styles={{ message: { color: "var(--mantine-color-text)" } }}
      >
        {verdict.words.map((text) => (
          <Text key={text} size="xs">
            {text}
          </Text>
        ))}
      </Alert>
      {"tree" in why ? (
        <>
          <ExplanationTree explanation={why.tree} label={`Condition of ${why.rule}`} />
          <Text size="xs" c="dimmed">
            Lines with a bar decided it. The rule stands in{" "}
            <Anchor
              component={Link}
              to="/rules/editor"
              search={{ file: why.file, line: String(why.line) } as never}
              size="xs"
              underline="always"
            >
              {why.file}, line {why.line}
            </Anchor>
            .
          </Text>
        </>
      ) : null}
      <Select
        size="xs"
        label="Rule"
        description="Choose another to see why it did not match"
        mt="sm"
        maw={360}
        searchable
        allowDeselect={false}
        data={names.includes(asked) ? [...names] : [asked, ...names]}
        value={asked}
        onChange={(name) => setAsked(name ?? rule)}
        maxDropdownHeight={280}
        comboboxProps={{ shadow: "md" }}
      />
    </Stack>
  );
}

function Waiting() {
  return (
    <Stack gap={6} role="status" aria-label="Loading the engine">
      {[70, 90, 60, 80, 50].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </Stack>
  );
}
