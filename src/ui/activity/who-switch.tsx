/** People, machines, or all: the first thing to choose in a list of activity. */
import { SegmentedControl } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { readFilter, type Search } from "../filter.ts";
import { everybody, people, peopleFirst } from "./people.ts";

const choices: Readonly<Record<string, readonly string[] | undefined>> = {
  people: undefined,
  machines: ["machine"],
  all: everybody,
};

export function WhoSwitch() {
  const search = useSearch({ strict: false }) as Search;
  const navigate = useNavigate();
  const chosen = peopleFirst(readFilter(search, ["actor", "user", "sourceIP"])).is.actor ?? everybody;
  const same = (values: readonly string[]) =>
    values.length === chosen.length && values.every((value) => chosen.includes(value));
  const value = same(people) ? "people" : same(everybody) ? "all" : same(["machine"]) ? "machines" : "";
  return (
    <SegmentedControl
      size="xs"
      aria-label="Who acts"
      value={value}
      onChange={(next) =>
        void navigate({
          to: ".",
          search: ((former: Search) => {
            const { actor: _actor, not_actor: _refused, ...rest } = former;
            const isNarrow = rest.user !== undefined || rest.sourceIP !== undefined;
            const actor = choices[next] ?? (isNarrow ? people : undefined);
            return actor === undefined ? rest : { ...rest, actor };
          }) as never,
        })
      }
      data={[
        { value: "people", label: "People" },
        { value: "machines", label: "Machines" },
        { value: "all", label: "All" },
      ]}
    />
  );
}
