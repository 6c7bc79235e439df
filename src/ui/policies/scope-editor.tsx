/** A policy's scope, clause by clause, with values that were seen. */
import { ActionIcon, Button, Group, NativeSelect, Stack, TagsInput, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { operatorWords } from "../../policies/scope.ts";
import { type ScopeClause, scopeFields, scopeOperators } from "../../policies/scope-words.ts";
import { get } from "../api.ts";
import { icons } from "../parts/icons.tsx";
import type { FacetsAnswer } from "../parts/use-list.ts";

export interface ScopeEditorProps {
  readonly scope: readonly ScopeClause[];
  readonly mayEdit: boolean;
  onChange(scope: readonly ScopeClause[]): void;
}

export function ScopeEditor({ scope, mayEdit, onChange }: ScopeEditorProps) {
  const replace = (at: number, clause: ScopeClause) => onChange(scope.map((one, nth) => (nth === at ? clause : one)));
  return (
    <Stack gap="xs">
      {scope.length === 0 ? (
        <Text size="sm" c="dimmed">
          Everywhere
        </Text>
      ) : null}
      {scope.map((clause, at) => (
        <Group
          // biome-ignore lint/suspicious/noArrayIndexKey: clauses have no names
          key={at}
          gap="xs"
          align="start"
          wrap="wrap"
        >
          <NativeSelect
            aria-label={`Field ${at + 1}`}
            w={120}
            data={[...scopeFields]}
            value={clause.field}
            disabled={!mayEdit}
            onChange={(event) =>
              replace(at, { ...clause, field: event.currentTarget.value as ScopeClause["field"], values: [] })
            }
          />
          <NativeSelect
            aria-label={`Comparison ${at + 1}`}
            w={170}
            data={scopeOperators.map((value) => ({ value, label: operatorWords[value] }))}
            value={clause.operator}
            disabled={!mayEdit}
            onChange={(event) =>
              replace(at, { ...clause, operator: event.currentTarget.value as ScopeClause["operator"] })
            }
          />
          <Values clause={clause} at={at} mayEdit={mayEdit} onChange={(values) => replace(at, { ...clause, values })} />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={36}
            disabled={!mayEdit}
            aria-label={`Remove condition ${at + 1}`}
            onClick={() => onChange(scope.filter((_, nth) => nth !== at))}
          >
            {icons.trash}
          </ActionIcon>
        </Group>
      ))}
      {mayEdit ? (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={icons.plus}
            onClick={() => onChange([...scope, { field: "namespace", operator: "in", values: [] }])}
          >
            Add a condition
          </Button>
        </div>
      ) : null}
    </Stack>
  );
}

/** Values are offered from what came in; any other can be written. */
function Values({
  clause: { field, values },
  at,
  mayEdit,
  onChange,
}: {
  readonly clause: ScopeClause;
  readonly at: number;
  readonly mayEdit: boolean;
  onChange(values: readonly string[]): void;
}) {
  const seen = useQuery({
    queryKey: ["facets", "seen", field],
    queryFn: () => get<FacetsAnswer>("activities/facets", { facets: [field], facet_limit: 50 }),
    enabled: field !== "group",
  });
  const offered = seen.data?.facets[field]?.map(({ value }) => value).filter((value) => value !== "(none)") ?? [];
  return (
    <TagsInput
      aria-label={`Values ${at + 1}`}
      flex={1}
      miw={220}
      data={offered}
      value={[...values]}
      disabled={!mayEdit}
      placeholder={values.length === 0 ? "Type and press Enter" : undefined}
      error={values.length === 0 ? "Name at least one" : undefined}
      onChange={onChange}
      acceptValueOnBlur
    />
  );
}
