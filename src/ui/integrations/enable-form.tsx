/** What turning auditing on asks for: the kind of cluster, and that kind's own options, read off the shelf. */
import { Select, SimpleGrid, Stack, Text, Textarea, TextInput } from "@mantine/core";
import type { DistributionView } from "../../api/distributions/schema.ts";

export interface EnableWish {
  readonly kind: string;
  /** By the options' names; empty where nothing was typed. */
  readonly options: Readonly<Record<string, string>>;
  /** A line or a word for each. */
  readonly hosts: string;
  readonly kubernetes: string;
  readonly levelCap: string;
}

export interface EnableFormProps {
  readonly kinds: readonly DistributionView[];
  readonly wish: EnableWish;
  onChange(wish: EnableWish): void;
}

const levels = [
  { value: "", label: "As deep as our rules read" },
  { value: "Request", label: "Request: no answers" },
  { value: "Metadata", label: "Metadata: no bodies" },
];

export function EnableForm({ kinds, wish, onChange }: EnableFormProps) {
  const one = kinds.find(({ name }) => name === wish.kind);
  const set = (change: Partial<EnableWish>) => onChange({ ...wish, ...change });
  return (
    <Stack gap="sm">
      <Select
        label="Kind of cluster"
        description={one?.doc}
        data={kinds.map(({ name, title }) => ({ value: name, label: title }))}
        value={wish.kind}
        onChange={(kind) => kind !== null && set({ kind, options: {}, kubernetes: "", levelCap: "" })}
        allowDeselect={false}
        searchable
      />
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {one?.options.map((option) => {
          const label = labelOf(option.name);
          const value = wish.options[option.name] ?? "";
          const put = (text: string) => set({ options: { ...wish.options, [option.name]: text } });
          const shared = { label, description: option.doc, required: option.required };
          return option.choices === null ? (
            <TextInput
              key={option.name}
              {...shared}
              value={value}
              placeholder={option.default ?? ""}
              onChange={(event) => put(event.currentTarget.value)}
            />
          ) : (
            <Select
              key={option.name}
              {...shared}
              data={[...option.choices]}
              value={value === "" ? option.default : value}
              onChange={(text) => put(text ?? "")}
              allowDeselect={false}
            />
          );
        })}
        {one?.takesHosts ? (
          <Textarea
            label="Control-plane hosts"
            description="As ssh takes them, one a line. They are done one after the other."
            placeholder="root@10.0.0.2"
            value={wish.hosts}
            onChange={(event) => set({ hosts: event.currentTarget.value })}
            autosize
            minRows={1}
            maxRows={5}
          />
        ) : null}
        {one?.setsPolicy ? <PolicyFields wish={wish} set={set} /> : null}
      </SimpleGrid>
      {one === undefined || one.tools.length === 0 ? null : (
        <Text size="xs" c="dimmed">
          Its command needs {one.tools.join(", ")} on PATH, logged in.
        </Text>
      )}
    </Stack>
  );
}

/** `resource-group`: Resource group. */
const labelOf = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1).replaceAll("-", " ")}`;

/** What an audit policy of ours depends on. */
function PolicyFields({
  wish,
  set,
}: {
  readonly wish: EnableWish;
  set(change: Partial<Pick<EnableWish, "kubernetes" | "levelCap">>): void;
}) {
  return (
    <>
      <TextInput
        label="Kubernetes version"
        description="The audit policy is written for it. The command finds it where it can."
        placeholder="1.30"
        value={wish.kubernetes}
        onChange={(event) => set({ kubernetes: event.currentTarget.value })}
      />
      <Select
        label="Recorded"
        description="The deepest that is recorded of a request."
        data={levels}
        value={wish.levelCap}
        onChange={(level) => set({ levelCap: level ?? "" })}
        allowDeselect={false}
      />
    </>
  );
}

/** Hosts as typed: by lines, spaces or commas. */
export const hostsOf = (text: string): readonly string[] => text.split(/[\s,]+/).filter(Boolean);

/** Of the options that must be given, those that are not. */
export const missing = (one: DistributionView | undefined, { options }: EnableWish): readonly string[] =>
  (one?.options ?? []).filter(({ name, required }) => required && !options[name]?.trim()).map(({ name }) => name);
